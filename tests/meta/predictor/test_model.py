import json

import numpy as np
import pytest

from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.gain_interval import GainInterval
from taskrel.meta.predictor.linear import Linear
from taskrel.meta.predictor.model import Model


def linear(columns, mean, weight):
    """Index of columns that lie in [0, 10] with this mean; missing values are 4."""
    k = np.ones(len(columns))
    return Linear(
        columns, FeatureRange(4 * k, 0 * k, 10 * k, np.array(mean, float)), np.array(weight, float)
    )


INTERVAL = GainInterval(np.array([1.0, 0, 10]), np.diag([0.25, 0, 1.0]), 3.75, 2.0, 1.0)
MODEL = Model(
    (
        linear(("main_size", "aux_size"), [5, 2], [1, -1]),
        linear(("aux_size", "pair_probe"), [2, 6], [0.5, 2]),
    ),
    (-0.5, np.array([2.0, 1.0])),
    INTERVAL,
    90,
    10,
)
#: In the order of the model's columns: main_size, aux_size, pair_probe.
X = np.array([[6.0, 2, 6], [5, 4, 6.5]])


def test_every_column_once():
    assert MODEL.columns == ("main_size", "aux_size", "pair_probe")
    assert MODEL.mean.tolist() == [5, 2, 6]


def test_answers_by_hand():
    # Indices: 1 and 0; -2 and 1 + 1 = 2. Log-odds: -0.5 + 2 = 1.5; -0.5 - 4 + 2 = -2.5.
    answers = MODEL.answer(X, np.array([1.0, 0.5]))
    assert answers.probability == pytest.approx([1 / (1 + np.exp(-1.5)), 1 / (1 + np.exp(2.5))])
    assert answers.score.tolist() == [0, 2]
    assert answers.gain.tolist() == [1, 0.5 * 21]
    half = 2 * np.sqrt([0.25 + 3.75, 0.25 + 4 + 3.75]) * [1, 0.5]
    assert answers.low == pytest.approx(answers.gain - half)
    assert answers.high == pytest.approx(answers.gain + half)


def test_without_an_interval_there_is_no_gain():
    answers = Model(MODEL.indices, MODEL.calibration, None, 9, 4).answer(X, np.ones(2))
    for figure in (answers.gain, answers.low, answers.high):
        assert np.isnan(figure).all()
    assert answers.probability == pytest.approx(MODEL.answer(X, np.ones(2)).probability)


def test_contributions_by_hand():
    assert MODEL.contributions(X).tolist() == [
        [2, 0, 0],
        [0, 2 * -2 + 1, 1],  # aux_size adds to both indices
    ]


@pytest.mark.parametrize("row", [[6.0, 2, 6], [np.nan, 3, 99], [-5, np.nan, 0]])
def test_contributions_add_up_to_the_log_odds_against_the_mean_pair(row):
    x = np.array([row])
    (p,), (mean,) = (MODEL.answer(rows, np.ones(1)).probability for rows in (x, MODEL.mean[None]))
    difference = np.log(p / (1 - p)) - np.log(mean / (1 - mean))
    assert MODEL.contributions(x).sum() == pytest.approx(difference)


def test_outside_where_either_index_says_so():
    wide = linear(("aux_size",), [2], [1])
    model = Model(
        (
            Linear(wide.columns, FeatureRange(*np.array([[4.0], [0], [5], [2]])), wide.weight),
            MODEL.indices[1],
        ),
        MODEL.calibration,
        None,
        9,
        4,
    )
    assert model.columns == ("aux_size", "pair_probe")
    x = np.array([[6.0, 11], [5, np.nan]])
    assert model.out_of_range(x).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize("interval", [INTERVAL, None])
def test_json_gives_it_back_to_the_last_bit(interval):
    model = Model(MODEL.indices, (1 / 3, np.array([0.1, np.pi])), interval, 90, 10)
    back = Model.from_plain(json.loads(json.dumps(model.to_plain())))
    assert back.to_plain() == model.to_plain()
    for one, two in zip(back.answer(X, np.ones(2)), model.answer(X, np.ones(2)), strict=True):
        assert np.array_equal(one, two, equal_nan=True)
    assert (back.contributions(X) == model.contributions(X)).all()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("calibration", [0.5, [1.0]], "calibration: expected a number and 2 finite slopes"),
        ("calibration", [float("nan"), [1.0, 2.0]], "calibration: expected a number and 2 finite"),
        ("indices", [MODEL.indices[0].to_plain()], "calibration: expected a number and 1 finite"),
        (
            "interval",
            GainInterval(np.ones(2), np.eye(2), 1, 1, 0).to_plain(),
            "interval: expected 3 coefficients, found 2",
        ),
    ],
)
def test_parts_that_do_not_fit(field, value, says):
    with pytest.raises(ValueError, match=says):
        Model.from_plain(MODEL.to_plain() | {field: value})
