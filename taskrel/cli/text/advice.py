"""Advice in one to three sentences: what to train, what to avoid, and what would find out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskrel.cli.text.table import interval, signed
from taskrel.meta.predictor.prediction import Prediction
from taskrel.recommendation.advice import Advice, advice, is_measured
from taskrel.tasks.task import LEVEL_NAMES, label_level

if TYPE_CHECKING:
    from taskrel.recommendation.recommendation import Recommendation

#: Auxiliaries that a sentence names.
NAMED = 3


def advice_text(answer: "Recommendation", search: str | None = None) -> str:
    """The advice that a recommendation comes to.

    search : the command that would find out; None: the plain one
    """
    found = advice(answer)
    if found.kind == "nothing":
        return _nothing(answer)
    if len(answer) == 1:
        return _of_one(answer, answer.predictions[0], search)
    return " ".join(
        filter(None, [_what(answer, found), _avoid(found), _find_out(answer, found, search)])
    )


def _what(answer: "Recommendation", found: Advice) -> str:
    if found.kind == "alone" and all(map(is_measured, answer)):
        return f"Train {answer.main} alone: as measured, none of these auxiliaries improves it clearly."
    if found.kind == "alone":
        return f"Train {answer.main} alone: no auxiliary task is expected to improve it."
    if found.kind == "unknown":
        level = LEVEL_NAMES[label_level(answer.evidence.about.loc[answer.main, "kind"])]
        return (
            f"Nothing stands out: for {level} main tasks, rankings from this evidence are no better "
            "than chance."
        )
    p = answer[found.aux or ""]
    if found.kind == "measured":
        return (
            f"Train {answer.main} with {p.aux}: {_measured(p)}, the largest of these auxiliaries."
        )
    if found.kind == "train":
        return f"Train {answer.main} with {p.aux}: expected gain {signed(p.gain)} %, {_likely(p)}."
    return (
        f"Try {answer.main} with {p.aux} first: expected gain {signed(p.gain)} %, {_likely(p)}, so a "
        "gain is not certain."
    )


def _of_one(answer: "Recommendation", p: Prediction, search: str | None) -> str:
    found, numbers = advice(answer), f"expected gain {signed(p.gain)} %, {_likely(p)}"
    if p.measured and (found.kind == "measured" or found.avoid):
        what = "Train" if found.kind == "measured" else "Do not train"
        return f"{what} {answer.main} with {p.aux}: {_measured(p)}."
    if found.avoid:
        return f"Do not train {answer.main} with {p.aux}: {numbers}."
    if found.kind == "train":
        return f"Train {answer.main} with {p.aux}: {numbers}."
    if is_measured(p):
        numbers = _measured(p)
    return f"It is unclear whether {p.aux} improves {answer.main}: {numbers}."


def _measured(p: Prediction) -> str:
    m = p.measured
    assert m is not None
    return f"measured gain {signed(m.gain)} % {interval(m.low, m.high)}"


def _likely(p: Prediction) -> str:
    if p.low != p.low:
        return "without an interval"
    return f"likely between {signed(p.low)} and {signed(p.high)} %"


def _avoid(found: Advice) -> str:
    if not found.avoid or found.kind == "alone":
        return ""
    return f"Avoid {_listed(found.avoid)}: a loss is likely."


def _find_out(answer: "Recommendation", found: Advice, search: str | None) -> str:
    """The command that would find out, where the advice is not certain."""
    if found.kind in ("measured", "train") or answer.minutes is None:
        return ""
    command = search or f"taskrel search {answer.main}"
    return f"To find out: {command} --minutes {answer.minutes}"


def _nothing(answer: "Recommendation") -> str:
    if answer.says_nothing:
        return (
            f"Evidence {answer.evidence.name} was measured on a generated language and says nothing "
            f"about {answer.main}. Use evidence of real tasks, such as library."
        )
    return f"Evidence {answer.evidence.name} is too small to say anything about {answer.main}."


def _listed(names: Sequence[str]) -> str:
    names = list(names)
    if len(names) > NAMED:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
