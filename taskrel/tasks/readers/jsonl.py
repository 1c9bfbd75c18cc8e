"""JSON lines, such as ``{"tokens": […], "tags": […]}`` or ``{"text": …, "label": …}``.

The labels are in ``tags`` (a list with one per token), ``label`` (one) or ``labels``
(a list), depending on the kind. A whole number or a truth value becomes its JSON text;
null is an absent label. A text is given as ``text``, which is tokenised, or as ``tokens``.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from taskrel.errors import nearest
from taskrel.tasks.readers.source import Example, Source

KINDS = ("tagging", "classification", "multilabel", "regression")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the fields."""

    tokens: str = "tokens"
    tags: str = "tags"
    text: str = "text"
    label: str = "label"
    labels: str = "labels"
    key: str = ""  # field whose equal values stay together in a cut; "" for none
    encoding: str = "utf-8"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per line."""
    for number, line in enumerate(source.lines(source.options.encoding), start=1):
        if not line.strip():
            source.leave_out("blank lines")
            continue
        try:
            row = msgspec.json.decode(line)
        except msgspec.DecodeError as e:
            raise source.error(number, f"not valid JSON: {e}") from None
        if not isinstance(row, dict):
            raise source.error(number, f"expected a JSON object, found {_shown(row)}")
        yield _Row(source, number, row).example()


class _Row:
    """One object and its position in the file."""

    def __init__(self, source: Source, number: int, row: dict) -> None:
        self.source, self.number, self.row = source, number, row

    def example(self) -> Example:
        options: Options = self.source.options
        if self.source.kind == "tagging" or (
            options.tokens in self.row and options.text not in self.row
        ):
            tokens = self.source.respelt(self.strings(options.tokens))
        else:
            tokens = self.source.tokens(self.typed(options.text, str, "a string"))
        key = self.label(options.key, self.field(options.key)) if options.key else None
        return Example(tokens, self.target(len(tokens)), key=key or "")

    def target(self, n_tokens: int) -> Any:
        options: Options = self.source.options
        if self.source.label is not None and self.source.kind != "tagging":
            return [self.source.label] if self.source.kind == "multilabel" else self.source.label
        if self.source.kind in ("classification", "regression"):
            return self.label(options.label, self.field(options.label))
        name = options.tags if self.source.kind == "tagging" else options.labels
        labels = [self.label(name, x) for x in self.typed(name, list, "a list")]
        if self.source.kind == "tagging" and len(labels) != n_tokens:
            raise self.source.error(
                self.number,
                f"expected as many {name} as {options.tokens}, found {len(labels)} and {n_tokens}",
            )
        return labels

    def field(self, name: str) -> Any:
        if name not in self.row:
            raise self.source.error(
                self.number, f"field {name!r} is missing; {nearest(name, self.row)}"
            )
        return self.row[name]

    def typed(self, name: str, type_: type, words: str) -> Any:
        value = self.field(name)
        if not isinstance(value, type_):
            raise self.source.error(
                self.number, f"field {name!r}: expected {words}, found {_shown(value)}"
            )
        return value

    def strings(self, name: str) -> list[str]:
        values = self.typed(name, list, "a list of strings")
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.source.error(
                    self.number,
                    f"field {name!r}: expected strings that are not blank, found {_shown(value)}",
                )
        return values

    def label(self, name: str, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, (dict, list, float)) or value == "":
            raise self.source.error(
                self.number,
                f"field {name!r}: expected a label (a string, a "
                f"whole number or null), found {_shown(value)}",
            )
        return value if isinstance(value, str) else json.dumps(value)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"
