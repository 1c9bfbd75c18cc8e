"""Made-up cards over JSON lines, and their files."""

import json

from taskrel.tasks.card import parse_card
from taskrel.tasks.task import SPLITS

SPLIT_FILES = [{"path": f"{s}.jsonl", "split": s} for s in SPLITS]


def card(kind="tagging", **changes):
    raw = {
        "schema": 1,
        "name": "x",
        "title": "t",
        "kind": kind,
        "metric": "accuracy",
        "reader": "jsonl",
        "files": SPLIT_FILES,
    }
    return parse_card(raw | changes, "x.toml")


def write(folder, **splits):
    """One JSON line a row: (text, target)."""
    for split, rows in splits.items():
        names = {str: "label", type(None): "label", list: "labels"}
        lines = [
            json.dumps(
                {
                    "text": text,
                    "tokens": text.split(),
                    "tags": target,
                    names[type(target)]: target,
                    "key": text[:1],
                }
            )
            for text, target in rows
        ]
        (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


TAGGED = {
    "train": [("b a", ["N", "O"]), ("c", ["V"])],
    "dev": [("a z", ["O", "Q"])],
    "test": [("c b a", ["V", "P", "O"])],
}
