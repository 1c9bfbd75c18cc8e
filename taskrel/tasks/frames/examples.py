"""Tasks from a list of examples in memory, see `Task.from_examples`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from taskrel.errors import DataError, UsageError
from taskrel.tasks.frames.arguments import Arguments
from taskrel.tasks.frames.make import dict_rows, make_task
from taskrel.tasks.readers.rows import shown
from taskrel.tasks.task import Task

#: Fields that a dict may have without being named.
FIELDS = ("text", "text_pair", "label", "labels", "tokens", "tags", "split")


def task_from_examples(examples: Iterable[Any], arguments: Arguments) -> Task:
    """Make a task of (text, label), (text, second text, label) or dicts.

    A label that is a list is one of several labels, or, of a list of tokens, of a tag per token.
    """
    items = list(examples)
    if not items:
        raise DataError(f"task {arguments.name}: there are no examples")
    if isinstance(items[0], Mapping):
        fields = [field for field in FIELDS if field in items[0]]
        rows = dict_rows(items, "examples", arguments)
    elif arguments.columns:
        raise UsageError(
            f"task {arguments.name}: fields are named for dicts only; leave out "
            f"{', '.join(argument for argument, _ in arguments.columns)}"
        )
    else:
        fields = _fields(items, arguments)
        rows = _rows(items, fields, arguments)
    if not arguments.columns:
        named: dict[str, Any] = {field: field for field in fields}
        arguments = replace(arguments, **named)
    return make_task(rows, arguments)


def _fields(items: list[Any], arguments: Arguments) -> list[str]:
    """What each tuple holds, by the first one whose label is not missing."""
    size = len(items[0]) if isinstance(items[0], tuple | list) else 0
    if size not in (2, 3):
        raise DataError(
            f"task {arguments.name}, examples[0]: expected (text, label), (text, second text, "
            f"label) or a dict, found {shown(items[0])}"
        )
    labelled = (x for x in items if isinstance(x, tuple | list) and x and x[-1] is not None)
    *texts, label = next(labelled, items[0])
    if isinstance(texts[0], list | tuple):
        return ["tokens", "tags"]
    several = isinstance(label, list | tuple | set | frozenset) or arguments.label_separator
    label = "labels" if several else "label"
    return ["text", label] if size == 2 else ["text", "text_pair", label]


def _rows(
    items: list[Any], fields: list[str], arguments: Arguments
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and fields of each tuple."""
    for i, item in enumerate(items):
        if not isinstance(item, tuple | list) or len(item) != len(fields):
            raise DataError(
                f"task {arguments.name}, examples[{i}]: expected a tuple of {len(fields)} as the "
                f"first is, found {shown(item)}"
            )
        yield f"examples[{i}]", dict(zip(fields, item, strict=True))
