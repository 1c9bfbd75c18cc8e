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
        "differences": list(_differences(document)),
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
    for scope, protocols in scopes.items():
        for protocol, models in protocols.items():
            for model, figures in models.items():
                for score, figure in figures.items():
                    if figure:
                        yield {
                            "scope": scope,
                            "protocol": protocol,
                            "model": model,
                            "score": score,
                            **figure,
                        }


def _by_size(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in document.get("by_size", []):  # validations of earlier versions have none
        for model in ("ranker", "no_features", "difference"):
            yield {
                "n_tasks": row["n_tasks"],
                "n_draws": row["n_draws"],
                "model": model,
                **row[model],
            }


def _differences(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for protocol, models in document["differences"].items():
        for model, baselines in models.items():
            for baseline, figures in baselines.items():
                for score, figure in figures.items():
                    if figure:
                        yield {
                            "protocol": protocol,
                            "model": model,
                            "baseline": baseline,
                            "score": score,
                            **figure,
                        }


def _reliability(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for protocol, models in document["reliability"].items():
        for model, bins in models.items():
            yield from ({"protocol": protocol, "model": model, **b} for b in bins)
