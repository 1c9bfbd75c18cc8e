"""Which column of a table is the text, which the label, and what kind of task that makes."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from taskrel.errors import UsageError, nearest
from taskrel.tasks.readers.labels import is_missing, label_of, printed_list
from taskrel.tasks.readers.rows import FLAGS, split_named

#: Usual names of columns, the likeliest first.
TEXTS = (
    "text", "sentence", "comment", "content", "review", "tweet", "body", "message", "document",
    "question", "utterance", "description", "title", "headline", "post", "query", "abstract",
)  # fmt: skip
LABELS = (
    "label", "labels", "class", "category", "categories", "intent", "target", "tag", "tags",
    "sentiment", "topic", "emotion", "emotions", "polarity", "type", "rating", "stars", "tone",
    "gold", "answer", "y",
)  # fmt: skip
PAIRS = (
    ("premise", "hypothesis"),
    ("sentence1", "sentence2"),
    ("sentence_1", "sentence_2"),
    ("sentence_a", "sentence_b"),
    ("text1", "text2"),
    ("text_a", "text_b"),
    ("question1", "question2"),
    ("question", "sentence"),
    ("question", "answer"),
    ("query", "document"),
)
TOKENS = ("tokens", "words")
TAGS = ("tags", "ner_tags", "pos_tags", "chunk_tags", "labels", "upos", "ner", "pos")
SEPARATORS = ("|", ";", ",")
#: A column that lacks this share of its values is rather no label.
GAPS = 0.2
#: Numbers of a scale, such as 1, 1.5, 2 to 5, are labels up to so many.
SCALE = 20
_NUMBER = re.compile(r"[-+]?\d*\.?\d+")
#: A column of more different values than this share of the rows is no label.
MANY = 0.5


@dataclass
class Roles:
    """What the columns are.

    kind : of the task
    options : fields of the reader's options → names of columns
    splits : those that a column of splits names
    said : why, a sentence each
    """

    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    splits: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)


def roles_of(
    columns: dict[str, list],
    *,
    text: str | None = None,
    text_pair: str | None = None,
    label: str | None = None,
    header: bool = True,
) -> Roles:
    """Guess from names and values; `text`, `text_pair` and `label` name columns and are obeyed.

    header : whether the columns have names; else none is a flag or says the split

    Raises `UsageError` for a column that is not there or has two roles, and where no column looks
    like a text or like a label.
    """
    for option, name in (("--text", text), ("--text-pair", text_pair), ("--label", label)):
        if name is not None and name not in columns:
            raise UsageError(f"{option} {name}: no such column; {nearest(name, columns)}")
    given = [name for name in (text, text_pair, label) if name is not None]
    if len({*given}) < len(given):
        raise UsageError(
            f"--text, --text-pair and --label name {max(given, key=given.count)!r} twice; name "
            "different columns"
        )
    if not (text or label) and (tagging := _tagging(columns)):
        return tagging
    roles = Roles("classification")
    _texts({n: v for n, v in columns.items() if n != label}, roles, text, text_pair)
    used = {roles.options["text"], roles.options.get("text_pair")}
    rest = {name: values for name, values in columns.items() if name not in used}
    if header:
        _split({n: v for n, v in rest.items() if n != label}, roles)
    rest.pop(roles.options.get("split", ""), None)
    _label(rest, roles, label, header)
    return roles


def _tagging(columns: dict[str, list]) -> Roles | None:
    lists = {name for name, values in columns.items() if _are_lists(values)}
    tokens = next((name for name in TOKENS if name in lists), None)
    tags = next((name for name in TAGS if name in lists), None)
    if tokens is None or tags is None:
        return None
    said = [f"{tokens!r} are the tokens and {tags!r} their labels, lists of the same lengths."]
    return Roles("tagging", {"tokens": tokens, "tags": tags}, said=said)


def _texts(columns: dict[str, list], roles: Roles, text: str | None, pair: str | None) -> None:
    words = {name: _words(values) for name, values in columns.items() if name != pair}
    by_name = {name.lower(): name for name, n in words.items() if n > 0}
    pairs = [
        (by_name[a], by_name[b]) for a, b in [*PAIRS, *_twins(by_name)] if {a, b} <= by_name.keys()
    ]
    found = next((p for p in pairs if min(words[name] for name in p) >= 2), None)
    if found and not text and not pair:
        text, pair = found
        roles.said.append(f"{text!r} and {pair!r} are the two texts of a pair, by their names.")
    elif text:
        roles.said.append(f"{text!r} is the text, as you say.")
    else:
        named = [by_name[name] for name in TEXTS if name in by_name]
        text = named[0] if named else max(words, key=lambda name: words[name], default="")
        if words.get(text, 0) < 1:
            raise UsageError(
                f"no column looks like a text; name one with --text: {_listed(columns)}"
            )
        why = "by its name" if named else "which has the most words"
        n = f"{words[text]:.0f}"
        mean = f"{n} word{'' if n == '1' else 's'} on average"
        roles.said.append(f"{text!r} is the text, {why} ({mean}).")
    roles.options["text"] = text
    if pair:
        roles.options["text_pair"] = pair


def _twins(names: Iterable[str]) -> list[tuple[str, str]]:
    """Names that are alike but for a number or a letter: "#1 string" and "#2 string"."""
    return [
        (name, name[:i] + other + name[i + 1 :])
        for name in names
        for i, c in enumerate(name)
        for other in [{"1": "2", "a": "b"}.get(c, "")]
        if other and not name[:i][-1:].isalnum() | name[i + 1 :][:1].isalnum()
    ]


def _split(columns: dict[str, list], roles: Roles) -> None:
    for name, values in columns.items():
        found = {str(v) for v in values if not is_missing(v)}
        splits = {split for v in found if (split := split_named(v))}
        if len(splits) > 1 and "train" in splits and all(map(split_named, found)):
            roles.options["split"], roles.splits = name, splits
            roles.said.append(f"{name!r} says which split a row belongs to.")
            return
        if name.lower() in ("split", "fold", "subset"):
            roles.said.append(f"{name!r} is not used: its values are not train, dev and test.")


def _label(columns: dict[str, list], roles: Roles, label: str | None, header: bool) -> None:
    by_name = {name.lower(): name for name in columns}
    named = [by_name[name] for name in LABELS if name in by_name]
    named = [n for n in named if _different(columns[n]) > 1 and not _are_measures(columns[n])]
    flags = [name for name, values in columns.items() if header and _are_flags(values)]
    few = _few(columns)
    if label:
        why = "as you say"
    elif named:
        label, why = named[0], "by its name"
    elif len(flags) > 1:
        roles.kind = "multilabel"
        roles.options["flags"] = flags
        roles.said.append(f"Each column of 0 and 1 is a label: {', '.join(map(repr, flags))}.")
        return
    elif few:
        label, why = few[0], "which has the fewest values"
    else:
        raise UsageError(
            "no column looks like a label, with few values that recur; name one with "
            f"--label: {_listed(columns) or 'there is no other column'}"
        )
    assert label is not None
    values = columns[label]
    if _are_measures(values):
        raise UsageError(
            f"--label {label}: expected labels, found {_different(values)} different numbers; no "
            "kind of task predicts a number, so make classes of them"
        )
    if _are_lists(values) and any(len(_items(v)) != 1 for v in values if not is_missing(v)):
        roles.kind, field_ = "multilabel", "labels"
        roles.said.append(f"{label!r} has a list of labels for each text, {why}.")
    elif separator := _label_separator(values):
        roles.kind, field_ = "multilabel", "labels"
        roles.options["label_separator"] = separator
        roles.said.append(f"{label!r} has labels divided by {separator!r}, {why}.")
    else:
        field_ = "label"
        roles.said.append(f"{label!r} is the label, {why} ({_different(values)} different values).")
    roles.options[field_] = label
    others = [name for name in few if name != label]
    if others and why != "as you say":
        roles.said.append(f"Or is the label one of {_listed(others)}? Name it with --label.")


def _few(columns: dict[str, list]) -> list[str]:
    """Columns of few values that recur, those with the fewest first, and gaps last."""
    found = {
        name: (sum(map(is_missing, values)) > GAPS * len(values), n)
        for name, values in columns.items()
        if 1 < (n := _different(values)) <= max(2, MANY * len(values)) and not _are_measures(values)
    }
    return sorted(found, key=lambda name: found[name])


def _listed(names: Iterable[str]) -> str:
    """Names for a message, at most ten of them."""
    names = [*names]
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(map(repr, names[:10])) + more


def _are_lists(values: list) -> bool:
    """Whether all values are lists, or lists printed as strings, but for missing ones."""
    there = [v for v in values if not is_missing(v)] if values else []
    return bool(there) and all(_items(v) is not None for v in there[:200])


def _items(value: Any) -> Any:
    if isinstance(value, str):
        return printed_list(value)
    return value if isinstance(value, list | tuple) else None


def _are_measures(values: list) -> bool:
    """Whether values are many numbers, not all of them whole, as scores and prices are."""
    there = [str(v).strip().replace(",", ".") for v in values if not is_missing(v)]
    numbers = [v for v in there if _NUMBER.fullmatch(v)]
    fractions = [v for v in numbers if "." in v and v.partition(".")[2].strip("0")]
    return bool(fractions) and len(numbers) == len(there) and len({*there}) > SCALE


def _are_flags(values: list) -> bool:
    found = {str(label_of(v)).lower() for v in values if not is_missing(v) and _is_scalar(v)}
    return len(found) == 2 and found <= FLAGS.keys()


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _words(values: list) -> float:
    """Mean number of words of strings; 0 if there is no string with a letter."""
    texts = [v for v in values if isinstance(v, str) and any(c.isalpha() for c in v)]
    if len(texts) < len(values) / 2 or _are_lists(values):
        return 0.0
    return sum(len(t.split()) for t in texts) / len(texts)


def _different(values: list) -> int:
    return len({str(v).strip() for v in values if not is_missing(v)})


def _label_separator(values: list) -> str:
    """What divides several labels in one cell, where parts recur more than cells do; or ""."""
    cells = [str(v).strip() for v in values if not is_missing(v)]
    for separator in SEPARATORS:
        several = [cell for cell in cells if separator in cell]
        parts = Counter(p.strip() for cell in cells for p in cell.split(separator))
        recurs = all(n > 1 for part, n in parts.items()) and len(parts) < len({*cells})
        if len(several) >= 0.05 * len(cells) and several and recurs:
            return separator
    return ""
