"""One made-up data set as other tools write it: texts with spans (tagging), or with a label.

`write("doccano", examples(60), folder)` writes the spans, and with kind="classification" the
labels. Every form of a kind has the same texts in the same order.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

PEOPLE = ["Ana Reyes", "Bo", "Cem Aydin", "Dee", "Eli Novak", "Fay O'Dell"]
PLACES = ["Xerton", "Port Yalta", "Zurin", "Wexby", "New Vorna"]
FIRMS = ["Brightwell", "Acme Corp", "Tidal & Sons", "Nordlys"]
TEMPLATES = {  # a blank divides the tokens; label of the text
    "{PER} flew from {LOC} to {LOC} on day {n} .": "travel",
    "On day {n} , {ORG} sold its office in {LOC} .": "business",
    "{PER} left {ORG} after {n} years .": "business",
    "In {LOC} , {PER} and {PER} missed train {n} .": "travel",
    "Nothing happened in week {n} .": "other",
}
NAMES = {"PER": PEOPLE, "LOC": PLACES, "ORG": FIRMS}


class Made(NamedTuple):
    """One text in all its forms; `tags` are BIO labels of the tokens."""

    text: str
    spans: list[tuple[int, int, str]]
    tokens: list[str]
    tags: list[str]
    label: str


def examples(n=60, seed=0):
    """So many different texts."""
    rng = np.random.default_rng(seed)
    return [_made(rng, list(TEMPLATES)[i % len(TEMPLATES)], i) for i in range(n)]


def _made(rng, template, i):
    text, spans, tokens, tags = "", [], [], []
    for slot in template.replace("{n}", str(i + 2)).split():
        kind = slot.strip("{}") if slot.startswith("{") else ""
        words = str(rng.choice(NAMES[kind])).split() if kind else [slot]
        text += "" if slot in (".", ",") or not text else " "
        start = len(text)
        text += " ".join(words)
        if kind:
            spans.append((start, len(text), kind))
        tokens += words
        tags += [f"{'I' if j else 'B'}-{kind}" if kind else "O" for j in range(len(words))]
    return Made(text, spans, tokens, tags, TEMPLATES[template])


def write(name, made, folder, kind="tagging"):
    """Write the texts in one form of `TAGGED` or `CLASSIFIED`; return the file, or brat's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return {"tagging": TAGGED, "classification": CLASSIFIED}[kind][name](made, Path(folder))


def _lines(path, rows):
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


def _document(path, rows):
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    return path


def _dataset(made, kind):
    import datasets

    datasets.disable_progress_bars()
    names = ("tokens", "tags") if kind == "tagging" else ("text", "label")
    return datasets.Dataset.from_list([{n: getattr(m, n) for n in names} for m in made])


def _frame(made):
    import pandas as pd

    return pd.DataFrame({"text": [m.text for m in made], "label": [m.label for m in made]})


def csv(made, folder):
    """CSV by pandas."""
    _frame(made).to_csv(folder / "texts.csv", index=False)
    return folder / "texts.csv"


def excel(made, folder):
    """Excel by pandas."""
    _frame(made).to_excel(folder / "texts.xlsx", index=False)
    return folder / "texts.xlsx"


def parquet(made, folder, kind):
    """Parquet by `datasets`: tokens and tags, or text and label."""
    _dataset(made, kind).to_parquet(folder / f"{kind}.parquet")
    return folder / f"{kind}.parquet"


def jsonl(made, folder, kind):
    """JSON lines by `datasets`: tokens and tags, or text and label."""
    _dataset(made, kind).to_json(folder / f"{kind}.jsonl")
    return folder / f"{kind}.jsonl"


def doccano(made, folder, kind="tagging"):
    """JSON lines: ``label`` is a list of spans, or of labels."""
    rows = [
        {"id": i, "text": m.text, "label": m.spans if kind == "tagging" else [m.label]}
        for i, m in enumerate(made, start=1)
    ]
    return _lines(folder / f"doccano_{kind}.jsonl", rows)


def doccano_relations(made, folder):
    """JSON lines of a project with relations: entities are objects."""
    keys = ("start_offset", "end_offset", "label")
    rows = [
        {
            "id": i,
            "text": m.text,
            "entities": [
                {"id": j} | dict(zip(keys, s, strict=True)) for j, s in enumerate(m.spans)
            ],
            "relations": [{"id": 1, "from_id": 0, "to_id": 1, "type": "x"}] if i == 0 else [],
            "Comments": [],
        }
        for i, m in enumerate(made)
    ]
    return _lines(folder / "doccano_relations.jsonl", rows)


def label_studio(made, folder, kind="tagging"):
    """The full export: one JSON array."""

    def results(m):
        if kind != "tagging":
            return [{"from_name": "tone", "type": "choices", "value": {"choices": [m.label]}}]
        return [
            {"id": str(j), "from_name": "ner", "to_name": "text", "type": "labels", "value": value}
            for j, value in enumerate(_regions(m))
        ]

    rows = [
        {
            "id": i,
            "data": {"text": m.text},
            "annotations": [{"id": i, "result": results(m), "was_cancelled": False}],
            "predictions": [],
        }
        for i, m in enumerate(made, start=1)
    ]
    return _document(folder / f"label_studio_{kind}.json", rows)


def label_studio_min(made, folder):
    """The short export: a text without spans has no field for them."""
    rows = [
        {"id": i, "text": m.text, "annotator": 1} | ({"ner": _regions(m)} if m.spans else {})
        for i, m in enumerate(made, start=1)
    ]
    return _document(folder / "label_studio_min.json", rows)


def _regions(m):
    return [{"start": a, "end": b, "text": m.text[a:b], "labels": [name]} for a, b, name in m.spans]


def prodigy(made, folder, kind="tagging"):
    """JSON lines with answers: spans, or an accepted option."""

    def fields(m):
        if kind != "tagging":
            options = [{"id": x, "text": x} for x in sorted({m.label for m in made})]
            return {"options": options, "accept": [m.label]}
        return {"spans": [{"start": a, "end": b, "label": name} for a, b, name in m.spans]}

    rows = [
        {"text": m.text, "_input_hash": i, **fields(m), "answer": "accept"}
        for i, m in enumerate(made)
    ]
    return _lines(folder / f"prodigy_{kind}.jsonl", rows)


def spacy_tuples(made, folder, kind="tagging"):
    """One JSON array of training tuples."""
    return _document(
        folder / f"spacy_{kind}.json",
        [
            [m.text, {"entities": m.spans} if kind == "tagging" else {"cats": _cats(m, made)}]
            for m in made
        ],
    )


def spacy(made, folder, kind="tagging"):
    """A DocBin."""
    from spacy.tokens import Doc, DocBin, Span
    from spacy.vocab import Vocab

    vocab, docs = Vocab(), DocBin()
    for m in made:
        at, spaces = 0, []
        for token in m.tokens:
            at = m.text.index(token, at) + len(token)
            spaces.append(m.text[at : at + 1] == " ")
        doc = Doc(vocab, words=m.tokens, spaces=spaces)
        if kind == "tagging":
            begins = [i for i, tag in enumerate(m.tags) if tag.startswith("B-")]
            ends = [
                next((j for j in range(i + 1, len(m.tags)) if m.tags[j][0] != "I"), len(m.tags))
                for i in begins
            ]
            doc.set_ents(
                [Span(doc, i, j, m.tags[i][2:]) for i, j in zip(begins, ends, strict=True)]
            )
        else:
            doc.cats = _cats(m, made)
        docs.add(doc)
    docs.to_disk(folder / f"{kind}.spacy")
    return folder / f"{kind}.spacy"


def _cats(m, made):
    return {label: float(label == m.label) for label in sorted({m.label for m in made})}


def brat(made, folder, texts=6):
    """A folder of documents, each of so many texts, a text a line."""
    folder = folder / "brat"
    folder.mkdir(exist_ok=True)
    for first in range(0, len(made), texts):
        rows, start = [], 0
        for m in made[first : first + texts]:
            for a, b, name in m.spans:
                rows.append(f"T{len(rows) + 1}\t{name} {start + a} {start + b}\t{m.text[a:b]}\n")
            start += len(m.text) + 1
        name = f"d{first // texts:03}"
        text = "\n".join(m.text for m in made[first : first + texts]) + "\n"
        (folder / f"{name}.txt").write_text(text, "utf-8")
        (folder / f"{name}.ann").write_text("".join(rows), "utf-8")
    return folder


def conll2003(made, folder, texts=6):
    """Four columns and a -DOCSTART- before each document."""
    lines = []
    for i, m in enumerate(made):
        if i % texts == 0:
            lines.append("-DOCSTART- -X- -X- O\n")
        rows = zip(m.tokens, m.tags, strict=True)
        lines.append("".join(f"{token} NN B-NP {tag}\n" for token, tag in rows))
    (folder / "conll2003.txt").write_text("\n".join(lines), "utf-8")
    return folder / "conll2003.txt"


#: Form → its writer.
TAGGED = {
    "parquet": lambda made, folder: parquet(made, folder, "tagging"),
    "jsonl": lambda made, folder: jsonl(made, folder, "tagging"),
    "doccano": doccano,
    "doccano_relations": doccano_relations,
    "label_studio": label_studio,
    "label_studio_min": label_studio_min,
    "prodigy": prodigy,
    "spacy_tuples": spacy_tuples,
    "spacy": spacy,
    "brat": brat,
    "conll2003": conll2003,
}
CLASSIFIED = {
    "csv": csv,
    "excel": excel,
    "parquet": lambda made, folder: parquet(made, folder, "classification"),
    "jsonl": lambda made, folder: jsonl(made, folder, "classification"),
    "doccano": lambda made, folder: doccano(made, folder, "classification"),
    "label_studio": lambda made, folder: label_studio(made, folder, "classification"),
    "prodigy": lambda made, folder: prodigy(made, folder, "classification"),
    "spacy_tuples": lambda made, folder: spacy_tuples(made, folder, "classification"),
    "spacy": lambda made, folder: spacy(made, folder, "classification"),
}
