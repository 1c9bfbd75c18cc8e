"""What the faults command hands over: tables as text, JSON and CSV files, and the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from taskrel.cli.text.table import table
from taskrel.io.json import to_json
from taskrel.io.paths import atomic
from taskrel.plots.faults import faults_data, save_faults
from taskrel.study.faults.plan import Training
from taskrel.study.faults.runs import read_scored
from taskrel.study.faults.scores import METRICS
from taskrel.study.faults.table import MECHANISM, MODEL, fault_table, signature, summarised
from taskrel.study.planned import PlannedStudy


@dataclass
class Results:
    """Results of one call.

    scores, summary, chance : as `fault_table`, `summarised` and `signature` return them
    counts : trainings planned and done
    """

    study: PlannedStudy
    scores: pd.DataFrame
    summary: pd.DataFrame
    chance: pd.DataFrame
    counts: dict[str, int]


def collect(study: PlannedStudy, trainings: Sequence[Training], out: Path) -> Results:
    """Read the scores of these trainings, as far as they are done, from `out`."""
    found = [read_scored(training, out) for training in trainings]
    done = [scored for scored in found if scored is not None]
    scores = fault_table(done, study.published, study.tasks)
    return Results(
        study,
        scores,
        summarised(scores),
        signature(scores),
        {"planned": len(found), "done": len(done)},
    )


def write(results: Results, out: Path, figures: Path) -> None:
    """Write faults.csv, summary.csv and chance.csv into `out`, and the picture."""
    for name, frame in (
        ("faults", results.scores),
        ("summary", results.summary),
        ("chance", results.chance),
    ):
        with atomic(out / f"{name}.csv") as path:
            frame.to_csv(path, index=False)
    if len(results.scores):
        save_faults(
            faults_data(results.scores, results.summary),
            figures,
            f"{results.study.name}-faults",
            title=results.study.title or None,
        )


def document(results: Results) -> str:
    """The one JSON document of ``--json``."""
    return to_json(
        {
            "schema": 1,
            "study": results.study.name,
            "trainings": results.counts,
            "faults": results.scores.to_dict("records"),
            "summary": results.summary.to_dict("records"),
            "chance": results.chance.to_dict("records"),
            "warnings": results.study.warnings,
        }
    )


def text(results: Results, out: Path, figures: Path) -> str:
    """The tables for people, and where everything lies."""
    blocks = [results.study.title or results.study.name]
    if len(results.scores):
        blocks += [
            _scores(rows, model) for model, rows in results.scores.groupby(MODEL, sort=False)
        ]
        blocks.append(_summary(results.summary))
    if len(results.chance):
        blocks.append(_chance(results.chance))
    n = results.counts
    blocks.append(
        f"{n['planned']} trainings: {n['done']} done\n"
        f"faults.csv, summary.csv, chance.csv: {out}\npicture: {figures}"
    )
    return "\n\n".join(blocks)


def _scores(rows: pd.DataFrame, model: tuple[str, str, str]) -> str:
    """One task of one recipe: the published scores above those of each mechanism."""
    printed = rows.groupby("metric")[["published", "published_alone"]].first()
    lines = [
        {"training": name} | {m: _number(printed[column][m]) for m in METRICS}
        for name, column in (("published", "published"), ("published, alone", "published_alone"))
    ]
    lines += [
        dict(zip(MECHANISM, mechanism, strict=True))
        | {c.metric: _number(c.mean, c.high - c.mean) for c in cells.itertuples()}
        for mechanism, cells in rows.groupby(MECHANISM, sort=False)
    ]
    recipe, group, task = model
    return (
        f"{task}, {recipe} ({group}), on test: mean ± half of the 95 % interval over seeds\n"
        + table(lines, [*MECHANISM, *METRICS])
    )


def _summary(summary: pd.DataFrame) -> str:
    lines = [
        row | {c: _number(row[c]) for c in ("distance", "ratio_distance")}
        for row in summary.to_dict("records")
    ]
    return (
        "distance to all published scores of the tasks together (root mean square), and that\n"
        "of what is left of the score without fault; perfect: right answers out of order\n"
        + table(lines, list(summary.columns))
    )


def _chance(chance: pd.DataFrame) -> str:
    columns = ["published", "published_alone", "chance", "share"]
    lines = [row | {c: _number(row[c]) for c in columns} for row in chance.to_dict("records")]
    return (
        "chance: right answers in a shuffled order; share: what share of answers, scored\n"
        "against their own labels, would give the published score\n"
        + table(lines, list(chance.columns))
    )


def _number(value: float, half: float = np.nan) -> str:
    if np.isnan(value):
        return "–"
    return f"{value:.3f}" + ("" if np.isnan(half) else f" ±{half:.3f}")
