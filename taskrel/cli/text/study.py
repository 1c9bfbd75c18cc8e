"""A study's results as text and as one JSON document: scores, gains, comparisons, files."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from taskrel.cli.text.comparison import comparison_text
from taskrel.cli.text.contrasts import contrasts_text
from taskrel.cli.text.table import table
from taskrel.io.json import to_json
from taskrel.study.analysis.gains import FLOOR
from taskrel.study.analysis.peaks import dev_peaks, enough_steps
from taskrel.study.analysis.reliability import SeedNoise
from taskrel.study.analysis.results import Results
from taskrel.study.runs.part import Part


def text(results: Results, out: Path, figures: Path, files: Sequence[str]) -> str:
    """What ``run`` prints.

    files : names of the CSV files that were written into `out`
    """
    blocks = [results.study.title or results.study.name]
    for part in results.study.parts:
        if len(results.study.parts) > 1:
            blocks.append(f"recipe {part.name}")
        peaks = dev_peaks(results.curves.get(part.name, pd.DataFrame()))
        single = _single(results, part, peaks)
        if len(single):
            rows = table(single)
            blocks.append(f"Single-task scores on test\n{rows}{_enough(part, peaks)}")
        cells = results.asked[results.asked.recipe == part.name]
        if len(cells):
            blocks.append(_gains(cells, part.against))
            blocks += _reliability(results.seed_noise[part.name])
            blocks += _scores(results.by_score[part.name])
            blocks += _budgets(results.budgets[part.name])
    tables = results.tables
    if len(tables.comparison) or (tables.convergence is not None and len(tables.convergence)):
        blocks.append(comparison_text(tables.comparison, results.study, tables.convergence))
    if len(tables.contrasts):
        blocks.append(contrasts_text(tables.contrasts, results.study))
    n = results.counts
    left = n["planned"] - n["trained"] - n["cached"] - n["failed"]
    blocks.append(
        f"{n['planned']} run{'' if n['planned'] == 1 else 's'}: {n['trained']} trained, "
        f"{n['cached']} from the store, {f'{left} not trained, ' if left else ''}"
        f"{n['failed']} failed; "
        f"{results.study.seconds:.0f} s now, {results.process_seconds / 3600:.1f} process-hours "
        f"in all\nstore{''.join(f', {name}' for name in files)}: {out}\npictures: {figures}"
    )
    return "\n\n".join(blocks)


def document(results: Results) -> str:
    """The one JSON document of ``--json``."""
    scores = results.scores[["recipe", "task", "tasks", "seed", "split", "metric", "value"]]
    cells = results.asked[
        ["recipe", "main", "aux", "gain", "low", "high", "difference", "n_seeds", "q", "verdict"]
    ]
    return to_json(
        {
            "schema": 1,
            "study": results.study.name,
            "runs": results.counts,
            "scores": scores.to_dict("records"),
            "gains": cells.to_dict("records"),
            "seed_noise": {name: noise._asdict() for name, noise in results.seed_noise.items()},
            "reliability": {
                name: frame.to_dict("records") for name, frame in results.by_score.items()
            },
            "budgets": {name: frame.to_dict("records") for name, frame in results.budgets.items()},
            **results.tables.plain(),
            "warnings": results.study.warnings,
            "seconds": results.study.seconds,
            "process_seconds": results.process_seconds,
        }
    )


def _gains(cells: pd.DataFrame, against: str) -> str:
    """Gains of one recipe as text, with what a reader needs to know about them."""
    cells = cells.sort_values(["main", "gain"], ascending=[True, False])
    cells = cells.assign(
        q=[None if q != q else "<0.001" if q < 0.001 else f"{q:.3f}" for q in cells.q],
        seeds=cells.n_seeds,
    )
    columns = ["main", "aux", "gain", "low", "high", "seeds", "q", "verdict"]
    under = f" under recipe {against}" if against else ""
    notes = [
        f"Gains on test, in percent of the main task's single-task score{under}",
        table(cells.to_dict("records"), columns),
        "low, high: 95 % interval of each pair by itself. q: p value, corrected for the number of "
        "pairs\n(Benjamini–Hochberg). The verdict is clear where q < 0.05.",
    ]
    undefined = cells[cells.gain.isna()].groupby("main").stl.mean()
    notes += [
        f"{main}: no relative gain is defined, because its single-task score is {stl:.4f}, below "
        f"{FLOOR}."
        for main, stl in undefined[undefined < FLOOR].items()
    ]
    return "\n".join(notes)


def _reliability(found: SeedNoise) -> list[str]:
    if found.single is None or found.mean is None:
        return []
    return [
        f"Reliability of the ranking of auxiliary tasks: {1 - found.mean:.2f} for the mean of "
        f"{found.n_seeds} seeds, {1 - found.single:.2f} for one\nseed (mean over {found.n_mains} "
        f"main tasks). Two seeds agree on gain or loss for {found.sign_agreement:.0%} of the pairs."
    ]


def _scores(found: pd.DataFrame) -> list[str]:
    """Reliability by score and by level, as text."""
    if found.empty:
        return []
    shown = [
        {
            "main tasks": f"{row.level}-level",
            "auxiliaries": "all" if row.pairs == "all" else f"{row.level}-level",
            "score": row.score,
            "one seed": row.one_seed,
            f"{row.n_seeds} seeds": row.all_seeds,
            "seeds for 0.8": "–" if row.seeds_needed == np.inf else math.ceil(row.seeds_needed),
        }
        for row in found.itertuples()
    ]
    return [
        "Reliability by score. Smoothed: mean of the last five evaluations on dev and of the test "
        f"score.\n{table(shown)}"
    ]


def _budgets(found: pd.DataFrame) -> list[str]:
    """Reliability at parts of the budget, as text."""
    if found.empty:
        return []
    shown = [
        {
            "budget": f"{row.share:.0%}",
            "one seed": 1 - row.single,
            "mean of seeds": 1 - row.of_mean,
            "signs agree": f"{row.sign_agreement:.0%}",
            "rank correlation": row.order,
            "median |gain|, %": row.median_size,
        }
        for row in found.rename(columns={"mean": "of_mean"}).itertuples()
    ]
    return [
        "Reliability on dev, had the runs ended earlier. Rank correlation: with the gains at the "
        f"full budget.\n{table(shown)}"
    ]


def _enough(part: Part, peaks: pd.DataFrame) -> str:
    """Whether a smaller budget is enough."""
    steps = None if part.recipe.epochs else enough_steps(peaks)
    if steps is None:
        return ""
    return (
        f"\nEvery task was best on dev at step {peaks['best'].max():,.0f} of "
        f"{peaks['last'].min():,.0f} or before: --steps {steps} is enough."
    )


def _single(results: Results, part: Part, peaks: pd.DataFrame) -> list[dict]:
    """Single-task scores of one recipe, a row per task."""
    scores = results.scores
    rows = []
    for name, task in results.study.tasks.items():
        values = scores[
            (scores.recipe == part.name)
            & (scores.task == name)
            & (scores.tasks.map(len) == 1)
            & (scores.split == "test")
            & (scores.metric == task.metric)
        ].value
        if len(values):
            rows.append(
                {
                    "task": name,
                    "metric": task.metric,
                    "score": f"{values.mean():.4f}",
                    "sd": f"{values.std():.4f}" if len(values) > 1 else "–",
                    "seeds": len(values),
                    "best on dev": f"step {peaks['best'][name]:.0f} of {peaks['last'][name]:.0f}"
                    if name in peaks.index
                    else None,
                }
            )
    return rows
