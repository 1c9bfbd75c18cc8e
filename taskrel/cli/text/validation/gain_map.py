"""The measured gains of an evidence as text: groups of pairs, auxiliaries, main tasks, seed noise."""

from collections.abc import Callable
from typing import Any

from taskrel.cli.text.table import table
from taskrel.cli.text.validation.words import PAIRS
from taskrel.study.analysis.gains import GAIN, LOSS, NO_CLEAR_EFFECT
from taskrel.tasks.task import LEVEL_NAMES

#: So many tasks are shown from either end of a list.
SHOWN = 6


def gain_map_text(gains: dict[str, Any]) -> str:
    """Text of `gain_map`'s document; every interval is 95 %, from resampled families."""
    head = (
        f"Gains: {_share(gains['share'])} of the pairs gain. The median gain is "
        f"{_percent(gains['median'], ' %')}."
    )
    if n := gains["verdicts"]:
        head += (
            f"\nTested over seeds, {n[GAIN]} pairs gain, {n[LOSS]} lose, and "
            f"{n[NO_CLEAR_EFFECT]} have no clear effect."
        )
    groups = [
        {
            "pairs": PAIRS.get(name, name),
            "number": group["n_pairs"],
            "pairs that gain": _share(group["share"]),
            "median gain %": _percent(group["median"]),
        }
        for name, group in gains["groups"].items()
    ]
    return "\n\n".join(
        [
            head,
            table(groups),
            *_auxiliaries(gains["auxiliaries"]),
            *_mains(gains["mains"]),
            *_variance(gains.get("order")),
            *_seeds(gains["seed_noise"]),
        ]
    )


def _auxiliaries(auxiliaries: dict[str, Any]) -> list[str]:
    rows = [
        {
            "auxiliary": task,
            "mean rank": _number(figures["place"]),
            "main tasks that gain": _share(figures["share"]),
        }
        for task, figures in _ends(auxiliaries, "place")
    ]
    return [
        f"Auxiliaries by their mean rank for a main task, from 0 (worst) to 1 (best)"
        f"{_cut(auxiliaries)}\n{table(rows, ['auxiliary', 'mean rank', 'main tasks that gain'])}"
    ]


def _mains(mains: dict[str, Any]) -> list[str]:
    rows = [
        {
            "main task": task,
            "median gain %": _percent(figures["median"]),
            "auxiliaries with a gain": _share(figures["share"]),
        }
        for task, figures in _ends(mains, "median")
    ]
    return [f"Main tasks by their median gain{_cut(mains)}\n{table(rows)}"]


def _variance(levels: dict[str, Any] | None) -> list[str]:
    """Parts of the variance of the rankings; validations of earlier versions have none."""
    if not levels:
        return []
    rows = [
        {
            "main tasks": LEVEL_NAMES[level],
            "number": parts["n_mains"],
            "shared": _share(parts["shared"]),
            "own": _share(parts["own"]),
            "seed noise": _share(parts["noise"]),
        }
        for level, parts in levels.items()
    ]
    return [
        "Variance of the ranking of auxiliaries for a main task: what main tasks of this level "
        "share, what is\nparticular to one main task, and seed noise\n"
        f"{table(rows)}"
    ]


def _seeds(noise: dict[str, Any]) -> list[str]:
    if noise["single"] is None:
        return []
    return [
        f"Seed noise is {100 * noise['single']:.0f} % of the variance between the auxiliaries of a "
        f"main task with one seed, and\n{100 * noise['mean']:.0f} % with the mean of "
        f"{noise['n_seeds']} seeds. Two seeds agree on gain or loss in "
        f"{100 * noise['sign_agreement']:.0f} % of the pairs."
    ]


def _ends(tasks: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    """The highest and the lowest by a figure, the highest first."""
    ranked = sorted(tasks.items(), key=lambda item: -item[1][key]["value"])
    return ranked if len(ranked) <= 2 * SHOWN else ranked[:SHOWN] + ranked[-SHOWN:]


def _cut(tasks: dict[str, Any]) -> str:
    return f"; first and last {SHOWN} of {len(tasks)}" if len(tasks) > 2 * SHOWN else ""


def _share(figure: dict[str, float | None]) -> str:
    """A share in percent.

    >>> _share({"value": 0.5, "low": 0.332, "high": 0.641})
    '50 % [33, 64]'
    """
    return _with_interval(figure, lambda x: f"{100 * x:.0f}", " %")


def _percent(figure: dict[str, float | None], unit: str = "") -> str:
    return _with_interval(figure, lambda x: f"{x:+.1f}", unit)


def _number(figure: dict[str, float | None]) -> str:
    return _with_interval(figure, lambda x: f"{x:.2f}")


def _with_interval(
    figure: dict[str, float | None], form: Callable[[float], str], unit: str = ""
) -> str:
    value, low, high = (figure[key] for key in ("value", "low", "high"))
    if value is None:
        return "–"
    interval = "" if low is None or high is None else f" [{form(low)}, {form(high)}]"
    return f"{form(value)}{unit}{interval}"
