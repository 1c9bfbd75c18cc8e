"""Checks of the predictor's answers as tables: calibration, interval, P(gain), number of tasks."""

from collections.abc import Iterable
from typing import Any

from taskrel.cli.text.table import table
from taskrel.cli.text.validation.layout import with_interval, wrapped
from taskrel.cli.text.validation.words import model_name
from taskrel.validation.verdict import PROTOCOL


def check_blocks(document: dict[str, Any]) -> list[str]:
    """Calibration, interval and P(gain) of a main task, and smaller parts of the evidence."""
    return [
        *_calibration(document["reliability"].get(PROTOCOL, {})),
        *_interval_and_probability(document),
        *_by_size(document.get("by_size")),
    ]


def _calibration(models: dict[str, Any]) -> Iterable[str]:
    for key, bins in models.items():
        rows = [
            {
                "predicted probability": b["probability"],
                "observed frequency": b["gains"],
                "pairs": b["n"],
            }
            for b in bins
        ]
        yield (
            f"{PROTOCOL}: calibration of {model_name(key)}; the observed frequency is the share of "
            f"gains\n{table(rows)}"
        )


def _interval_and_probability(document: dict[str, Any]) -> list[str]:
    """One row for tasks of the evidence, one for new tasks; earlier versions lack some figures."""
    rows, level = [], None
    for prefix, tasks in (("", "of the evidence"), ("new_", "new")):
        interval = document.get(f"{prefix}interval")
        probability = document.get(f"{prefix}probability") or {}
        if interval or probability:
            level = interval["level"] if interval else level
            rows.append({"main tasks": tasks, **_inside(interval or {}), **_gap(probability)})
    if not rows:
        return []
    percent = "" if level is None else f" {level:.0%}".replace("%", " %")
    return [
        f"{PROTOCOL}:{percent} prediction interval of the gain, and P(gain) of a main task\n"
        f"{table(rows)}\n"
        + wrapped(
            "gains inside: share of the measured gains that the interval contained; width: median, "
            "in percent of the score; P(gain) gap: difference between mean P(gain) and share of "
            "gains of a main task, mean over main tasks; by chance: the gap that a correct P(gain) "
            "would have."
        )
    ]


def _inside(interval: dict[str, Any]) -> dict[str, Any]:
    inside = per_main = width = None
    if interval.get("coverage") is not None:
        inside = f"{100 * interval['coverage']:.0f} %"
        if interval.get("low") is not None:
            inside += f" [{100 * interval['low']:.0f}, {100 * interval['high']:.0f}]"
        if mains := interval.get("by_main"):
            low, high = (100 * end(mains.values()) for end in (min, max))
            per_main = f"{low:.0f}–{high:.0f} %"
        width = f"{interval['width']:.1f}"
    return {
        "pairs": interval.get("n"),
        "gains inside": inside,
        "per main task": per_main,
        "width": width,
    }


def _gap(probability: dict[str, Any]) -> dict[str, Any]:
    known = probability.get("gap") is not None
    chance = probability.get("chance")
    return {
        "P(gain) gap": with_interval(probability | {"value": probability["gap"]})
        if known
        else None,
        "by chance": None if chance is None else f"{chance:.2f}",
    }


def _by_size(rows: list[dict[str, Any]] | None) -> list[str]:
    """Scores with fewer tasks; validations of earlier versions have none."""
    if not rows:
        return []
    forms = {"ranker": ".2f", "no_features": ".2f", "difference": "+.2f"}
    shown = [
        {
            "tasks": f"{row['n_tasks']:.0f}",
            "draws": row["n_draws"],
            # One draw has no range.
            **{
                model_name(key): with_interval(
                    row[key] if row["n_draws"] > 1 else row[key] | {"low": None}, form
                )
                for key, form in forms.items()
            },
        }
        for row in rows
    ]
    return [
        f"{PROTOCOL}: Spearman with fewer tasks, mean and range over random draws of families\n"
        f"{table(shown)}"
    ]
