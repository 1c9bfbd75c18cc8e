"""The pair table: one row per directed pair, columns from the main task, the auxiliary and both.

Columns are ``main_size``, ``aux_size``, ``main/aux_size`` and so on: 14 × 3 = 42
for the paper's features (Bingel & Søgaard 2017, Section 4), and ``pair_text_cosine``
for the features of the pair itself. ``rank_text_cosine`` is where the pair is among those of
the same main task, from −½ (lowest) to ½: main tasks differ in the scale of such a feature.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from taskrel.meta.features.names import PAIR_FEATURES, SHORT, TASK_FEATURES
from taskrel.meta.predictor.table.aux_identity import identity_in_words, is_identity
from taskrel.meta.predictor.table.pair_ranks import pair_ranks

if TYPE_CHECKING:
    import pandas as pd

MAIN, AUX, RATIO, PAIR, RANK = "main_", "aux_", "main/aux_", "pair_", "rank_"
_WHOSE = {MAIN: "main", AUX: "aux", RATIO: "main/aux", PAIR: "pair", RANK: "among auxiliaries"}
_OF_PAIR = (PAIR, RANK)


def _prefix(column: str) -> str:
    return next(p for p in _WHOSE if column.startswith(p))


@dataclass(frozen=True)
class Columns:
    """Which features a pair table has: of main, of aux, as ratio main / aux, of the pair.

    rank : features of the pair as ranks among the main task's auxiliaries
    """

    main: tuple[str, ...] = ()
    aux: tuple[str, ...] = ()
    ratio: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    rank: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the table's columns, in order."""
        parts = zip(_WHOSE, astuple(self), strict=True)
        return tuple(prefix + name for prefix, names in parts for name in names)

    @classmethod
    def named(cls, names: Iterable[str]) -> "Columns":
        """Columns of these names, as `names` gives them."""
        found: dict[str, list[str]] = {prefix: [] for prefix in _WHOSE}
        for name in names:
            prefix = _prefix(name)
            found[prefix].append(name.removeprefix(prefix))
        return cls(*map(tuple, found.values()))

    def without(self, features: Collection[str]) -> "Columns":
        """The same columns without those of these features."""
        return Columns(
            *(tuple(name for name in names if name not in features) for names in astuple(self))
        )


def pair_table(
    tasks: "pd.DataFrame",
    pairs: "pd.DataFrame",
    index: Sequence[tuple[str, str]],
    columns: Columns,
    pool: Collection[str] = (),
) -> "pd.DataFrame":
    """The features of pairs, a row per pair.

    Parameters
    ----------
    tasks, pairs : DataFrame
        As `Evidence.tasks` and `Evidence.pairs`.
    index : sequence of (main, aux)
        Names in the index of `tasks`.
    columns : Columns
        Names of features; one that a table lacks is missing.
    pool : collection of str
        Auxiliaries among which features of the pair are ranked, see `pair_ranks`.

    Returns
    -------
    DataFrame of shape (n_pairs, n_columns)
        Index (main, aux), columns `Columns.names`; NaN where a feature is
        missing. A ratio whose denominator is 0 is missing, too.
    """
    import pandas as pd

    rows = pd.MultiIndex.from_tuples(list(index), names=["main", "aux"])

    def of(which: int, names: tuple[str, ...]) -> pd.DataFrame:
        found = tasks.reindex(columns=list(names)).loc[[pair[which] for pair in index]]
        return found.set_axis(rows)

    denominator = of(1, columns.ratio)
    parts = [
        of(0, columns.main),
        of(1, columns.aux),
        of(0, columns.ratio) / denominator.mask(denominator == 0),
        pairs.reindex(index=rows, columns=list(columns.pair)),
        pair_ranks(pairs.reindex(columns=list(columns.rank)), rows, pool),
    ]
    table = pd.concat([p.astype(float) for p in parts], axis="columns")
    return table.set_axis(list(columns.names), axis="columns")


def in_words(column: str, above: bool) -> str:
    """A pair's value in words: above or below the mean of a column.

    >>> in_words("aux_label_entropy", True), in_words("main_gradient_30", True)
    ('high label entropy (aux)', 'flat loss slope at 30% (main)')
    """
    if is_identity(column):
        return identity_in_words(column)
    if column in ("pair_same_kind", "rank_same_kind"):
        return f"{('another', 'the same')[above]} kind of labels (pair)"
    levels = ("low", "high")
    if ("gradient_" in column or column.endswith("_slope")) and _prefix(column) != RATIO:
        levels = ("steep", "flat")  # a slope is negative while the loss falls
    return f"{levels[above]} {column_in_words(column)}"


def in_short(column: str) -> str:
    """The feature in a column, in two or three words.

    >>> in_short("rank_logme"), in_short("aux_label_entropy")
    ('LogME', 'label entropy (aux)')
    """
    if is_identity(column):
        return "effect on other tasks"
    if (prefix := _prefix(column)) in _OF_PAIR:
        feature = column.removeprefix(prefix)
        return SHORT.get(feature, feature)
    return column_in_words(column)


def is_column(column: str) -> bool:
    """Whether the pair table can have a column of this name.

    >>> is_column("aux_label_entropy"), is_column("aux_x"), is_column("x")
    (True, False, False)
    """
    return is_identity(column) or any(
        column.removeprefix(prefix) in (PAIR_FEATURES if prefix in _OF_PAIR else TASK_FEATURES)
        for prefix in _WHOSE
        if column.startswith(prefix)
    )


def column_in_words(column: str) -> str:
    """The feature in a column.

    >>> column_in_words("aux_label_entropy")
    'label entropy (aux)'
    """
    if is_identity(column):
        return identity_in_words(column)
    prefix = _prefix(column)
    feature = column.removeprefix(prefix)
    words = (PAIR_FEATURES if prefix in _OF_PAIR else TASK_FEATURES).get(feature, feature)
    return f"{words} ({_WHOSE[prefix]})"
