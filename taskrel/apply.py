"""Apply a saved model to texts: a JSON document for each line.

    taskrel apply models/shop < texts.txt
    taskrel apply models/shop texts.txt > labels.jsonl

Each line of the input is a text. A line that is a JSON list is a text divided into tokens, or, for a
task of pairs, two texts; of a JSON object the field "text" is read (and "text_pair"), and all its
fields are kept. Results are JSON lines: "label" and "probability" of a classification, "labels" where
there may be several, "tokens", "tags" and "spans" (with their characters) of token-level tasks. An
empty line has the label null. `python -m taskrel.apply` is the same command.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from taskrel.cli.command import DONE, run_command

if TYPE_CHECKING:
    from taskrel.training.saved.model import SavedModel

#: Lines that are predicted at once.
LINES = 1024


def parser(prog: str = "python -m taskrel.apply") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("model", metavar="DIR", help="the folder that --save has written")
    p.add_argument(
        "texts", metavar="FILE", nargs="?", help="a text on each line (default: standard input)"
    )
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.apply") -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    return run_command("taskrel apply", lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from taskrel.errors import DataError
    from taskrel.training.saved.model import load_model

    model = load_model(args.model)
    if args.texts is None:
        _apply(model, sys.stdin, "standard input")
        return DONE
    try:
        with Path(args.texts).open(encoding="utf-8") as file:
            _apply(model, file, args.texts)
    except OSError as e:
        raise DataError(f"{args.texts}: cannot be read ({e.strerror})") from None
    return DONE


def _apply(model: "SavedModel", file: TextIO, where: str) -> None:
    lines = enumerate(_lines(file, where), 1)
    while part := list(islice(lines, LINES)):
        read = [_text(line, f"{where}, line {number}", model) for number, line in part]
        found = model.predict_with_probability(text for text, _ in read)
        for (_, fields), (label, probability) in zip(read, found, strict=True):
            document = fields | plain(model, label, probability)
            print(json.dumps(document, ensure_ascii=False))


def _lines(file: Iterable[str], where: str) -> Iterator[str]:
    from taskrel.errors import DataError

    try:
        for line in file:
            yield line.rstrip("\r\n")
    except UnicodeDecodeError as e:
        raise DataError(f"{where}: expected text in UTF-8 ({e.reason})") from None


def _text(line: str, where: str, model: "SavedModel") -> tuple[Any, dict[str, Any]]:
    """A text as the model reads it, and the fields that its result begins with."""
    from taskrel.errors import DataError

    found: Any = line
    if line.lstrip()[:1] in ("[", "{"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = line  # a text that begins with a bracket
    pairs = model.about.stub.pairs
    if isinstance(found, dict):
        names = ("text", "text_pair") if pairs else ("text",)
        if not all(isinstance(found.get(name), str) for name in names):
            raise DataError(f"{where}: expected the field {' and '.join(map(repr, names))}")
        return tuple(found[name] for name in names) if pairs else found["text"], found
    if isinstance(found, list):
        if not all(isinstance(part, str) for part in found) or (pairs and len(found) != 2):
            what = "two texts" if pairs else "tokens"
            raise DataError(f"{where}: expected a list of {what}")
        return (tuple(found), {"text": found[0], "text_pair": found[1]}) if pairs else (found, {})
    if pairs and line.strip():
        raise DataError(f"{where}: expected two texts, as a JSON list or object")
    return ("", "") if pairs else line, {"text": line}


def plain(model: "SavedModel", label: Any, probability: float | None) -> dict[str, Any]:
    """A prediction as plain data."""
    stub = model.about.stub
    if stub.kind == "multilabel":
        return {"labels": label}
    if stub.task().per_token:
        return {
            "tokens": label.tokens if label else [],
            "tags": label.labels if label else [],
            "spans": [span._asdict() for span in label.spans] if label else [],
        }
    return {"label": label} | (
        {} if probability is None else {"probability": round(probability, 4)}
    )


if __name__ == "__main__":
    sys.exit(main())
