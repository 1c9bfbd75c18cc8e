"""Label Studio: the full JSON export, and the short one (JSON-MIN).

Full: ``{"data": {"text": …}, "annotations": [{"result": [{"value": {"start": 0, "end": 5,
"labels": ["PER"]}}]}]}``. Of several annotations the first that was not cancelled is read.
Short: ``{"text": …, "label": [{"start": 0, "end": 5, "labels": ["PER"]}]}``, where the field
of the spans has any name, and is missing in texts without spans. The labels of a whole text
(``choices``) are read from the full export alone.

Source: https://labelstud.io/guide/export
"""

from typing import Any

from msgspec import Struct, ValidationError, convert

from taskrel.tasks.readers.exports.marked import Annotated, Marked, label
from taskrel.tasks.readers.exports.rows import Row

EXPECTED = '[{"data": {"text": …}, "annotations": [{"result": […]}]}, …]'


class _Region(Struct):
    """What is marked: a span, or labels of the whole text."""

    start: int | None = None
    end: int | None = None
    labels: list[str] | None = None
    choices: list[str] | None = None
    text: str | list | None = None


class _Result(Struct):
    value: dict = {}


class _Annotation(Struct):
    result: list[_Result] = []
    was_cancelled: bool = False


def fits(value: Any) -> bool:
    """Whether a row looks like one of Label Studio."""
    if not isinstance(value, dict):
        return False
    full = isinstance(value.get("data"), dict) and isinstance(value.get("annotations"), list)
    return full or any(map(_are_spans, value.values()))


def annotated(row: Row) -> Annotated | None:
    """Decode one row; None for a text without a completed annotation, which is counted."""
    if not isinstance(row.value, dict) or "data" not in row.value:
        return _short(row)
    text = row.text(row.value["data"], "text")
    annotations = _decoded(row, row.value.get("annotations"), list[_Annotation])
    completed = [a for a in annotations if not a.was_cancelled]
    _count(row, "cancelled annotations", len(annotations) - len(completed))
    if not completed:
        row.source.leave_out("texts without a completed annotation")
        return None
    _count(row, "annotations of a text after the first completed one", len(completed) - 1)
    return _read(row, text, [result.value for result in completed[0].result])


def _short(row: Row) -> Annotated:
    text = row.text(row.value, "text")
    if row.source.kind != "tagging":
        raise row.error(
            "the short export of Label Studio (JSON-MIN) is read for its spans alone; export "
            'JSON, or use reader = "jsonl" with options.label'
        )
    spans = [value for field in row.value.values() if _are_spans(field) for value in field]
    return _read(row, text, spans)


def _read(row: Row, text: str, values: list) -> Annotated:
    spans, choices = [], []
    for value in values:
        known = isinstance(value, dict) and ("labels" in value or "choices" in value)
        if not known:
            row.source.leave_out("results that are neither spans nor choices")
            continue
        region = _decoded(row, value, _Region)
        choices += [label(row, name) for name in region.choices or []]
        if region.labels and (region.start is None or region.end is None):
            raise row.error("expected start and end of a span with labels, found none")
        surface = region.text if isinstance(region.text, str) else None
        spans += [
            Marked(region.start or 0, region.end or 0, label(row, name), surface)
            for name in region.labels or []
        ]
    return Annotated(row, text, spans if row.source.kind == "tagging" else [], choices)


def _are_spans(field: Any) -> bool:
    """Whether a field of a short row has spans."""
    return (
        isinstance(field, list)
        and bool(field)
        and all(isinstance(v, dict) and "labels" in v and "start" in v for v in field)
    )


def _decoded(row: Row, value: Any, form: Any) -> Any:
    try:
        return convert([] if value is None else value, form)
    except (ValidationError, RecursionError) as e:
        raise row.error(f"not as Label Studio exports it: {e}; {EXPECTED} is expected") from None


def _count(row: Row, what: str, n: int) -> None:
    if n:
        row.source.leave_out(what, n)
