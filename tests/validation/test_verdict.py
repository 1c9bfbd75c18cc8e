from taskrel.validation.verdict import validation_verdict


def figure(value, low, high):
    return {"spearman": {"value": value, "low": low, "high": high}}


PROTOCOLS = {
    "leave_family_out": {
        "ranker": figure(0.5, 0.2, 0.7),
        "noise": figure(0.3, 0.1, 0.4),
        "aux_mean": figure(0.4, 0.1, 0.6),
        "same_kind": figure(0.0, -0.1, 0.1),
    }
}


def against(**rivals):
    return {"leave_family_out": {"ranker": rivals}}


def test_a_rival_is_beaten_where_the_interval_is_above_zero():
    found = validation_verdict(
        PROTOCOLS, against(noise=figure(0.2, 0.01, 0.4), aux_mean=figure(0.1, -0.1, 0.3)), 9, 0.84
    )
    assert (found["beats_noise"], found["beats_aux_mean"], found["beats_same_kind"]) == (
        True,
        False,
        None,
    )
    assert found["text"] == (
        "For a main task of a new family, predicted and measured rankings of auxiliary tasks "
        "correlate by 0.50 [0.20, 0.70] (9 families). Seed noise limits this to about 0.84. The "
        "ranking is clearly better than noise features (0.30). It is not clearly better than the "
        "auxiliary's mean gain (0.40)."
    )


def test_all_beaten():
    text = validation_verdict(
        PROTOCOLS, against(noise=figure(0.2, 0.1, 0.4), same_kind=figure(0.5, 0.1, 0.7)), 9, None
    )["text"]
    assert text.endswith(
        "(9 families). The ranking is clearly better than noise features (0.30) and 'same kind or "
        "not' (0.00)."
    )


def test_none_beaten():
    three = {name: figure(0.1, -0.1, 0.3) for name in ("noise", "aux_mean", "same_kind")}
    assert validation_verdict(PROTOCOLS, against(**three), 9, None)["text"].endswith(
        "(9 families). The ranking is not clearly better than noise features (0.30), the auxiliary's "
        "mean gain (0.40) or 'same kind or not' (0.00)."
    )


def test_without_an_unseen_family_there_is_no_verdict():
    found = validation_verdict({}, {}, 1, None)
    assert found["text"] == (
        "No verdict: with 1 family of tasks, no main task of a new family can be predicted."
    )
    assert {found[f"beats_{r}"] for r in ("noise", "aux_mean", "same_kind")} == {None}
