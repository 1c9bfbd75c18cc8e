"""Two files: one text per line, and its label on the same line of the other file."""

from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from taskrel.io.paths import check_inside
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import Example, Source

KINDS = ("classification", "regression")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Paths are relative to the data folder, like those of the card's files."""

    labels: dict[str, str]  # file of texts → file of their labels
    # A file with names of labels: fields separated by a TAB, the first one the label. In a
    # name, underscores become blanks. "": the labels are their own names.
    names: str = ""
    name: int = 2  # number of the field with the name
    replace: dict[str, str] = {}  # literal pieces of text → what replaces them, in this order
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        check_inside("labels", *self.labels.values())
        if self.names:
            check_inside("names", self.names)


def read(source: Source) -> Iterator[Example]:
    """Yield one example per line."""
    options: Options = source.options
    path = source.path.relative_to(source.folder).as_posix()
    if path not in options.labels:
        raise source.error(
            None,
            f"options.labels: expected a file of labels for {path!r}, found files for "
            f"{', '.join(options.labels) or 'none'}",
        )
    texts = source.rows(options.encoding)
    labels = source.lines(path=source.folder / options.labels[path])
    if len(texts) != len(labels):
        raise source.error(
            None,
            f"expected as many lines as in {options.labels[path]} ({len(labels):,}), "
            f"found {len(texts):,}; get both files again",
        )
    names = _names(source)
    label = cache(label_of)
    for line, (text, cell) in enumerate(zip(texts, labels, strict=True), start=1):
        name = label(cell)
        if name is None:
            source.leave_out("texts without a label")
        elif names and name not in names:
            raise source.error(
                line,
                f"expected a label with a name in {options.names} on this line of "
                f"{options.labels[path]}, found {name!r}",
            )
        for old, new in options.replace.items():
            text = text.replace(old, new)
        yield Example(source.tokens(text), name and names.get(name, name))


def _names(source: Source) -> dict[str, str]:
    """Label → name, from the file that the card names, if it names one."""
    options: Options = source.options
    names = {}
    for line in source.lines(path=source.folder / options.names) if options.names else ():
        fields = line.split("\t")
        if len(fields) < options.name:
            raise source.error(
                None,
                f"options.names: expected {options.name} fields separated by "
                f"a TAB on each line of {options.names}, found {line!r}",
            )
        names[label_of(fields[0]) or ""] = " ".join(fields[options.name - 1].split("_")).strip()
    return names
