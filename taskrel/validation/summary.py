"""The part of a validation that is shown with every prediction."""

from typing import Any

from taskrel.validation.verdict import PROTOCOL

#: Model → its scores that a user of a prediction needs.
SHOWN = {
    "full": ("accuracy", "brier"),
    "ranker": ("within_main_auc", "spearman", "regret_3"),
    "new_full": ("accuracy", "brier"),
    "new_ranker": ("within_main_auc", "spearman", "regret_3"),
    "majority": ("accuracy", "brier"),
}


def validation_summary(document: dict[str, Any]) -> dict[str, Any]:
    """Figures for main tasks of unseen families, and the verdict, from `full_validation`'s document.

    Returns protocol, n_tasks, n_pairs, n_families, noise_ceiling, interval (see
    `interval_check`), models (model → score → figure), by_unit (level of the main task's labels
    → the ranker's Spearman), within_unit (the same among auxiliaries of that level) and text, the
    verdict. Where other models answer about new tasks,
    also their new_text, new_interval, new_by_unit and new_within_unit.
    """
    models = document["protocols"].get(PROTOCOL, {})
    found = {
        model: {score: models[model][score] for score in scores}
        for model, scores in SHOWN.items()
        if model in models
    }
    return {
        "protocol": PROTOCOL,
        "models": found,
        **{
            key: document[key]
            for key in ("n_tasks", "n_pairs", "n_families", "noise_ceiling", "interval")
        },
        **({"new_interval": document["new_interval"]} if document["new_interval"] else {}),
        **{
            f"{new}by_unit": levels
            for new in ("", "new_")
            if (levels := _by_level(document, f"{new}ranker"))
        },
        **{
            f"{new}within_unit": levels
            for new in ("", "new_")
            if (levels := _within_level(document.get(f"{new}rankings")))
        },
        "text": document["verdict"]["text"],
        **({"new_text": document["new_verdict"]["text"]} if document["new_verdict"] else {}),
    }


def _within_level(rankings: dict[str, Any] | None) -> dict[str, Any]:
    return {
        level: scopes["within"]["spearman"]
        for level, scopes in (rankings or {}).items()
        if "within" in scopes and None not in scopes["within"]["spearman"].values()
    }


def _by_level(document: dict[str, Any], model: str) -> dict[str, Any]:
    return {
        level: models[model]["spearman"]
        for level, models in document["by_unit"].items()
        if model in models and models[model]["spearman"]
    }
