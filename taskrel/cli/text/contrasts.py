"""Contrasts as text: the table and how to read it."""

from typing import TYPE_CHECKING

from taskrel.cli.text.table import table
from taskrel.study.analysis.contrasts import left_out

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.planned import PlannedStudy


def contrasts_text(contrasts: "pd.DataFrame", study: "PlannedStudy") -> str:
    """The table of `contrasts` as text: a line per contrast, and what this call leaves out."""
    rows = [
        {
            "contrast": row.contrast,
            "task": row.task,
            "metric": row.metric or None,
            "a": _score(row.a),
            "b": _score(row.b),
            "difference": _signed(row.difference),
            "95 % interval": None if row.low != row.low else f"[{row.low:+.4f}, {row.high:+.4f}]",
            "seeds": row.n_seeds,
            "q": None if row.q != row.q else "<0.001" if row.q < 0.001 else f"{row.q:.3f}",
            "verdict": row.verdict,
        }
        for row in contrasts.itertuples()
    ]
    notes = [
        "Contrasts on test: a − b, paired by seed",
        table(rows),
        "q: p value corrected for the number of contrasts; the verdict uses q",
    ]
    if lacking := left_out(contrasts, study):
        notes.append(f"this call leaves out {', '.join(lacking)}; contrasts.csv is unchanged")
    return "\n".join(notes)


def _score(value: float) -> str | None:
    return None if value != value else f"{value:.4f}"


def _signed(value: float) -> str | None:
    return None if value != value else f"{value:+.4f}"
