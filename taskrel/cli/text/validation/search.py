"""The replay of searches as text."""

from typing import Any

from taskrel.cli.text.table import table
from taskrel.cli.text.validation.layout import with_interval, wrapped
from taskrel.tasks.task import LEVEL_NAMES
from taskrel.validation.replay.summary import COMPARED


def text(evidence: str, found: dict[str, Any]) -> str:
    """What ``taskrel validate --search`` prints; `found` as `search_validation` returns it."""
    if not found:
        return (
            f"Evidence {evidence} has too few main tasks with all seeds for a replay of searches."
        )
    blocks = [
        wrapped(
            f"Searches replayed on the runs of evidence {evidence}. Choices are made on dev, and "
            "judged by all test scores. Intervals in brackets: 95 %, from resampled families of main "
            "tasks."
        )
    ]
    for level, own in found.items():
        blocks += [_head(level, own), _regret(own), _calibration(own)]
    return "\n\n".join(blocks)


def _head(level: str, own: dict[str, Any]) -> str:
    return wrapped(
        f"{LEVEL_NAMES[level].capitalize()}: {own['n_mains']} main tasks of {own['n_families']} "
        f"families, up to {own['n_auxs']} auxiliaries of their level, {own['n_seeds']} seeds, "
        f"{own['repeats']} replays."
    )


def _regret(own: dict[str, Any]) -> str:
    shares = list(own["runs"])
    rows = [
        {"strategy": name}
        | {_share(share): f"{by_share[share]['value']:.2f}" for share in shares}
        | {
            "gain": with_interval(own["gain"][name]),
            "difference": with_interval(own["difference"].get(name)),
        }
        for name, by_share in own["regret"].items()
    ]
    runs = ", ".join(f"{own['runs'][share]:.0f}" for share in shares)
    notes = wrapped(
        "Columns with %: gain lost against the best choice, in percent of the single-task score, "
        f"after {runs} runs (% of every pair with three seeds). gain: of the choice at "
        f"{_share(str(COMPARED))}; difference: what is lost there in addition to the search."
    )
    return f"{table(rows)}\n{notes}"


def _calibration(own: dict[str, Any]) -> str:
    rows = [
        {
            "probability": f"{b['predicted']:.2f}",
            "observed": f"{b['true']:.2f}",
            "runs": b["n"],
        }
        for b in own["close"]
    ]
    return "\n".join(
        [
            wrapped(
                f"Probability that no candidate is better than the choice by more than "
                f"{own['epsilon']:g} %, after each run of a search, and how often that was so:"
            ),
            table(rows),
            wrapped(
                f"At {_share(str(COMPARED))} the search expects a gain of "
                f"{with_interval(own['expected'])} % of its choice, which gains "
                f"{with_interval(own['gained'])} %."
            ),
        ]
    )


def _share(share: str) -> str:
    return f"{100 * float(share):g} %"
