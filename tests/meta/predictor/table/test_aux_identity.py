from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_pairs import planted_evidence

from taskrel.meta.features.names import PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.predictor.file import NAME, load_predictor, save_predictor
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.meta.predictor.ranker import fit_ranker, ranks
from taskrel.meta.predictor.selection import choose_ranker
from taskrel.meta.predictor.table.aux_identity import (
    identity_columns,
    identity_in_words,
    identity_values,
    is_identity,
)
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.meta.predictor.table.pair_rows import pair_rows
from taskrel.validation.held_out import held_out_answers

KIND = pd.Series(
    {
        "pos": "tagging",
        "topic": "classification",
        "toxic": "multilabel",
        "words": "regression per token",
    }
)
#: Mains, then auxiliaries, of a complete matrix of gains in which no task has both roles.
MAINS, AUXS = ("pos", "topic", "toxic", "words"), ("a", "b", "c")


def of_gains(gains):
    """Pairs, codes of the mains, gains and kinds of a complete matrix (mains × `AUXS`)."""
    pairs = [(main, aux) for main in MAINS[: len(gains)] for aux in AUXS]
    return pairs, np.repeat(np.arange(len(gains)), len(AUXS)), np.ravel(gains).astype(float)


def test_columns_and_values_by_hand():
    pairs = [("pos", "topic"), ("topic", "words"), ("toxic", "words"), ("words", "topic")]
    names = identity_columns(KIND, pairs)
    assert names == (
        "is_topic",
        "is_words",
        "token_is_topic",
        "token_is_words",
        "text_is_topic",
        "text_is_words",
    )
    assert identity_values(KIND, pairs, names).tolist() == [
        [1, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 1],
        [0, 1, 0, 0, 0, 1],
        [1, 0, 1, 0, 0, 0],
    ]
    # An auxiliary that none of them is about.
    assert identity_values(KIND, [("pos", "toxic")], names).tolist() == [[0] * 6]
    assert identity_values(KIND, [], names).shape == (0, 6)


def test_mains_of_one_unit_have_no_columns_by_unit():
    assert identity_columns(KIND, [("pos", "topic"), ("words", "topic")]) == ("is_topic",)


@pytest.mark.parametrize("alpha", [0.03, 0.3, 3.0])
def test_weights_are_shrunken_means_of_ranks(alpha):
    """All of n mains × k auxiliaries measured: mean rank / (1 + alpha (1 − 1 / k))."""
    pairs, main, gain = of_gains([[1, 2, 3], [10, 30, 20], [-3, -2, -1], [0, 5, 1]])
    names = tuple(f"is_{aux}" for aux in AUXS)
    x = identity_values(KIND, pairs, names)
    mean = ranks(gain, main).reshape(4, 3).mean(axis=0)
    assert mean == pytest.approx([-1 / 3, 1 / 6, 1 / 6])
    weight = fit_ranker(names, x, gain, main, alpha).weight
    assert weight == pytest.approx(mean / (1 + alpha * (1 - 1 / 3)))


def test_a_unit_counts_for_more_and_all_mains_count():
    """The order of a, b, c is one for tagging and the reverse for texts."""
    pairs, main, gain = of_gains([[3, 2, 1], [1, 2, 3], [1, 2, 3]])
    names = identity_columns(KIND, pairs)
    fitted = fit_ranker(names, identity_values(KIND, pairs, names), gain, main, 0.3)
    token, text = (
        fitted.index(identity_values(KIND, [(m, aux) for aux in AUXS], names))
        for m in ("words", "topic")
    )
    assert token[0] > token[1] > token[2]
    assert text[0] < text[1] < text[2]
    # Two of the three mains are texts: what is known of tagging alone is shrunk towards them.
    assert text[2] - text[0] > token[0] - token[2]


def test_words():
    assert [identity_in_words(c) for c in ("is_pos", "token_is_pos", "text_is_is_pos")] == [
        "effect of pos on other main tasks (aux)",
        "effect of pos on token-level main tasks (aux)",
        "effect of is_pos on text-level main tasks (aux)",
    ]
    assert [is_identity(c) for c in ("is_pos", "text_is_pos", "aux_size", "main/aux_jsd")] == [
        True,
        True,
        False,
        False,
    ]


def told_by_identity(n_tasks=10):
    """Gains that only who the auxiliary is tells, in another order for texts than for tokens."""

    def gain(main, aux):
        number = int(aux[1:]) * 7 % 10 - 4.5
        return number if int(main[1:]) % 2 else -number

    evidence = planted_evidence(n_tasks, gain=gain, kinds=2)
    rng = np.random.default_rng(5)
    evidence.tasks.loc[:, :] = rng.normal(size=(n_tasks, len(TASK_FEATURES)))
    evidence.pairs.loc[:, :] = rng.normal(size=(len(evidence.pairs), len(PAIR_FEATURES)))
    return evidence


@pytest.fixture(scope="module")
def fitted():
    return GainPredictor().fit(told_by_identity())


@pytest.mark.slow
def test_it_is_chosen_where_it_tells(fitted):
    data = pair_data(fitted.evidence_)
    group, _ = choose_ranker(data, data.without_family(0))
    assert group == "identity"
    answers = held_out_answers(fitted)
    of = answers[answers.main == "t03"]
    assert of.score.corr(of.measured, method="spearman") > 0.9


@pytest.mark.slow
def test_predictions_are_those_of_validation(fitted, tmp_path):
    save_predictor(fitted, tmp_path / NAME, {})
    loaded = load_predictor(tmp_path / NAME, fitted.evidence_)
    rows = held_out_answers(fitted).set_index(["main", "aux"])
    for predictor in (fitted, loaded):
        for main, aux in (("t00", "t05"), ("t07", "t02")):
            p, row = predictor.predict(main, aux), rows.loc[(main, aux)]
            assert (p.probability, p.gain, p.score) == pytest.approx(
                (row.probability, row.gain, row.score), abs=1e-12
            )


def test_rows_of_measured_pairs_are_those_that_was_learned_from(fitted):
    data = pair_data(fitted.evidence_)
    pairs = [(data.tasks[m], data.tasks[a]) for m, a in zip(data.main, data.aux, strict=True)]
    names = (*data.names["pair_ranks_identity"][::-1], "main_size")
    assert (pair_rows(fitted.evidence_, pairs, names) == data.columns(names)).all()


@pytest.mark.slow
def test_gains_of_the_held_out_family_change_no_score(fitted):
    summary = fitted.evidence_.summary
    touched = (summary.main == "t03") | (summary.aux == "t03")
    other = replace(
        fitted.evidence_,
        summary=summary.assign(
            gain=summary.gain.where(~touched, -7 * summary.gain[::-1].to_numpy())
        ),
    )
    again = GainPredictor().fit(other)
    for aux in ("t00", "t05"):
        assert again.predict("t03", aux).score == fitted.predict("t03", aux).score


@pytest.mark.slow
def test_a_new_auxiliary_is_told_by_its_features_alone(fitted):
    """No main was trained with t09, so two of them with equal features are equal."""
    rows = fitted.evidence_.summary
    evidence = replace(fitted.evidence_, summary=rows[~rows.aux.isin(["t08", "t09"])])
    evidence.tasks.loc["t09"] = evidence.tasks.loc["t08"]
    for main in ("t00", "t01"):
        evidence.pairs.loc[(main, "t09")] = evidence.pairs.loc[(main, "t08")].to_numpy()
        one, two = (GainPredictor().fit(evidence).predict(main, aux) for aux in ("t08", "t09"))
        assert one.score == two.score
        assert not [r for r in one.reasons if r.feature == "is_t08" and r.value == r.value]


def test_who_the_auxiliary_is_makes_one_reason(fitted, monkeypatch):
    monkeypatch.setattr("taskrel.meta.predictor.reasons.N_REASONS", 999)
    reasons = fitted.predict("t00", "t07").reasons
    (reason,) = [r for r in reasons if is_identity(r.feature)]
    assert (reason.feature, reason.value, reason.above) == ("is_t07", 1.0, True)
    assert reason.contribution < 0  # the best for texts, the worst for labels per token
    (reason,) = [r for r in fitted.predict("t01", "t07").reasons if is_identity(r.feature)]
    assert reason.contribution > 0
