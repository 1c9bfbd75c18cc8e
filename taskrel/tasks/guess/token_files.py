"""Files with a token per line: CoNLL-U and CoNLL columns."""

import re
from typing import Any

from taskrel.tasks.guess.sample import Sample, all_numbers, usual_width

_DOCUMENT = "-DOCSTART-"
_CONLLU = (("upos", 3), ("xpos", 4), ("deprel", 7))  # columns that may be the label
#: Names of the column of words in a header of CoNLL.
_WORDS = ("token", "tokens", "word", "words", "form", "text")
_COMMENT = re.compile(r"#+ ?")


def token_file(lines: list[str]) -> Sample | None:
    """Sample of a file whose lines are tokens; None for any other file."""
    return _conllu(lines) or _conll(lines)


def _conllu(lines: list[str]) -> Sample | None:
    if lines[0].startswith("# global.columns"):
        return Sample("conllu", {}, "tagging", said=["A CoNLL-U Plus file."])
    tokens = [line.split("\t") for line in lines if line and not line.startswith("#")]
    whole = [row for row in tokens if len(row) == 10 and row[0][:1].isdigit()]
    if not tokens or len(whole) < 0.98 * len(tokens):
        return None
    filled = [c for c, i in _CONLLU if any(row[i] != "_" for row in whole)]
    column = filled[0] if filled else "upos"
    said = f"A CoNLL-U file; the label is its column {column.upper()}."
    options = {} if column == "upos" else {"column": column}
    return Sample("conllu", options, "tagging", said=[said])


def _conll(lines: list[str]) -> Sample | None:
    """A token per line, a blank line after each sentence."""
    blank = sum(not line.strip() for line in lines[:-1])
    there = [line for line in lines if line.strip() and not line.startswith(_DOCUMENT)]
    plain = [line for line in there if not line.startswith("#")]  # a hashtag is a token, too
    for separator, says in (("\t", "a TAB"), (" ", "a blank"), ("", "blanks")):
        rows = [_fields(line, separator) for line in plain]
        width, share = usual_width(rows)
        if separator == " " and any("" in row for row in rows):
            continue  # several blanks
        if width < 2 or share < 0.9 or not 2 * len(plain) > 3 * blank > 0:
            continue
        odd = [line for line in there if len(_fields(line, separator)) != width]
        comments = sorted({m[0] for line in odd if (m := _COMMENT.match(line))})
        # A prefix that tokens have as well would drop them.
        comments = [
            prefix
            for prefix in comments
            if all(line in odd for line in there if line.startswith(prefix))
        ]
        columns = [*zip(*(row for row in rows if len(row) == width), strict=True)]
        word = next((i for i, c in enumerate(columns) if not all_numbers(c)), 0)
        if any(" " in w for w in columns[word]):
            continue  # texts, not tokens
        options: dict[str, Any] = {"label": -1}
        if word:
            options["word"] = word + 1
        if separator != "\t":
            options["separator"] = separator
        if comments:
            options["comments"] = comments
        if rows[0][word].lower() in _WORDS and rows[0][-1] not in columns[-1][1:]:
            options["header"] = True
        said = (
            f"A token per line and a blank line after each sentence (CoNLL); {says} divides the "
            f"{width} columns. The word is column {word + 1}, the label is the last column."
        )
        return Sample("columns", options, "tagging", said=[said])
    return None


def _fields(line: str, separator: str) -> list[str]:
    return line.split(separator) if separator else line.split()
