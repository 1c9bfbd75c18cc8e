"""The verdict of a validation: whether the ranker is better than the trivial baselines."""

from typing import Any

#: What is judged: the ranking of the auxiliaries of a main task of an unseen family.
PROTOCOL, MODEL, SCORE = "leave_family_out", "ranker", "spearman"
#: What it must beat → in words.
RIVALS = {
    "noise": "noise features",
    "aux_mean": "the auxiliary's mean gain",
    "aux_rank": "the auxiliary's mean rank",
    "no_features": "the ranker without features",
    "same_kind": "'same kind or not'",
}


def validation_verdict(
    protocols: dict[str, Any],
    differences: dict[str, Any],
    n_families: int,
    ceiling: float | None,
    model: str = MODEL,
) -> dict[str, Any]:
    """Judge a ranker's within-main rank correlation on unseen families against `RIVALS`.

    One score, fixed beforehand, so that nothing is picked from a table of many.

    Parameters
    ----------
    protocols, differences : dict
        As in the document of `validate`.
    n_families : int
        Families of the measured pairs' tasks.
    ceiling : float or None
        See `noise_ceiling`.
    model : str
        Which ranker.

    Returns
    -------
    dict
        protocol, model, score : what is judged
        beats_noise, beats_aux_mean, … : for each of `RIVALS`, whether the interval of the
            difference is above 0; None where the rival does not apply
        text : the verdict in a few sentences. It is also shown below predictions, without
            any other text of the validation.
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
    families = f"{n_families} {'family' if n_families == 1 else 'families'}"
    judged = models.get(model, {}).get(SCORE)
    if judged is None:
        return (
            f"No verdict: with {families} of tasks, no main task of a new family can be predicted."
        )
    sentences = [
        "For a main task of a new family, predicted and measured rankings of auxiliary tasks "
        f"correlate by {_shown(judged)} ({families})."
    ]
    if ceiling is not None:
        sentences.append(f"Seed noise limits this to about {ceiling:.2f}.")
    subject = "The ranking"
    for beaten, is_better, last in (
        (True, "is clearly better than", "and"),
        (False, "is not clearly better than", "or"),
    ):
        rivals = [
            f"{RIVALS[rival]} ({models[rival][SCORE]['value']:.2f})"
            for rival, b in beats.items()
            if b is beaten
        ]
        if rivals:
            sentences.append(f"{subject} {is_better} {_listed(rivals, last)}.")
            subject = "It"
    return " ".join(sentences)


def _listed(parts: list[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _shown(figure: dict[str, Any]) -> str:
    interval = "" if figure["low"] is None else f" [{figure['low']:.2f}, {figure['high']:.2f}]"
    return f"{figure['value']:.2f}{interval}"
