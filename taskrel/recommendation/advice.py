"""Advice from a ranking: what to train, what to avoid, or that the ranking cannot tell."""

from dataclasses import dataclass
from typing import Any, Literal

from taskrel.meta.predictor.prediction import LIKELY_GAIN, LIKELY_LOSS
from taskrel.recommendation.recommendation import Recommendation
from taskrel.tasks.task import label_level

#: What is advised: to train with the first auxiliary, to try it, to train the main task alone; that
#: the ranking is no better than chance; or that the evidence says nothing about such texts.
Kind = Literal["train", "try", "alone", "unknown", "nothing"]


@dataclass(frozen=True)
class Advice:
    """What a ranking comes to.

    kind : what is advised
    aux : the auxiliary to train with or to try first; None where there is none
    avoid : auxiliaries that are likely to make the main task worse
    ranks : whether validation shows that rankings for such tasks are better than chance; None
        where nobody validated
    """

    kind: Kind
    aux: str | None
    avoid: tuple[str, ...]
    ranks: bool | None


def advice(answer: Recommendation) -> Advice:
    """The advice that a ranking comes to.

    A gain is only promised where its prediction interval is above 0. An auxiliary is to be tried
    where its expected gain is above 0, unless validation shows that the ranking of auxiliaries is no
    better than chance for main tasks with labels of this level.
    """
    known = [p for p in answer if p.gain == p.gain]
    avoid = tuple(p.aux for p in known if p.verdict == LIKELY_LOSS)
    ranks = _ranks(answer.validation, label_level(answer.evidence.about.loc[answer.main, "kind"]))
    if answer.says_nothing or not known:
        return Advice("nothing", None, (), ranks)
    first = known[0]
    if first.verdict == LIKELY_GAIN:
        return Advice("train", first.aux, avoid, ranks)
    if first.gain <= 0 or len(avoid) == len(known):
        return Advice("alone", None, avoid, ranks)
    if ranks is False and len(known) > 1:
        return Advice("unknown", None, avoid, ranks)
    return Advice("try", first.aux, avoid, ranks)


def _ranks(validation: dict[str, Any], level: str) -> bool | None:
    """Whether rankings for main tasks of this level are better than chance, in validation."""
    found = [
        validation[key][level]["low"] > 0
        for key in ("by_unit", "within_unit")
        if validation.get(key, {}).get(level, {}).get("low") is not None
    ]
    return any(found) if found else None
