import numpy as np
from made_pairs import planted_evidence

from taskrel.meta.candidates import KEYS, NOISE, candidates, predictor
from taskrel.meta.pair_data import pair_data


def test_every_key_but_noise_has_one_candidate():
    data = pair_data(planted_evidence(6, kinds=2))
    train = data.main > 0
    keys = [key for c in candidates(data) for key in c(data, train, ~train)]
    assert sorted([*keys, NOISE]) == sorted(KEYS)


def test_missing_columns_leave_out_their_models():
    evidence = planted_evidence(6)
    data = pair_data(evidence, without=tuple(evidence.tasks) + tuple(evidence.pairs.drop(
        columns="text_cosine")))
    train = data.main > 0
    keys = {key for c in candidates(data) for key in c(data, train, ~train)}
    assert keys == {"full", "ranker", "pair_features", "aux_and_pair", "majority", "all_positive",
                    "main_identity", "aux_identity", "aux_mean", "text_cosine"}


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
