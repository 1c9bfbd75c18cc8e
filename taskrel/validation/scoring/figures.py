"""Outcomes of models as plain figures: value and interval of each score, and of differences."""

from typing import Any

import numpy as np

from taskrel.validation.models.names import NOISE
from taskrel.validation.scoring.evaluation import Outcome
from taskrel.validation.scoring.family_bootstrap import interval
from taskrel.validation.scoring.scores import SCORES

#: Score → {"value", "low", "high"}, or None where the score is not defined.
Figures = dict[str, Any]


def figures_of(outcomes: dict[str, dict[str, Outcome]], scope: str) -> dict[str, Any]:
    """Protocol → model → `Figures`, of the protocols that have the scope."""
    found = {
        protocol: {
            key: _figures(
                outcome.scopes[scope].value,
                outcome.scopes[scope].band() if key == NOISE else outcome.scopes[scope].intervals(),
            )
            for key, outcome in models.items()
            if scope in outcome.scopes
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
                [
                    interval(column)
                    for column in (evaluated[key].resampled - evaluated[rival].resampled).T
                ],
            )
            for rival in own
            if rival in evaluated
        }
        for key, own in rivals.items()
        if key in evaluated
    }


def rounded(value: float) -> float | None:
    """Six decimals; None for NaN."""
    return None if np.isnan(value) else round(float(value), 6)


def _figures(values: np.ndarray, intervals: list[tuple[float, float]]) -> Figures:
    return {
        name: None
        if np.isnan(value)
        else {"value": rounded(value), "low": rounded(low), "high": rounded(high)}
        for name, value, (low, high) in zip(SCORES, values, intervals, strict=True)
    }
