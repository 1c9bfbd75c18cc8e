"""What run_pairs prints: scores alone, gains, scores beside those in print, where the files are."""

from pathlib import Path

import pandas as pd

from taskrel.cli.command import table
from taskrel.cli.text.comparison import comparison_text
from taskrel.cli.text.contrasts import contrasts_text
from taskrel.study.analysis.gains import FLOOR
from taskrel.study.analysis.reliability import SeedNoise
from taskrel.study.analysis.results import Results
from taskrel.study.runs.part import Part


def tables(results: Results, out: Path, figures: Path) -> str:
    """Scores alone and the gains table, as text, and where everything lies."""
    blocks = [results.study.title or results.study.name]
    for part in results.study.parts:
        if len(results.study.parts) > 1:
            blocks.append(f"recipe {part.name}")
        alone = _alone(results, part)
        if len(alone):
            blocks.append(
                "alone, on test\n" + table(alone, ["task", "metric", "score", "sd", "seeds"])
            )
        cells = results.asked[results.asked.recipe == part.name]
        if len(cells):
            blocks.append(_table(cells, part.against))
            blocks += _noise(results.seed_noise[part.name]) + _budgets(results.budgets[part.name])
    said = results.tables
    if len(said.comparison) or (said.convergence is not None and len(said.convergence)):
        blocks.append(comparison_text(said.comparison, results.study, said.convergence))
    if len(said.contrasts):
        blocks.append(contrasts_text(said.contrasts, results.study))
    files = ["gains.csv", "summary.csv", "features.csv", "budgets.csv"]
    files += [
        f"{name}.csv"
        for name in ("comparison", "convergence", "contrasts")
        if (out / f"{name}.csv").exists()
    ]
    n = results.counts
    left = n["planned"] - n["trained"] - n["cached"] - n["failed"]
    blocks.append(
        f"{n['planned']} runs: {n['trained']} trained, {n['cached']} cached, "
        f"{f'{left} not trained, ' if left else ''}"
        f"{n['failed']} failed; {results.study.seconds:.0f} s, and "
        f"{results.process_seconds / 3600:.1f} process-hours in all\n"
        f"store, {', '.join(files)}: {out}\npictures: {figures}"
    )
    return "\n\n".join(blocks)


def _table(cells: pd.DataFrame, against: str) -> str:
    """Gains of one recipe as text, with what a reader needs to know about them."""
    cells = cells.sort_values(["main", "gain"], ascending=[True, False])
    cells = cells.assign(
        q=[None if q != q else "<0.001" if q < 0.001 else f"{q:.3f}" for q in cells.q]
    )
    columns = ["main", "aux", "gain", "low", "high", "n_seeds", "q", "verdict"]
    alone = f",\nalone under recipe {against}" if against else ""
    notes = [
        f"gain in percent of the main task's test score{alone}; 95 % interval, for each pair "
        "by itself;\nq is p corrected for the number of pairs, and the verdict goes by q",
        table(cells.to_dict("records"), columns),
    ]
    undefined = cells[cells.gain.isna()].groupby("main").stl.mean()
    notes += [
        f"{main}: no gain is defined, for alone it scores {stl:.4f}, below {FLOOR}"
        for main, stl in undefined[undefined < FLOOR].items()
    ]
    return "\n".join(notes)


def _noise(found: SeedNoise) -> list[str]:
    if found.single is None:
        return []
    return [
        f"of what tells a main task's auxiliaries apart, {found.single:.0%} of one seed's "
        f"gains is noise,\n{found.mean:.0%} of the mean of {found.n_seeds}; two seeds agree "
        f"on gain or loss in {found.sign_agreement:.0%} ({found.n_mains} main tasks)"
    ]


def _budgets(found: pd.DataFrame) -> list[str]:
    """Noise at parts of the budget, as text."""
    if found.empty:
        return []
    shown = [
        {
            "budget": f"{row.share:.0%}",
            "noise of a seed": f"{row.single:.0%}",
            "of the mean": f"{row.of_mean:.0%}",
            "signs agree": f"{row.sign_agreement:.0%}",
            "order": row.order,
            "median size, %": row.median_size,
        }
        for row in found.rename(columns={"mean": "of_mean"}).itertuples()
    ]
    return [
        "the same of dev, had the runs ended earlier; order: rank correlation with that at "
        "the end\n" + table(shown, list(shown[0]))
    ]


def _alone(results: Results, part: Part) -> list[dict]:
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
                }
            )
    return rows
