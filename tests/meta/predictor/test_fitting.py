from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from made_pairs import made_pairs, planted_evidence
from sklearn.linear_model import LogisticRegression

from taskrel.errors import EvidenceError
from taskrel.meta.predictor.fitting import FEW_PAIRS, _calibration, fit_model
from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.selection import family_folds
from taskrel.meta.predictor.table.pair_data import pair_data

PAIRS = list(permutations(range(8), 2))
N = len(PAIRS)
ALL = np.ones(N, bool)


def made(tell=3.0, seed=0, level=0.0):
    """Gains of 8 tasks in 4 families, a column of the pair that tells them, and noise.

    level : change of the gain with a column of the main task
    """
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=N)
    size = rng.normal(size=8)[[main for main, _ in PAIRS]]
    return made_pairs(
        PAIRS,
        0.5 + tell * signal + level * size + rng.normal(size=N),
        family=np.arange(8) // 2,
        tables={
            "pair_ranks": {"rank_probe": signal, "rank_text_jsd": rng.normal(size=N)},
            "main_features": {"main_size": size},
        },
    )


def answers(model, data):
    return model.answer(data.columns(model.columns), data.headroom[data.main])


def test_it_learns_what_tells():
    data = made()
    model = fit_model(data, ALL)
    found = answers(model, data)
    assert ((found.probability > 0.5) == data.positive).mean() > 0.8
    assert np.corrcoef(found.gain, data.gain)[0, 1] > 0.8
    assert np.corrcoef(found.score, data.gain)[0, 1] > 0.8
    assert (model.n_pairs, model.n_tasks) == (N, 8)
    # What it says is calibrated: as sure as it is often right.
    assert found.probability.mean() == pytest.approx(data.positive.mean(), abs=0.1)


@pytest.mark.parametrize("tell", [3.0, 0.5, 0.0])
@pytest.mark.parametrize("level", [0.0, 4.0])
def test_one_order(tell, level):
    """Within a main task neither P(gain) nor the expected gain contradicts the ranker."""
    data = made(tell, level=level)
    found = answers(fit_model(data, ALL), data)
    for main in range(8):
        order = np.argsort(found.score[data.main == main])
        for column in (found.probability, found.gain):
            assert (np.diff(column[data.main == main][order]) >= 0).all()


def test_the_main_task_moves_all_of_its_auxiliaries_alike():
    data = made(1.0, level=4.0)
    model = fit_model(data, ALL)
    assert model.indices[0].columns == ("main_size",)
    assert model.calibration[1][0] > 0
    values = model.indices[0].index(data.columns(("main_size",)))
    assert all(np.ptp(values[data.main == main]) == 0 for main in range(8))
    assert np.corrcoef(answers(model, data).gain, data.gain)[0, 1] > 0.8


def test_without_features_of_the_main_task_the_ranker_is_enough():
    data = made()
    tables = {"pair_ranks": data.tables["pair_ranks"]}
    model = fit_model(replace(data, tables=tables), ALL)
    assert model.indices[0].columns == ()
    assert model.to_plain() == Model.from_plain(model.to_plain()).to_plain()
    found = answers(model, data)
    assert ((found.probability > 0.5) == data.positive).mean() > 0.8


def test_the_label_is_learned_from_and_the_gain_is_predicted():
    data = made()
    tables = {group: x for group, x in data.tables.items() if group != "identity"}
    turned = replace(data, label=-data.label, tables=tables)
    model = fit_model(turned, ALL)
    # What is learned from is the opposite of the gain, so the slope, which is never negative, is 0.
    assert model.indices[1].weight[0] < 0
    assert model.calibration[1][1] == 0
    assert model.interval.coef[2] == 0


@pytest.mark.parametrize("tell", [3.0, 0.0, -3.0])
@pytest.mark.parametrize("seed", range(3))
def test_an_index_is_never_turned_upside_down(tell, seed):
    model = fit_model(made(tell, seed), ALL)
    assert (model.calibration[1] >= 0).all()
    assert (model.interval.coef[1:] >= 0).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
def test_useless_features_leave_the_base_rate(value):
    data = made()
    flat = {group: np.full(table.shape, value) for group, table in data.tables.items()}
    data = replace(data, tables=flat)
    model = fit_model(data, ALL)
    found = answers(model, data)
    # Of the pairs that speak of a new family, 48 of 56: the others are within one.
    tested = np.any([test for _, test in family_folds(data, ALL)], axis=0)
    rate = (data.positive[tested].sum() + 0.5) / (48 + 1)
    assert found.probability == pytest.approx(np.full(N, rate))
    assert found.gain == pytest.approx(np.full(N, data.gain[tested].mean()))


def test_what_is_not_for_training_has_no_say():
    data = made()
    train = data.without_family(1)
    other = replace(
        data,
        gain=np.where(train, data.gain, 99.0),
        label=np.where(train, data.label, 99.0),
        tables={g: np.where(train[:, None], x, -7.0) for g, x in data.tables.items()},
    )
    assert fit_model(data, train).to_plain() == fit_model(other, train).to_plain()
    assert fit_model(data, train).to_plain() != fit_model(data, ALL).to_plain()
    assert fit_model(data, train).n_tasks == 6


def test_the_calibration_knows_no_pair_that_its_indices_know():
    """With as many columns as pairs a fit is a memory; held out, it is worth nothing."""
    rng = np.random.default_rng(1)
    wide = {f"rank_{i}": rng.normal(size=N) for i in range(200)}
    data = made_pairs(
        PAIRS,
        rng.normal(size=N),
        family=np.arange(8) // 2,
        tables={"pair_ranks": wide},
    )
    found = answers(fit_model(data, ALL), data)
    loss = -np.log(np.where(data.positive, found.probability, 1 - found.probability)).mean()
    assert loss > 0.4  # ln 2 is a coin; a memory would be near 0
    assert (found.high - found.low > 2).all()  # 80 % of what has a deviation of 1 lie within 2.6


@pytest.mark.parametrize(
    ("gain", "says"),
    [
        (np.ones(N), "all 56 measured pairs to learn from are gains, but a prediction needs both"),
        (-np.ones(N), "all 56 measured pairs to learn from are without a gain, but"),
        (np.zeros(N), "all 56 measured pairs to learn from are without a gain, but"),
    ],
)
def test_one_class(gain, says):
    with pytest.raises(EvidenceError, match=says):
        fit_model(replace(made(), gain=gain), ALL)


def test_a_few_pairs_are_not_calibrated():
    data = made()
    train = np.arange(N) < FEW_PAIRS - 1
    model = fit_model(data, train)
    assert model.interval is None
    gains = data.positive[train].sum()
    assert model.calibration[0] == pytest.approx(np.log((gains + 0.5) / (9 - gains + 0.5)))
    assert model.calibration[1].tolist() == [1, 0]
    assert np.isnan(answers(model, data).gain).all()


def test_the_same_evidence_gives_the_same_model():
    one, two = (
        fit_model(pair_data(planted_evidence(5)), np.ones(20, bool)).to_plain() for _ in range(2)
    )
    assert one == two


def test_only_the_index_that_would_be_turned_is_dropped_from_the_calibration():
    rng = np.random.default_rng(6)
    right = rng.normal(size=300)
    wrong = rng.normal(size=300)
    positive = right - wrong + rng.normal(size=300) > 0.5
    both = _calibration(np.column_stack([right, wrong, 0 * right]), positive)
    alone = _calibration(right[:, None], positive)
    assert both[0] == pytest.approx(alone[0])
    assert both[1] == pytest.approx([alone[1][0], 0, 0])
    # Platt: as scikit-learn fits it to the index at unit variance.
    fitted = LogisticRegression(C=1.0).fit(right[:, None] / right.std(), positive)
    assert alone[1] == pytest.approx(fitted.coef_[0] / right.std())
    assert alone[0] == pytest.approx(fitted.intercept_[0])
