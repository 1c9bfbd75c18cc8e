"""A validation as files: the document as JSON, and its tables as CSV."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taskrel.io.json import to_json
from taskrel.io.paths import atomic
from taskrel.tasks.task import LEVEL_NAMES
from taskrel.validation.verdict import PROTOCOL


def write(document: dict[str, Any], folder: Path) -> None:
    """Write validation.json, scores.csv, differences.csv, reliability.csv and the paper's tables.

    scores.csv has a row per scope ("protocols": all pairs, "within_kind", and by level of the
    main task's labels "main token-level", "main text-level"), protocol, model and score. The
    paper's tables are table_3.csv, table_4.csv and findings.csv. by_size.csv has the scores with
    fewer tasks.
    """
    import pandas as pd

    with atomic(folder / "validation.json") as path:
        path.write_text(to_json(document) + "\n", encoding="utf-8")
    tables = {
        "scores": list(_scores(document)),
        "differences": list(
            _rows(document["differences"], "protocol", "model", "baseline", "score")
        ),
        "reliability": list(_reliability(document)),
        "findings": document["findings"],
        "table_3": [row | {"columns": " ".join(row["columns"])} for row in document["table_3"]],
        "table_4": document["table_4"],
        "by_size": list(_by_size(document)),
    }
    for name, rows in tables.items():
        if rows:
            with atomic(folder / f"{name}.csv") as path:
                pd.DataFrame(rows).to_csv(path, index=False)


def _scores(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    scopes = {scope: document[scope] or {} for scope in ("protocols", "within_kind")}
    for level, models in document.get("by_unit", {}).items():  # earlier versions have none
        scopes[f"main {LEVEL_NAMES[level]}"] = {PROTOCOL: models}
    return _rows(scopes, "scope", "protocol", "model", "score")


def _by_size(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in document.get("by_size", []):  # validations of earlier versions have none
        shared = {key: row[key] for key in ("n_tasks", "n_draws")}
        models = {key: figure for key, figure in row.items() if key not in shared}
        yield from (shared | figure for figure in _rows(models, "model"))


def _reliability(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for protocol, models in document["reliability"].items():
        for model, bins in models.items():
            yield from ({"protocol": protocol, "model": model, **b} for b in bins)


def _rows(nested: dict[str, Any], *levels: str) -> Iterator[dict[str, Any]]:
    """A row per figure of nested dicts, with a column per level of keys; None is passed over."""
    level, *rest = levels
    for key, inner in nested.items():
        if rest:
            yield from ({level: key} | row for row in _rows(inner, *rest))
        elif inner:
            yield {level: key} | inner
