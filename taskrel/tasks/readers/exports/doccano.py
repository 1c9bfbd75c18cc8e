"""doccano: ``{"text": …, "label": [[0, 5, "PER"]]}``, or a list of labels of the text.

Older exports name the text ``data`` and the spans ``labels``. Projects with relations have
``entities``, each an object with start_offset, end_offset and label.

Source: https://doccano.github.io/doccano/tutorial/
"""

from typing import Any

from taskrel.tasks.readers.exports.marked import Annotated, label, listed, marked
from taskrel.tasks.readers.exports.rows import Row

EXPECTED = '{"text": …, "label": [[0, 5, "PER"]]} in each line'
_FIELDS = ("label", "labels", "entities")


def fits(value: Any) -> bool:
    """Whether a row looks like one of doccano."""
    return isinstance(value, dict) and any(isinstance(value.get(name), list) for name in _FIELDS)


def annotated(row: Row) -> Annotated:
    """Decode one row; relations are counted."""
    text = row.text(row.value, "text", "data")
    name = next((name for name in _FIELDS if name in row.value), None)
    if name is None:
        raise row.error('expected the spans or labels of the text in "label", found no such field')
    values = listed(row, name, row.value[name])
    if relations := listed(row, "relations", row.value.get("relations")):
        row.source.leave_out("relations between spans", len(relations))
    if row.source.kind == "tagging":
        return Annotated(row, text, [marked(row, value) for value in values], [])
    return Annotated(row, text, [], [label(row, value) for value in values])
