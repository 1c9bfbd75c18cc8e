"""Task cards: one TOML file that describes one task, decoded strictly.

A card names the files of a corpus and their reader. It says how missing splits are
cut, how labels are changed and which metric is the main one.
``load_card("chunk")`` finds a shipped card by its name; ``load_card("my/card.toml")``
reads any file.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from taskrel.errors import CardError, UsageError, nearest
from taskrel.io.paths import check_inside, shipped
from taskrel.io.toml import convert, read_toml
from taskrel.tasks.span_schemes import AUTO, NAMES

Kind = Literal["tagging", "classification", "multilabel", "regression"]
SplitName = Literal["train", "dev", "test"]

#: Metrics that a card of each kind may name as its main one, see `training.evaluation.metrics`.
METRICS = {
    "tagging": ("accuracy", "micro_f1", "macro_f1", "weighted_f1", "span_f1"),
    "classification": ("accuracy", "macro_f1", "weighted_f1", "micro_f1"),
    "multilabel": (
        "macro_f1",
        "weighted_f1",
        "micro_f1",
        "accuracy",
        "decision_f1",
        "decision_accuracy",
    ),
    "regression": ("nearest_accuracy", "nearest_top4"),
}


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file (or folder) of the corpus, relative to the data folder."""

    path: str
    # "all": the reader or [cut] decides; "side": a file that an option names and that is
    # read together with another file
    split: SplitName | Literal["all", "side"] = "all"
    url: str = ""
    # of a URL that is an archive: the path in it of the file or folder, or the path's end
    member: str = ""
    sha256: str = ""
    label: str | None = None  # the label of every example in this file
    note: str = ""  # how the local file differs from the download, if it does
    by_hand: str = ""  # what a person must do, where the URL does not download this file


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How splits that the corpus lacks are cut from its training part (or from "all").

    Examples that share a value of any field in `by` form a group, and groups stay whole.
    "key" is what the reader gives (a document, a tweet's id); "text" is the tokens,
    lower-cased.
    """

    dev: float = 0.0  # share of the groups; 0: no cut
    test: float = 0.0
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    by: tuple[Literal["key", "text"], ...] = ("text",)
    # give all splits the same share of each label and of each pair of labels
    stratify: bool = False


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to a label between the file and the task, in this order."""

    lower: bool = False
    map: dict[str, str] = {}  # old name → new name
    absent: tuple[str, ...] = ()  # labels without loss and without score
    empty: str | None = None  # the label of tokens or texts whose label is missing
    outside: str | None = None  # the label that means "nothing here"; "O" for span_f1
    scheme: str = AUTO  # how labels mark spans, a key of `span_schemes.NAMES`


class Characters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts are read as characters: each character in `keep` is a token, others are left out."""

    keep: Annotated[str, msgspec.Meta(min_length=2)]
    lower: bool = False  # lower-case the text first


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A task as its card describes it; the fields are explained in the README."""

    schema: Literal[1]
    name: str
    title: str
    kind: Kind
    metric: str
    reader: str
    language: str = "en"
    family: str = ""  # cards that read the same texts share one; default: the name
    licence: str = ""
    citation: str = ""
    files: tuple[File, ...] = ()
    options: dict = {}  # decoded by the reader
    cut: Cut = Cut()
    labels: Labels = Labels()
    characters: Characters | None = None  # None: texts are read as words
    # Leave out, and count, training examples whose field occurs in dev or test: "key",
    # "text" (lower-cased) or "alnum" (the text's letters and digits, lower-cased).
    leaks: tuple[Literal["key", "text", "alnum"], ...] = ()
    # The same for training examples whose field occurs earlier in training.
    repeats: tuple[Literal["key", "text", "alnum"], ...] = ()

    def __post_init__(self) -> None:
        if not self.family:
            msgspec.structs.force_setattr(self, "family", self.name)
        if self.metric == "span_f1" and self.labels.outside is None:
            labels = msgspec.structs.replace(self.labels, outside="O")
            msgspec.structs.force_setattr(self, "labels", labels)


def load_card(name: str | Path, folder: Path | None = None) -> Card:
    """Read one card by name from `folder` (default: the shipped cards), or by path."""
    path = Path(name)
    if path.suffix != ".toml":
        known = card_paths(folder or shipped("tasks"))
        if str(name) not in known:
            raise UsageError(f"unknown task {str(name)!r}; {nearest(str(name), known)}")
        path = known[str(name)]
    return parse_card(read_toml(path, CardError), str(path))


def card_paths(folder: Path) -> dict[str, Path]:
    """Name → path of every card in `folder` and below; the file is named as the task is."""
    if not folder.is_dir():
        raise UsageError(f"folder of cards {folder}: no such folder")
    paths: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.toml")):
        if path.stem in paths:
            raise CardError(f"two cards are named {path.stem!r}: {paths[path.stem]} and {path}")
        paths[path.stem] = path
    return paths


def parse_card(raw: dict, where: str) -> Card:
    """Decode and check one card; `where` names the file in errors."""
    if raw and not raw.keys() & {"kind", "metric", "reader"}:
        what = "an experiment" if raw.keys() & {"tasks", "recipes", "recipe", "runs"} else "no card"
        raise CardError(
            f"{where}: this is {what}, because it has no kind, metric and reader; move it out of "
            "the folder of cards"
        )
    card = convert(raw, Card, where, CardError)
    if Path(where).suffix == ".toml" and Path(where).stem != card.name:
        raise CardError(
            f"{where}: field 'name': expected {Path(where).stem!r}, the name of the file, "
            f"found {card.name!r}"
        )
    try:
        for i, file in enumerate(card.files):
            check_inside(f"files[{i}].path", file.path)
    except ValueError as e:
        raise CardError(f"{where}: {e}") from None
    if card.metric not in METRICS[card.kind]:
        raise CardError(
            f"{where}: field 'metric': {card.metric!r} is not a metric of {card.kind} "
            f"tasks; {nearest(card.metric, METRICS[card.kind])}"
        )
    if card.metric == "micro_f1" and card.kind == "tagging" and card.labels.outside is None:
        raise CardError(
            f"{where}: field 'labels.outside' is missing: {card.metric} needs the "
            'label that means "nothing here"'
        )
    if card.labels.scheme not in NAMES:
        raise CardError(
            f"{where}: field 'labels.scheme': unknown scheme {card.labels.scheme!r}; "
            f"{nearest(card.labels.scheme, NAMES)}"
        )
    if card.characters is not None:
        _check_characters(card, card.characters, where)
    if not (card.cut.dev >= 0 and card.cut.test >= 0 and card.cut.dev + card.cut.test < 1):
        raise CardError(
            f"{where}: field 'cut': expected shares dev and test, from 0, whose sum is below 1, "
            f"found {card.cut.dev} and {card.cut.test}"
        )
    return card


def _check_characters(card: Card, characters: Characters, where: str) -> None:
    keep, lower = characters.keep, characters.lower
    if card.kind == "tagging":
        raise CardError(
            f"{where}: field 'characters': a tagging task has a label per word, so its texts "
            "cannot be read as characters; remove this field"
        )
    for c in keep:
        if keep.count(c) > 1 or (c.isspace() and c != " "):
            raise CardError(
                f"{where}: field 'characters.keep': expected each character once, and no "
                f"white space but the blank, found {c!r}"
            )
        if lower and c != c.lower():
            raise CardError(
                f"{where}: field 'characters.keep': {c!r} never occurs in lower-cased "
                "text; remove it, or set characters.lower = false"
            )
