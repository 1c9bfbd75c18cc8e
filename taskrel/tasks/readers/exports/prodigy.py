"""Prodigy: ``{"text": …, "spans": [{"start": 0, "end": 5, "label": "PER"}], "answer": "accept"}``.

Only answers "accept" are read. The labels of a text are the options in ``accept``, or its
``label``. Prodigy's ``tokens`` are not used: all texts are tokenised alike.

Source: https://prodi.gy/docs/api-interfaces
"""

from typing import Any

from taskrel.tasks.readers.exports.marked import Annotated, label, listed, marked
from taskrel.tasks.readers.exports.rows import Row
from taskrel.tasks.readers.rows import shown

EXPECTED = '{"text": …, "spans": [{"start": 0, "end": 5, "label": "PER"}]} in each line'


def fits(value: Any) -> bool:
    """Whether a row looks like one of Prodigy."""
    return isinstance(value, dict) and ("spans" in value or "answer" in value or "accept" in value)


def annotated(row: Row) -> Annotated | None:
    """Decode one row; None for an answer that is not "accept", which is counted."""
    text = row.text(row.value, "text")
    answer = row.value.get("answer", "accept")
    if answer not in ("accept", "reject", "ignore"):
        raise row.error(f'field "answer": expected accept, reject or ignore, found {shown(answer)}')
    if answer != "accept":
        row.source.leave_out(f"texts with the answer {answer}")
        return None
    if row.source.kind == "tagging":
        spans = listed(row, "spans", row.value.get("spans"))
        return Annotated(row, text, [marked(row, value) for value in spans], [])
    values = listed(row, "accept", row.value.get("accept"))
    if "accept" not in row.value and row.value.get("label") is not None:
        values = [row.value["label"]]
    return Annotated(row, text, [], [label(row, value) for value in values])
