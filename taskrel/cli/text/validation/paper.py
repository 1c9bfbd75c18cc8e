"""Tables 3 and 4 and the findings of Bingel & Søgaard (2017) on an evidence, as text."""

import textwrap
from typing import Any

from taskrel.cli.text.table import table
from taskrel.cli.text.validation.layout import WIDTH, wrapped
from taskrel.cli.text.validation.words import model_name
from taskrel.meta.predictor.table.pair_table import column_in_words

#: Rows of Table 4: so many of our strongest columns, and of the paper's.
STRONGEST = 12
HOLDS = {True: "yes", False: "no", None: "?"}


def paper_blocks(document: dict[str, Any]) -> list[str]:
    """The two tables, if there are any, and the findings."""
    tables = []
    if document["table_3"]:
        tables = [_table_3(document["table_3"]), _table_4(document["table_4"])]
    return [*tables, _findings(document["findings"])]


def _table_3(rows: list[dict[str, Any]]) -> str:
    shown = [
        {
            "model": model_name(row["model"]),
            "columns": len(row["columns"]) or None,
            **{
                f"{name}{after}": _three(row[f"{before}{key}"])
                for name, key in (("accuracy", "accuracy"), ("F1", "f1"))
                for after, before in (
                    ("", ""),
                    (" nested", "nested_"),
                    (" published", "published_"),
                )
            },
        }
        for row in rows
    ]
    chosen = [
        wrapped(f"{model_name(row['model'])}: {', '.join(map(column_in_words, row['columns']))}")
        for row in rows
        if row["model"].startswith("best")
    ]
    return "\n".join(
        [
            "Table 3 of Bingel & Søgaard (2017): 100 runs of 5 folds of random pairs",
            table(shown),
            wrapped(
                "The best columns are chosen on the pairs that they are scored on, as in the paper, "
                "so their scores are too high. Nested: chosen in the training pairs of each fold."
            ),
            *chosen,
        ]
    )


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table_4(rows: list[dict[str, Any]]) -> str:
    published = sorted(
        (r for r in rows if r["published"] is not None), key=lambda r: -abs(r["published"])
    )
    strongest = {r["feature"] for r in (*rows[:STRONGEST], *published[:STRONGEST])}
    shown = [
        {
            "rank": rank,
            "column": column_in_words(r["feature"]),
            "mean": f"{r['mean']:+.3f}",
            "95 % of splits": f"[{r['low']:+.2f}, {r['high']:+.2f}]",
            "published": "–" if r["published"] is None else f"{r['published']:+.3f}",
        }
        for rank, r in enumerate(rows, 1)
        if r["feature"] in strongest
    ]
    agree = sum((r["mean"] > 0) == (r["published"] > 0) for r in published[:8])
    return "\n".join(
        [
            "Table 4 of Bingel & Søgaard (2017): mean coefficients over 100 random 80/20 splits",
            table(shown),
            wrapped(
                f"The sign is the published one for {agree} of the {len(published[:8])} columns "
                "that are strongest in the paper. Splits share tasks, so their range is no "
                "confidence interval for other tasks."
            ),
        ]
    )


def _findings(findings: list[dict[str, Any]]) -> str:
    lines = [
        "Findings of Bingel & Søgaard (2017): does each hold on this evidence? (?: cannot be decided)"
    ]
    for finding in findings:
        lines += [
            f"{HOLDS[finding['holds']]:4}{finding['finding']}",
            textwrap.fill(
                finding["figure"],
                WIDTH,
                initial_indent=" " * 6,
                subsequent_indent=" " * 6,
                break_on_hyphens=False,
            ),
        ]
    return "\n".join(lines)
