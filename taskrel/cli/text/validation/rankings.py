"""Predicted rankings by label level as tables: how much of what can be known is predicted."""

from typing import Any

from taskrel.cli.text.table import table
from taskrel.cli.text.validation.layout import with_interval, wrapped
from taskrel.tasks.task import LEVEL_NAMES
from taskrel.validation.verdict import PROTOCOL

#: Key of the document → the main tasks that its rankings are for.
OF = {"rankings": "in the evidence", "new_rankings": "new"}
AUXILIARIES = {"all": "all", "within": "of the same level"}
#: Figure → column, in two tables, so that the lines are not too long.
COLUMNS = (
    {
        "spearman": "Spearman",
        "over_mean_rank": "above mean rank",
        "attainable": "attainable",
        "share": "share",
    },
    {
        "one_seed": "one seed",
        "other_seeds": "other seeds",
        "similarity": "similarity",
        "own": "own",
    },
)


def ranking_blocks(document: dict[str, Any]) -> list[str]:
    """Two tables for tasks of the evidence, two for new tasks; earlier versions have none."""
    blocks = []
    for key, tasks in OF.items():
        tables = [_table(document.get(key) or {}, columns) for columns in COLUMNS]
        if all(tables):
            head = (
                f"{PROTOCOL}: predicted rankings of the auxiliaries of main tasks that are {tasks}"
            )
            blocks.append("\n\n".join([f"{head}\n{tables[0]}", tables[1]]))
    if blocks:
        blocks[-1] += "\n" + wrapped(
            "Spearman: predicted against measured mean gain; above mean rank: the difference from that "
            "of the auxiliary's mean rank with other main tasks; attainable: the highest that seed "
            "noise allows; share: Spearman divided by it; one seed: against the gain of one seed; other "
            "seeds: the same of the mean gain of all other seeds; similarity: between the predicted "
            "rankings of two main tasks of different families; own: partial correlation, given the "
            "auxiliary's mean rank with other main tasks."
        )
    return blocks


def _table(levels: dict[str, Any], columns: dict[str, str]) -> str:
    rows = [
        {
            "main tasks": LEVEL_NAMES[level],
            "auxiliaries": AUXILIARIES[scope],
            "number": figures["n_mains"],
            **{column: _cell(figures[name]) for name, column in columns.items()},
        }
        for level, scopes in levels.items()
        for scope, figures in scopes.items()
    ]
    return table(rows) if rows else ""


def _cell(figure: dict[str, Any] | float | None) -> str:
    """A figure with its interval, or a number; "–" where it is not known."""
    if isinstance(figure, dict):
        return with_interval(figure if figure["value"] is not None else None)
    return "–" if figure is None else f"{figure:.2f}"
