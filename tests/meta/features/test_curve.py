import re
import warnings

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from made_examples import examples
from scipy.optimize import curve_fit

from taskrel.meta.features.curve import CURVE_FEATURES, POINTS, curve_features

STEPS = np.arange(1, 101)
GRADIENTS = ["gradient_10", "gradient_20", "gradient_30", "gradient_50", "gradient_70"]


def gradients(steps, losses, method):
    found = curve_features(steps, losses, method)
    assert list(found) == list(CURVE_FEATURES) == [*GRADIENTS, "curve_a", "curve_c"]
    return [found[name] for name in GRADIENTS]


@examples(15, 100)
@pytest.mark.parametrize("method", ["text", "authors"])
def test_the_gradient_of_a_line_is_its_slope(method, n):
    @settings(max_examples=n, deadline=None)
    @given(slope=st.floats(-10, 10), start=st.floats(-10, 10))
    def is_its_slope(slope, start):
        found = gradients(STEPS, start + slope * STEPS, method)
        assert found == pytest.approx([slope] * 5, abs=1e-9)

    is_its_slope()


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # y = x², y' = 2x. "text": the window around x = 10 is 5 … 15, and so on.
        ("text", [20, 40, 60, 100, 140]),
        # "authors": entry ⌊0.1 · 100⌋ = 10, counted from 0, is x = 11, and so on.
        ("authors", [22, 42, 62, 102, 142]),
    ],
)
def test_the_gradient_of_a_parabola(method, expected):
    assert gradients(STEPS, STEPS**2, method) == pytest.approx(expected)


def test_the_authors_gradient_by_hand():
    # ten entries, ten steps apart: i = 1, 2, 3, 5, 7; (y[i+1] − y[i−1]) / 20
    losses = [9, 7, 6, 8, 4, 5, 3, 3, 1, 2]
    assert gradients(range(10, 110, 10), losses, "authors") == pytest.approx(
        [(6 - 9) / 20, (8 - 7) / 20, (4 - 6) / 20, (3 - 4) / 20, (1 - 3) / 20]
    )


def test_the_local_line_bears_noise_that_two_points_do_not():
    noise = np.random.default_rng(0).normal(0, 0.1, 2000)
    steps = np.arange(1, 2001)
    losses = 3 - 0.001 * steps + noise
    off = {m: np.abs(np.add(gradients(steps, losses, m), 0.001)).max() for m in ("text", "authors")}
    assert off["text"] < 0.001 < 20 * off["text"] < off["authors"]


@pytest.mark.parametrize(
    ("n", "text", "authors"),
    [
        (0, 0, 0),
        (1, 0, 0),
        (3, 0, 1),
        (9, 0, 4),
        (10, 0, 5),
        (20, 5, 5),
    ],
)
def test_curves_with_too_few_entries_lack_gradients(n, text, authors):
    for method, there in (("text", text), ("authors", authors)):
        found = np.isfinite(gradients(STEPS[:n], STEPS[:n], method))
        assert found.sum() == there, method


def log_curve(n, a=-0.2, b=2.5, c=1.0, d=1.0):
    steps = np.arange(1, n + 1)
    return steps, b + a * np.log(c * steps + d)


# c is not: ln(c · i + d) = ln c + ln(i + d / c), so a change of c is one of b.
@pytest.mark.parametrize("method", ["text", "authors"])
@pytest.mark.parametrize(("a", "b"), [(-0.2, 2.5), (-1.0, 9.0), (0.1, 0.5)])
def test_the_factor_of_a_log_curve_is_recovered(a, b, method):
    found = curve_features(*log_curve(2500, a, b), method)
    assert found["curve_a"] == pytest.approx(a, abs=1e-3)
    assert found["curve_c"] > 0


@pytest.mark.parametrize("method", ["text", "authors"])
def test_both_parameters_are_those_of_a_fit_from_the_stated_start(method):
    steps, losses = log_curve(6000, c=0.3, d=5)
    losses += np.random.default_rng(1).normal(0, 0.05, len(losses))
    every = slice(None) if method == "text" else slice(0, 5000, 10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (_, a, c, _), _ = curve_fit(
            lambda x, b, a, c, d: b + a * np.log(c * x + d), steps[every], losses[every]
        )
    found = curve_features(steps, losses, method)
    assert (found["curve_a"], found["curve_c"]) == pytest.approx((a, c), rel=1e-3)


def test_the_authors_fit_every_tenth_of_the_first_5000_entries():
    steps, losses = log_curve(6000)
    losses[np.arange(6000) % 10 != 0] = 99
    losses[5000:] = 99
    assert curve_features(steps, losses, "authors")["curve_a"] == pytest.approx(-0.2, abs=1e-3)


@pytest.mark.parametrize("losses", [[], [3, 2, 1], [3, 2, 1, np.nan, 1], [1, 2, 3, 4, np.inf]])
def test_curves_that_cannot_be_fitted_lack_parameters(losses):
    found = curve_features(range(1, len(losses) + 1), losses)
    assert np.isnan([found["curve_a"], found["curve_c"]]).all()


@pytest.mark.parametrize("c", [None, -1.0], ids=["no convergence", "out of domain"])
def test_a_fit_that_fails_is_missing(c, monkeypatch):
    def failing(curve, x, y):
        if c is None:
            raise RuntimeError("number of calls to function has reached maxfev")
        return np.array([1, 1, c, 1]), None

    monkeypatch.setattr(scipy.optimize, "curve_fit", failing)
    found = curve_features(*log_curve(100))
    assert np.isnan([found["curve_a"], found["curve_c"]]).all()
    assert np.isfinite([found[name] for name in GRADIENTS]).all()


# Lines per log; com runs twice as long, and hyperlinks starts anew after step 100.
LOGS = {
    "ccg": 5000,
    "chunking": 5000,
    "com": 10000,
    "fnt": 5000,
    "gpos": 5000,
    "hyperlinks": 5010,
    "keysem17": 5000,
    "mwe": 5000,
    "semcor": 5000,
    "streusle": 5000,
}


@pytest.mark.real_data
@pytest.mark.parametrize("task", LOGS)
def test_features_of_the_published_logs_are_the_authors(task, data_folder):
    lines = (data_folder / "bingel2017" / "logs" / task / "loss_tr.log").read_text().splitlines()
    entries = [re.fullmatch(r"Iter (\d+), task \w+, loss (.+)", line).groups() for line in lines]
    assert len(entries) == LOGS[task]
    steps, losses = [int(step) for step, _ in entries], [float(loss) for _, loss in entries]
    assert (steps != sorted(steps)) == (task == "hyperlinks")
    expected = []
    for p in POINTS:
        i = int(p * len(lines))
        expected.append((losses[i + 1] - losses[i - 1]) / (steps[i + 1] - steps[i - 1]))
    assert gradients(steps, losses, "authors") == expected

    # Their model and order of parameters; every tenth of the first 5,000 lines.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (_, b, c, _), _ = curve_fit(
            lambda x, a, b, c, d: a + b * np.log(c * x + d),
            np.array(steps[:5000:10]),
            np.array(losses[:5000:10]),
        )
    found = curve_features(steps, losses, "authors")
    assert (found["curve_a"], found["curve_c"]) == pytest.approx((b, c), rel=0, abs=1e-3)
    assert found["curve_a"] < 0 < found["curve_c"]
