"""The document of a validation, as its file must have it to be shown; see `validate`.

Other fields are allowed: later versions add some, and earlier ones lack those with a default.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from taskrel.meta.predictor.file import Coverage, Figure, Number, Share
from taskrel.study.analysis.gains import GAIN, LOSS, NO_CLEAR_EFFECT
from taskrel.validation.scoring.scores import SCORES

Count = Annotated[int, Meta(ge=0)]
Level = Literal["token", "text"]
#: Model → score → figure.
Models = dict[str, dict[str, Figure | None]]


class Estimate(Struct, frozen=True):
    """A figure that may not be defined, or have one end of its interval only."""

    value: Number | None
    low: Number | None
    high: Number | None


class Auxiliary(Struct, frozen=True):
    """The gains with one auxiliary."""

    place: Figure
    share: Estimate


class Main(Struct, frozen=True):
    """The gains of one main task."""

    median: Figure
    share: Estimate


class Group(Struct, frozen=True):
    """The gains of a group of pairs."""

    n_pairs: Count
    share: Estimate
    median: Estimate


class Variance(Struct, frozen=True):
    """Parts of the variance of the rankings."""

    n_mains: Count
    shared: Estimate
    own: Estimate
    noise: Estimate


class Noise(Struct, frozen=True):
    """Seed noise of the gains."""

    single: Number | None
    mean: Number | None
    sign_agreement: Number | None
    n_seeds: Count

    def __post_init__(self) -> None:
        if self.single is not None and None in (self.mean, self.sign_agreement):
            raise ValueError("expected 'mean' and 'sign_agreement' where there is 'single'")


class Gains(Struct, frozen=True):
    """See `gain_map`."""

    share: Estimate
    median: Estimate
    verdicts: dict[str, Count]
    groups: dict[str, Group]
    auxiliaries: dict[str, Auxiliary]
    mains: dict[str, Main]
    seed_noise: Noise
    order: dict[Level, Variance] | None = None

    def __post_init__(self) -> None:
        _equal("verdicts", self.verdicts, (GAIN, LOSS, NO_CLEAR_EFFECT) if self.verdicts else ())


class Notes(Struct, frozen=True):
    """Remarks on the figures."""

    interval: str
    levels: str


class Verdict(Struct, frozen=True):
    """See `validation_verdict`."""

    text: str


class Bin(Struct, frozen=True):
    """See `calibration_bins`."""

    probability: Share
    gains: Share
    n: Count


class Probability(Struct, frozen=True):
    """See `probability_check`."""

    gap: Number | None
    low: Number | None
    high: Number | None
    chance: Number | None = None
    tenths: tuple[Bin, ...] = ()
    worst: Bin | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("expected both ends of an interval, found one")


class Ranking(Struct, frozen=True):
    """See `rankings`."""

    n_mains: Count
    attainable: Share | None
    spearman: Estimate
    over_mean_rank: Estimate
    share: Estimate
    one_seed: Estimate
    other_seeds: Estimate
    similarity: Estimate
    own: Estimate


#: Level of the main tasks → scope of the auxiliaries → figures.
Rankings = dict[Level, dict[Literal["all", "within"], Ranking]]


class Row3(Struct, frozen=True):
    """A row of the paper's Table 3."""

    model: str
    columns: tuple[str, ...]
    accuracy: Number | None
    f1: Number | None
    nested_accuracy: Number | None
    nested_f1: Number | None
    published_accuracy: Number | None
    published_f1: Number | None


class Row4(Struct, frozen=True):
    """A row of the paper's Table 4."""

    feature: str
    mean: Number
    low: Number
    high: Number
    published: Number | None


class Finding(Struct, frozen=True):
    """A finding of the paper, and whether it holds."""

    finding: str
    holds: bool | None
    figure: str


class Size(Struct, frozen=True):
    """Scores with fewer tasks."""

    n_tasks: Number
    n_draws: Count
    ranker: Figure
    no_features: Figure
    difference: Figure


class Document(Struct, frozen=True):
    """All that ``taskrel validate --cached`` prints and writes."""

    evidence: str
    n_tasks: Count
    n_pairs: Count
    n_families: Count
    base_rate: Share
    noise_ceiling: Number | None
    gains: Gains
    about: dict[str, str]
    notes: Notes
    protocols: dict[str, Models]
    within_kind: dict[str, Models] | None
    differences: dict[str, dict[str, Models]]
    reliability: dict[str, dict[str, tuple[Bin, ...]]]
    verdict: Verdict
    table_3: tuple[Row3, ...]
    table_4: tuple[Row4, ...]
    findings: tuple[Finding, ...]
    by_unit: dict[Level, Models] = {}
    by_size: tuple[Size, ...] = ()
    new_verdict: Verdict | None = None
    interval: Coverage | None = None
    new_interval: Coverage | None = None
    probability: Probability | None = None
    new_probability: Probability | None = None
    rankings: Rankings | None = None
    new_rankings: Rankings | None = None
    evidence_digest: str | None = None

    def __post_init__(self) -> None:
        for models in (
            *self.protocols.values(),
            *(self.within_kind or {}).values(),
            *self.by_unit.values(),
            *(models for found in self.differences.values() for models in found.values()),
        ):
            for model, scores in models.items():
                _equal(f"scores of {model!r}", scores, SCORES)
        for protocol in (*self.protocols, *(self.within_kind or {})):
            if protocol not in self.about:
                raise ValueError(f"field 'about': protocol {protocol!r} is missing")
        if not any(self.protocols.values()):
            raise ValueError("field 'protocols': expected a model, found none")
        for models in self.by_unit.values():
            _equal("by_unit", models, next(iter(self.by_unit.values())))


def _equal(what: str, found: Any, expected: Any) -> None:
    if set(found) != set(expected):
        raise ValueError(
            f"{what}: expected {', '.join(expected) or 'none'}, found {', '.join(found) or 'none'}"
        )
