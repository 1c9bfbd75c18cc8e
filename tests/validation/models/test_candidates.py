from dataclasses import replace

import numpy as np
from made_pairs import planted_evidence

from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.models.candidates import candidates, new_predictor, predictor
from taskrel.validation.models.names import KEYS, NOISE


def test_every_key_but_noise_has_one_candidate():
    evidence = planted_evidence(6, kinds=2)
    data, simpler = pair_data(evidence), pair_data(evidence, ENCODER_FEATURES)
    train = data.main > 0
    keys = [key for c in candidates(data, simpler) for key in c(data, train, ~train)]
    assert sorted([*keys, NOISE]) == sorted(KEYS)


def test_missing_columns_leave_out_their_models():
    evidence = planted_evidence(6)
    data = pair_data(
        evidence, without=tuple(evidence.tasks) + tuple(evidence.pairs.drop(columns="text_cosine"))
    )
    train = data.main > 0
    keys = {key for c in candidates(data) for key in c(data, train, ~train)}
    assert keys == {
        "full",
        "ranker",
        "pair_features",
        "aux_and_pair",
        "majority",
        "all_positive",
        "main_identity",
        "aux_identity",
        "aux_mean",
        "aux_rank",
        "no_features",
        "text_cosine",
    }


def test_of_a_new_task_nothing_is_read_that_needs_an_encoder():
    data = pair_data(planted_evidence(8))
    other = replace(data, tables={k: np.full_like(x, 7.0) for k, x in data.tables.items()})
    train, test = data.without_family(2), data.new_main(2)
    full, ranker = new_predictor(data, other, train, test).values()
    for found, key in ((full, "full"), (ranker, "ranker")):
        np.testing.assert_array_equal(found.score, predictor(data, train, test)[key].score)


def test_the_predictor_answers_for_tasks_it_has_not_seen():
    data = pair_data(planted_evidence(8))
    train, test = data.without_family(2), data.new_main(2)
    found = predictor(data, train, test)
    assert np.corrcoef(found["ranker"].score, data.gain[test])[0, 1] > 0.5
    assert np.isnan(found["ranker"].decision).all()
    assert ((found["full"].probability > 0.5) == found["full"].decision).all()


def test_training_pairs_of_one_class_give_the_base_rate_and_no_order():
    data = pair_data(planted_evidence(6))
    found = predictor(data, data.positive, ~data.positive)
    assert (found["full"].probability == 1).all()
    assert (found["ranker"].score == 0).all()
