"""Rows of named fields as examples: the one function behind CSV, Excel, parquet, JSON and frames.

A row has a text, or a pair of texts, with a label, with several labels, or with a column of 0 and 1
for each label; or it has tokens with a tag each. Labels follow `readers.labels`. A field in another
field is named with a point, as in ``data.text``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from taskrel.errors import DataError, nearest
from taskrel.tasks.readers.labels import is_missing, label_of, printed_list
from taskrel.tasks.readers.source import Example, Source

KINDS = ("tagging", "classification", "multilabel", "regression")

#: Split → what it is called, in lower case, in a field of splits or in the name of a file.
SPLITS = {
    "train": ("train", "training", "trn"),
    "dev": ("dev", "devel", "development", "valid", "validation", "val"),
    "test": ("test", "testing", "tst"),
}
SPLIT_NAMES = {name: split for split, names in SPLITS.items() for name in names}
#: What a flag may hold → whether the text has the label.
FLAGS = dict.fromkeys(("1", "true", "yes", "y"), True) | dict.fromkeys(
    ("0", "false", "no", "n"), False
)

_NOTHING = object()
Row = Mapping[str, Any]


class RowOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names of the fields."""

    text: str = "text"
    text_pair: str = ""  # second text of a pair, as in natural language inference
    tokens: str = "tokens"
    tags: str = "tags"
    label: str = "label"
    labels: str = "labels"
    flags: tuple[str, ...] = ()  # multilabel: fields that say 1 or 0, one per label
    label_separator: str = ""  # multilabel: between the labels in one string
    key: str = ""  # field whose equal values stay together in a cut; "" for none
    split: str = ""  # field that says train, dev (or validation) or test; "" for none


def examples(source: Source, rows: Iterable[tuple[int | str, Row]]) -> Iterator[Example]:
    """Yield the examples of rows; each comes with its place, a line number or "row 7".

    The options of `source` are `RowOptions`. A missing label is None, and is counted. A text
    without tokens becomes an example without tokens. A text whose list of labels is missing is
    left out, and counted.

    Raises `DataError` that names file, place and field where a row does not fit.
    """
    for place, row in rows:
        example = _Row(source, place, row).example()
        if example is not None:
            yield example


class _Row:
    """One row and its place in the file."""

    def __init__(self, source: Source, place: int | str, row: Row) -> None:
        self.source, self.place, self.row = source, place, row
        self.options: RowOptions = source.options

    def example(self) -> Example | None:
        options, kind = self.options, self.source.kind
        tokens = self.tagged_tokens() if kind == "tagging" else self.text_tokens()
        key = label_of(self.field("key")) or "" if options.key else ""
        split = self.split() if options.split else None
        if kind == "tagging":
            target: Any = self.tags(tokens)
            tokens = self.source.respelt(tokens)
        elif not tokens:
            target = [] if kind == "multilabel" else None
        elif self.source.label is not None:
            target = [self.source.label] if kind == "multilabel" else self.source.label
        elif kind == "multilabel":
            target = self.label_set()
            if target is None:
                self.source.leave_out("texts without a list of labels")
                return None
        else:
            target = self.label("label", self.field("label"))
            if target is None:
                self.source.leave_out("texts without a label")
        return Example(tokens, target, key, split)

    def text_tokens(self) -> list[str]:
        options = self.options
        if self.found(options.text) is _NOTHING and self.found(options.tokens) is not _NOTHING:
            return self.source.respelt(self.tokens())
        if options.text_pair:
            return self.source.pair(self.text("text"), self.text("text_pair"))
        return self.source.tokens(self.text("text"))

    def tagged_tokens(self) -> list[str]:
        missing = [
            name
            for name in (self.options.tokens, self.options.tags)
            if self.found(name) is _NOTHING
        ]
        if missing and _has_spans(self.row):
            raise self.error(
                f"there is no field {missing[0]!r}, but there are spans of characters, as "
                'annotation tools export them; set reader = "spans"'
            )
        return self.tokens()

    def tokens(self) -> list[str]:
        tokens = self.items("tokens", self.field("tokens"))
        for token in tokens:
            if not isinstance(token, str) or not token.strip():
                raise self.error(
                    f"expected tokens that are strings and not blank, found {shown(token)} in "
                    f"{self.options.tokens!r}"
                )
        return [str(token) for token in tokens]  # NumPy's strings become Python's

    def tags(self, tokens: list[str]) -> list[str | None]:
        value = self.field("tags")
        if is_missing(value):
            tags: list[str | None] = [None] * len(tokens)
        else:
            tags = [self.label("tags", tag) for tag in self.items("tags", value)]
        if len(tags) != len(tokens):
            raise self.error(
                f"expected as many tags as tokens, found {len(tags)} and {len(tokens)}"
            )
        if None in tags:
            self.source.leave_out("tokens without a label", tags.count(None))
        return tags

    def label_set(self) -> list[str] | None:
        """The labels of a multilabel text; None if they are missing."""
        options = self.options
        if options.flags:
            flags = {name: self.flag(name) for name in options.flags}
            said = {*flags.values()}
            if None in said and said != {True, None}:  # where some say 1, a blank says 0
                return None
            return [name for name, flag in flags.items() if flag]
        # A file may call the list "label".
        named = self.found(options.labels) is not _NOTHING or self.found(options.label) is _NOTHING
        field = "labels" if named else "label"
        value = self.field(field)
        if options.label_separator and isinstance(value, str) and not value.strip():
            return []  # one string cannot say "none" in another way than by being blank
        if is_missing(value):
            return None
        if options.label_separator and isinstance(value, str) and printed_list(value) is None:
            value = [part for part in value.split(options.label_separator) if part.strip()]
        found = [self.label(field, item) for item in self.items(field, value)]
        if None in found:
            self.source.leave_out("missing labels in lists of labels", found.count(None))
        return [label for label in dict.fromkeys(found) if label is not None]

    def flag(self, name: str) -> bool | None:
        """Whether the text has this label; None if the flag is missing."""
        value = self.found(name)
        if value is _NOTHING:
            raise self.absent(name, "flags")
        if is_missing(value):
            return None
        flag = FLAGS.get((label_of(value) or "").lower())
        if flag is None:
            raise self.error(
                f"expected 1 or 0, true or false, yes or no, found {shown(value)} in {name!r}"
            )
        return flag

    def label(self, field: str, value: Any) -> str | None:
        name = getattr(self.options, field)
        if isinstance(value, str) and value.startswith(("['", '["')):
            value = printed_list(value) or value
        if _is_list(value) and len(value) < 2:  # as annotation tools export one label, or none
            value = next(iter(value), None)
        if isinstance(value, Mapping) or _is_list(value):
            raise self.error(
                f"expected one label, found {shown(value)} in {name!r}; texts with several labels "
                "are multilabel, a label per token is tagging"
            )
        try:
            return label_of(value)
        except ValueError:  # a number of more digits than Python prints
            raise self.error(f"expected a label, found {shown(value)} in {name!r}") from None

    def split(self) -> str:
        value = self.field("split")
        split = split_named(value)
        if split is None:
            raise self.error(
                "expected 'train', 'dev' or 'test' in the column of splits, found "
                f"{shown(value)}; rename it in {self.options.split!r}"
            )
        return split

    def text(self, field: str) -> str:
        value = self.field(field)
        if isinstance(value, str):
            return value
        if is_missing(value):
            return ""
        name = getattr(self.options, field)
        raise self.error(f"expected a text, found {shown(value)} in {name!r}")

    def items(self, field: str, value: Any) -> list:
        """Items of a list, of a printed list, or of a set of labels; [] if missing."""
        if is_missing(value):
            return []
        items: Any = printed_list(value) if isinstance(value, str) else value
        of_labels = field in ("label", "labels")
        if of_labels and isinstance(items, set | frozenset):
            items = sorted(items, key=str)
        if not _is_list(items) or isinstance(items, set | frozenset):
            what = "labels" if of_labels else field
            remedy = "; where one string holds several, set label_separator" if of_labels else ""
            raise self.error(
                f"expected a list of {what}, found {shown(value)} in "
                f"{getattr(self.options, field)!r}{remedy}"
            )
        return items.tolist() if hasattr(items, "tolist") else list(items)

    def field(self, option: str) -> Any:
        """The value of the field that an option names."""
        name = getattr(self.options, option)
        value = self.found(name)
        if value is _NOTHING:
            raise self.absent(name, option)
        return value

    def found(self, name: str) -> Any:
        """A field by its name, or by the names of the fields that it is in; else _NOTHING."""
        if name in self.row:
            return self.row[name]
        value: Any = self.row
        for step in name.split("."):
            if isinstance(value, Mapping) and step in value:
                value = value[step]
            elif isinstance(value, list) and step in map(str, range(len(value))):
                value = value[int(step)]
            else:
                return _NOTHING
        return value

    def absent(self, name: str, option: str) -> DataError:
        known = [str(key) for key in self.row]
        return self.error(f"there is no field {name!r} (option {option!r}); {nearest(name, known)}")

    def error(self, message: str) -> DataError:
        return self.source.error(self.place, message)


def split_named(value: Any) -> str | None:
    """The split that is called so, whatever the case of its letters; None for no split.

    >>> split_named(" Valid "), split_named("extra")
    ('dev', None)
    """
    return SPLIT_NAMES.get(value.strip().lower()) if isinstance(value, str) else None


def shown(value: Any) -> str:
    """A value and its type, for an error message."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # too many digits, too deep
        text = "a value too large to print"
    return f"{text if len(text) <= 40 else text[:39] + '…'} ({type(value).__name__})"


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) or (
        hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1
    )


def _has_spans(row: Row) -> bool:
    """Whether a row has what doccano, Label Studio, Prodigy or spaCy write for spans."""
    for name in ("label", "labels", "entities", "spans", "annotations", "predictions"):
        value = row.get(name)
        if isinstance(value, list) and (not value or isinstance(value[0], list | dict)):
            return True
    return False
