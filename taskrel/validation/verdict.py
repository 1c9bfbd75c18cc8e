"""The verdict of a validation: whether the features say more than what is known for free."""

from typing import Any

#: What is judged: the order of the auxiliaries of a main task of an unseen family.
PROTOCOL, MODEL, SCORE = "leave_family_out", "ranker", "spearman"
#: What it must beat → in words.
RIVALS = {
    "noise": "noise features",
    "aux_mean": "the auxiliary's mean gain over other main tasks",
    "aux_rank": "its mean rank there",
    "no_features": "the ranker without features",
    "same_kind": "same kind or not",
}


def validation_verdict(
    protocols: dict[str, Any],
    differences: dict[str, Any],
    n_families: int,
    ceiling: float | None,
    model: str = MODEL,
) -> dict[str, Any]:
    """Judge a ranker's within-main rank correlation on unseen families against `RIVALS`.

    One figure, fixed beforehand, so that nothing is picked from a table of many.

    Parameters
    ----------
    protocols, differences : dict
        As in the document of `validate`.
    n_families : int
        Of the measured pairs' tasks.
    ceiling : float or None
        See `noise_ceiling`.
    model : str
        Which ranker.

    Returns
    -------
    dict
        protocol, model, score : what is judged
        beats_noise, beats_aux_mean, … : for each of `RIVALS`, whether the interval of the
            difference lies above 0; None where the rival does not apply
        text : the verdict in one or two sentences
    """
    against = differences.get(PROTOCOL, {}).get(model, {})
    beats = {rival: _beats(against.get(rival)) for rival in RIVALS}
    return {
        "protocol": PROTOCOL,
        "model": model,
        "score": SCORE,
        **{f"beats_{rival}": beaten for rival, beaten in beats.items()},
        "text": _text(protocols.get(PROTOCOL, {}), model, beats, n_families, ceiling),
    }


def _beats(figures: dict[str, Any] | None) -> bool | None:
    if figures is None or figures[SCORE] is None or figures[SCORE]["low"] is None:
        return None
    return figures[SCORE]["low"] > 0


def _text(
    models: dict[str, Any],
    model: str,
    beats: dict[str, bool | None],
    n_families: int,
    ceiling: float | None,
) -> str:
    judged = models.get(model, {}).get(SCORE)
    if judged is None:
        return (
            f"No verdict: with {n_families} {_families(n_families)} of tasks, no main task of "
            "an unseen one can be asked about."
        )
    limit = "" if ceiling is None else f"; noisy labels allow about {ceiling:.2f}"
    text = (
        f"For a main task of an unseen family the predicted order of auxiliaries correlates "
        f"with the measured one by {_shown(judged)} ({n_families} "
        f"{_families(n_families)}{limit})."
    )
    for beaten, words in ((True, "Clearly better than"), (False, "Not clearly better than")):
        rivals = [
            f"{RIVALS[r]} ({models[r][SCORE]['value']:.2f})"
            for r, b in beats.items()
            if b is beaten
        ]
        if rivals:
            text += f" {words} {' or '.join(rivals)}."
    return text


def _families(n: int) -> str:
    return "family" if n == 1 else "families"


def _shown(figure: dict[str, Any]) -> str:
    interval = "" if figure["low"] is None else f" [{figure['low']:.2f}, {figure['high']:.2f}]"
    return f"{figure['value']:.2f}{interval}"
