"""Contrasts as text: the table and how to read it."""

from typing import TYPE_CHECKING

from taskrel.cli.command import table

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.study import Study

SHOWN = [
    "contrast",
    "task",
    "metric",
    "a",
    "b",
    "difference",
    "95 % interval",
    "seeds",
    "q",
    "verdict",
]


def contrasts_text(contrasts: "pd.DataFrame", study: "Study") -> str:
    """What `contrasts` returns, for people: a line per contrast, and what has no score."""
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
        "contrasts, on test: a − b, paired by seed",
        table(rows, SHOWN),
        "q is p corrected for the number of contrasts, and the verdict goes by q",
    ]
    lacking = left_out(contrasts, study)
    notes += (
        [f"this call leaves out {', '.join(lacking)}; contrasts.csv stays as it was"]
        if lacking
        else []
    )
    return "\n".join(notes)


def left_out(contrasts: "pd.DataFrame", study: "Study") -> list[str]:
    """Recipes and tasks that contrasts are about and that a call leaves out."""
    parts = [part.name for part in study.parts]
    recipes = [name for column in ("recipe_a", "recipe_b") for name in contrasts[column]]
    tasks = [name for names in contrasts["task"] for name in names.split(" + ")]
    return list(
        dict.fromkeys(
            [f"recipe {name}" for name in recipes if name not in parts]
            + [f"task {name}" for name in tasks if name not in study.tasks]
        )
    )


def _score(value: float) -> str | None:
    return None if value != value else f"{value:.4f}"


def _signed(value: float) -> str | None:
    return None if value != value else f"{value:+.4f}"
