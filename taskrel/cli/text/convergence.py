"""Convergence as text: a column per share for the table of published scores."""

from typing import TYPE_CHECKING, Any

from taskrel.study.analysis.comparison import ROW
from taskrel.study.experiment.published import Convergence

if TYPE_CHECKING:
    import pandas as pd


def convergence_cells(converged: "pd.DataFrame") -> dict[tuple, dict[str, str]]:
    """Published row, by the columns `ROW` → "epochs to 50 %" → when, and how many seeds never."""
    return {
        key: {f"{row.unit} to {percent(row.share)}": _cell(row) for row in rows.itertuples()}
        for key, rows in converged.groupby(ROW, sort=False)
    }


def convergence_note(spec: Convergence) -> str:
    """What the columns mean."""
    shares = " and ".join(percent(share) for share in spec.shares)
    return (
        f"to {shares}: training until the dev score first reaches that share of the final "
        f"single-task score of {' or '.join(spec.references)}; mean over the seeds that reach it "
        "[95 % interval]"
    )


def percent(share: float) -> str:
    """A share in percent, without needless zeros."""
    return f"{100 * share:g} %"


def _cell(row: Any) -> str:
    if not row.n_seeds or row.target != row.target:
        return "–"
    if not row.n_reached:
        return "never"
    digits = 1 if row.unit == "epochs" else 0
    interval = "" if row.low != row.low else f" [{row.low:.{digits}f}, {row.high:.{digits}f}]"
    never = row.n_seeds - row.n_reached
    some = f", {never} of {row.n_seeds} never" if never else ""
    return f"{row.mean:.{digits}f}{interval}{some}"
