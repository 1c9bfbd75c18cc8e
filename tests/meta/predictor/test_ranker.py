import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from taskrel.meta.predictor.ranker import fit_ranker, fit_rankers, ranks, within

#: Whole numbers: a constant added to them makes and breaks no ties.
pairs = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        arrays(float, (n, 2), elements=st.integers(-9, 9)),
        arrays(float, n, elements=st.integers(-9, 9)),
        arrays(int, n, elements=st.integers(0, 3)),
    )
)


def weight(x, gain, main, alpha=0.3):
    return fit_ranker(("p", "q"), x, gain, main, alpha).weight


def test_ranks_by_hand():
    gain = np.array([5.0, 2, 1, 2, 3, 9])
    main = np.array([0, 7, 0, 7, 0, 3])
    assert ranks(gain, main) == pytest.approx([1 / 3, 0, -1 / 3, 0, 0, 0])


@given(pairs)
def test_ranks_are_those_of_scipy_centred(made):
    _, gain, main = made
    found = ranks(gain, main)
    assert (np.abs(found) < 0.5).all()
    for m in set(main):
        n = (main == m).sum()
        assert found[main == m].sum() == pytest.approx(0, abs=1e-12)
        assert found[main == m] * n == pytest.approx(rankdata(gain[main == m]) - (n + 1) / 2)


def test_deviations_by_hand():
    x = np.array([[1.0, 0], [10, 5], [3, 4], [20, 5]])
    assert within(x, np.array([2, 9, 2, 9]), np.ones(4)).tolist() == [
        [-1, -2],
        [-5, 0],
        [1, 2],
        [5, 0],
    ]


@pytest.mark.parametrize("alpha", [0.0, 0.3, 3.0])
@pytest.mark.parametrize("copies", [1, 4])
def test_ridge_by_hand(alpha, copies):
    # One main: x = 0, 1, 2 has variance 2/3, so z'z = 3; ranks are -1/3, 0, 1/3. The penalty
    # is per pair, 3 alpha, and the weight per unit of x (2/3) / (2/3) / (3 + 3 alpha); as many
    # mains alike as one wants leave it as it is.
    x = np.tile([[0.0], [1], [2]], (copies, 1))
    main = np.repeat(np.arange(copies), 3)
    fitted = fit_ranker(("p",), x, np.tile([5.0, 6, 7], copies), main, alpha)
    assert fitted.weight == pytest.approx([1 / (3 * (1 + alpha))])
    assert fitted.index(np.array([[0.0], [1], [2], [3]])) == pytest.approx(
        np.array([-1, 0, 1, 1]) / (3 * (1 + alpha))
    )  # 3 is beyond: taken at the edge


@given(pairs, arrays(float, 4, elements=st.integers(-99, 99)))
def test_the_level_of_a_main_does_not_matter(made, level):
    x, gain, main = made
    assert weight(x, gain + level[main], main) == pytest.approx(weight(x, gain, main))


@given(pairs)
def test_only_the_order_of_gains_matters(made):
    x, gain, main = made
    assert weight(x, np.sinh(gain), main) == pytest.approx(weight(x, gain, main))
    assert weight(x, -gain, main) == pytest.approx(-weight(x, gain, main), abs=1e-12)


@given(pairs)
def test_what_all_choices_of_a_main_share_has_no_weight(made):
    x, gain, main = made
    x[:, 1] = 0.1 * main + 3
    assert weight(x, gain, main)[1] == pytest.approx(0, abs=1e-9)


def test_missing_values_are_the_median():
    gain, main = np.array([1.0, 2, 3, 4]), np.zeros(4, int)
    one, two = (
        weight(np.array([[0, 1], [v, 2], [2, 3], [9, 4]]), gain, main) for v in (np.nan, 2.0)
    )
    assert (one == two).all()


def test_weights_by_hand():
    """Weights 2 and 0 of two mains: as if the first were there twice."""
    x, main, gain = np.tile([[0.0], [1], [2]], (2, 1)), np.repeat([0, 1], 3), np.array([5, 6, 7.0])
    twice = fit_ranker(("p",), x, np.tile(gain, 2), main, 0.3)
    other = fit_ranker(("p",), x, np.append(gain, gain[::-1]), main, 0.3, np.repeat([2.0, 0.0], 3))
    assert other.weight == pytest.approx(twice.weight)
    assert twice.weight == pytest.approx([1 / (3 * 1.3)])


def test_several_penalties_are_fitted_as_one_by_one():
    rng = np.random.default_rng(2)
    x, gain, main = rng.normal(size=(20, 2)), rng.normal(size=20), np.arange(20) % 4
    found = fit_rankers(("p", "q"), x, gain, main, (3.0, 0.03))
    for alpha, fitted in zip((3.0, 0.03), found, strict=True):
        assert (fitted.weight == weight(x, gain, main, alpha)).all()
