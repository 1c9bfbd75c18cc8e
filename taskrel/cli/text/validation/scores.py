"""Scores of the models by protocol, by level of the labels, and as differences, as tables."""

from collections.abc import Iterable
from typing import Any

from taskrel.cli.text.table import table
from taskrel.cli.text.validation.layout import with_interval, wrapped
from taskrel.cli.text.validation.words import MODELS, model_name
from taskrel.tasks.task import LEVEL_NAMES
from taskrel.validation.models.names import GROUPS
from taskrel.validation.verdict import PROTOCOL

#: Column → score.
COLUMNS = {
    "accuracy": "accuracy",
    "F1": "f1",
    "AUC": "auc",
    "within-main AUC": "within_main_auc",
    "Brier": "brier",
    "Spearman": "spearman",
    "NDCG": "ndcg",
    "r@1": "regret_1",
    "r@3": "regret_3",
    "r@5": "regret_5",
}
#: Columns with an interval.
WITH_INTERVAL = ("accuracy", "within-main AUC", "Spearman")
DIFFERENCES = ("accuracy", "within-main AUC", "Spearman", "Brier", "r@3")
#: Columns of groups of features, and by level of the labels.
RANKING = {"AUC": "within_main_auc", "Spearman": "spearman"}

LEGEND = (
    'F1 is that of the class "gain". AUC is over all pairs. Within-main AUC, Spearman (rank '
    "correlation) and NDCG judge the ranking of the auxiliaries of one main task; they are means "
    "over main tasks. r@k is the regret: the gain lost, in percent of the score, if only the k "
    "best-ranked auxiliaries are tried. For Brier and r@k, lower is better."
)


def score_blocks(document: dict[str, Any]) -> list[str]:
    """Legend, names of the models, and a table for each protocol."""
    differences = document["differences"].get(PROTOCOL, {})
    blocks = [wrapped(f"Scores. {LEGEND}"), wrapped(document["notes"]["levels"]), _models(document)]
    for key, scope in (("protocols", ""), ("within_kind", ", auxiliaries of main's kind only")):
        blocks += [
            f"{name}{scope}: {document['about'][name]}\n{_scores(models)}"
            for name, models in (document[key] or {}).items()
        ]
    blocks += _by_level(document.get("by_unit"))
    blocks += _differences({k: v for k, v in differences.items() if k not in GROUPS})
    blocks += _groups({k: v for k, v in differences.items() if k in GROUPS})
    return blocks


def _models(document: dict[str, Any]) -> str:
    used = {key for models in document["protocols"].values() for key in models}
    rows = [
        {"model": name, "what it is": what, "key in files": key}
        for key, (name, what) in MODELS.items()
        if key in used
    ]
    return f"Compared models\n{table(rows)}"


def _scores(models: dict[str, Any]) -> str:
    rows: list[dict[str, Any]] = [
        {"model": model_name(key)}
        | {column: _cell(column, figures[score]) for column, score in COLUMNS.items()}
        for key, figures in models.items()
    ]
    return table(rows)


def _cell(column: str, figure: dict[str, Any] | None) -> float | str | None:
    if column in WITH_INTERVAL:
        return with_interval(figure)
    return figure["value"] if figure else None


def _by_level(levels: dict[str, Any] | None) -> list[str]:
    """Scores by level of the main task's labels; validations of earlier versions have none."""
    if not levels:
        return []
    rows = [
        {"model": model_name(key)}
        | {
            f"{column}, {LEVEL_NAMES[level]}": with_interval(levels[level][key][score])
            for column, score in RANKING.items()
            for level in levels
        }
        for key in next(iter(levels.values()))
    ]
    return [
        f"{PROTOCOL}, by level of the main task's labels (AUC is within-main AUC)\n{table(rows)}"
    ]


def _differences(models: dict[str, Any]) -> Iterable[str]:
    for key, baselines in models.items():
        columns = [
            column
            for column in DIFFERENCES
            if any(figures[COLUMNS[column]] for figures in baselines.values())
        ]
        rows = [
            {"baseline": model_name(baseline)}
            | {column: with_interval(figures[COLUMNS[column]], "+.2f") for column in columns}
            for baseline, figures in baselines.items()
        ]
        yield (
            f"{PROTOCOL}: scores of '{model_name(key)}' minus scores of each baseline, on the same "
            f"resamples\n"
            f"{table(rows)}"
        )


def _groups(models: dict[str, Any]) -> list[str]:
    """Whether a group of features ranks the auxiliaries of a new main task better than noise."""
    if not models:
        return []
    rows = [
        {"model": model_name(key)}
        | {
            f"{column} − {model_name(rival)}": with_interval(figures[score], "+.2f")
            for column, score in RANKING.items()
            for rival, figures in rivals.items()
        }
        for key, rivals in models.items()
    ]
    return [
        f"{PROTOCOL}: groups of features minus trivial baselines (AUC is within-main AUC)\n"
        f"{table(rows)}"
    ]
