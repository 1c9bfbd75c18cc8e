"""What the gains of an evidence say by themselves, as text: how often, who helps, who profits."""

from typing import Any

from taskrel.cli.text.table import table
from taskrel.tasks.task import LEVEL_NAMES

#: Helpers and profiteers that are shown, from either end.
SHOWN = 6


def gain_map_text(found: dict[str, Any]) -> str:
    """Text of `gain_map`'s document; every interval is 95 %, from resampled families."""
    gains = (
        f"{_share(found['share'])} of the pairs gain; in the median {_percent(found['median'])} %"
    )
    if found["verdicts"]:
        gains += "; " + ", ".join(f"{v}: {n}" for v, n in found["verdicts"].items())
    groups = [
        {
            "pairs": name,
            "n": g["n_pairs"],
            "gain": _share(g["share"]),
            "median gain, %": _percent(g["median"]),
        }
        for name, g in found["groups"].items()
    ]
    blocks = [f"gains: {gains}", table(groups, ["pairs", "n", "gain", "median gain, %"])]
    helpers = [
        {"auxiliary": task, "place": _number(f["place"]), "mains that gain": _share(f["share"])}
        for task, f in _ends(found["auxiliaries"], "place")
    ]
    blocks.append(
        "who helps: mean place among a main task's auxiliaries, 0 worst to 1 best\n"
        + table(helpers, ["auxiliary", "place", "mains that gain"])
    )
    mains = [
        {
            "main": task,
            "median gain, %": _percent(f["median"]),
            "auxiliaries that help": _share(f["share"]),
        }
        for task, f in _ends(found["mains"], "median")
    ]
    blocks.append(
        "who profits\n" + table(mains, ["main", "median gain, %", "auxiliaries that help"])
    )
    blocks += _order(found.get("order"))
    noise = found["seed_noise"]
    if noise["single"] is not None:
        blocks.append(
            f"seeds: of what tells a main task's auxiliaries apart, {noise['single']:.0%} of one "
            f"seed's gains is noise, {noise['mean']:.0%} of the mean of {noise['n_seeds']};\n"
            f"two seeds agree on gain or loss in {noise['sign_agreement']:.0%}"
        )
    return "\n\n".join(blocks)


def _order(units: dict[str, Any] | None) -> list[str]:
    """Parts of the variance of the orders; validations of earlier versions have none."""
    if not units:
        return []
    rows = [
        {
            "main tasks with": LEVEL_NAMES[unit],
            "n": parts["n_mains"],
            "common to them": _share(parts["shared"]),
            "own": _share(parts["own"]),
            "seed noise": _share(parts["noise"]),
        }
        for unit, parts in units.items()
    ]
    return [
        "what the order of a main task's auxiliaries is made of, in shares of its variance\n"
        + table(rows, list(rows[0]))
    ]


def _ends(found: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    """The highest and the lowest by a figure, the highest first."""
    order = sorted(found.items(), key=lambda item: -item[1][key]["value"])
    return order if len(order) <= 2 * SHOWN else order[:SHOWN] + order[-SHOWN:]


def _share(figure: dict[str, float | None]) -> str:
    return _with_interval(figure, lambda x: f"{x:.0%}")


def _percent(figure: dict[str, float | None]) -> str:
    return _with_interval(figure, lambda x: f"{x:+.1f}")


def _number(figure: dict[str, float | None]) -> str:
    return _with_interval(figure, lambda x: f"{x:.2f}")


def _with_interval(figure: dict[str, float | None], form) -> str:
    if figure["value"] is None:
        return "–"
    if figure["low"] is None:
        return form(figure["value"])
    return f"{form(figure['value'])} [{form(figure['low'])}, {form(figure['high'])}]"
