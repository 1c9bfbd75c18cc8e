"""Outcomes of models as plain figures: value and interval of each score, and of differences."""

from typing import Any

import numpy as np

from taskrel.validation.models.names import NOISE
from taskrel.validation.scoring.evaluation import Outcome
from taskrel.validation.scoring.family_bootstrap import figure
from taskrel.validation.scoring.scores import SCORES

#: Score → {"value", "low", "high"}, or None where the score is not defined.
Figures = dict[str, Any]


def figures_of(outcomes: dict[str, dict[str, Outcome]], scope: str) -> dict[str, Any]:
    """Protocol → model → `Figures`, of the protocols that have the scope."""
    found = {
        protocol: {
            # Of noise features, the middle 95 % of their draws.
            key: _figures(found.value, found.values if key == NOISE else found.resampled)
            for key, outcome in models.items()
            if (found := outcome.scopes.get(scope))
        }
        for protocol, models in outcomes.items()
    }
    return {protocol: models for protocol, models in found.items() if models}


def differences_of(
    models: dict[str, Outcome], rivals: dict[str, tuple[str, ...]], scope: str
) -> dict[str, dict[str, Figures]]:
    """Model → rival → `Figures` of the difference, resample by resample; model minus rival.

    rivals : model → those that it is compared with
    """
    evaluated = {key: outcome.scopes[scope] for key, outcome in models.items()}
    return {
        key: {
            rival: _figures(
                evaluated[key].value - evaluated[rival].value,
                evaluated[key].resampled - evaluated[rival].resampled,
            )
            for rival in own
            if rival in evaluated
        }
        for key, own in rivals.items()
        if key in evaluated
    }


def _figures(values: np.ndarray, drawn: np.ndarray) -> Figures:
    """Values (n_scores,) with the 95 % interval of their draws (n_draws, n_scores)."""
    return {
        name: None if np.isnan(value) else figure(np.array([value]), draws)
        for name, value, draws in zip(SCORES, values, drawn.T, strict=True)
    }
