"""Searches on made scores whose truth is known: what strategies find, and what the figures say."""

import numpy as np
import pytest

from taskrel.cli.text.validation.search import text
from taskrel.meta.search.belief import ALONE
from taskrel.meta.search.variation import Main, Variation, fit_variation, standardised
from taskrel.validation.replay.recorded import Dealer, Recorded
from taskrel.validation.replay.replay import SHARES, budgets, replay
from taskrel.validation.replay.strategies import PLANNED, SEEDS, STRATEGIES, search
from taskrel.validation.replay.summary import _figures

#: Seed noise of a made score of 0.5: 1 %.
SIGMA = 0.005


def recorded(gains, z=None, name="m", seeds=8, variation=None, seed=0):
    """A main task with these gains in percent, and runs with noise but the same dev and test texts."""
    draw = np.random.default_rng(seed)
    arms = 0.5 * (1 + np.array([0, *gains]) / 100)
    dev, test = (arms[:, None] + SIGMA * draw.standard_normal((len(arms), seeds)) for _ in range(2))
    z = None if z is None else standardised(z)
    auxs = tuple(f"a{i}" for i in range(len(gains)))
    prior = variation or Variation(noise=np.log(0.01), noise_spread=0.5, bias=0.01)
    return Recorded(name, f"family of {name}", auxs, Main(dev, test, z), prior)


def last(strategy, task, budget=40, seed=0):
    rng = np.random.default_rng(seed)
    chosen = [
        arm for _, arm in zip(range(budget), strategy(Dealer(task, rng), budget, rng), strict=False)
    ]
    return chosen[-1]


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_finds_what_is_plain(name):
    gains = [0, 0, 30, 0, 0]
    assert last(STRATEGIES[name], recorded(gains, z=gains)) == "a2"


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_finds_that_nothing_helps(name):
    gains = [-30, -20, -40]
    assert last(STRATEGIES[name], recorded(gains, z=gains)) == ALONE


def test_a_dealer_gives_each_run_once():
    task = recorded([1, 2], seeds=3)
    dealer = Dealer(task, np.random.default_rng(0))
    for _ in range(3):
        dealer.run("a0")
    dealer.run(ALONE)
    assert sorted(o.seed for o in dealer.seen if o.arm == "a0") == [0, 1, 2]
    # The first seed of each arm is the same.
    assert dealer.seen[0].seed == dealer.seen[3].seed
    assert dealer.closed == {"a0"}
    assert dealer.mean("a0") == pytest.approx(task.main.dev[1].mean())
    assert dealer.best_of(["a0", ALONE]) == "a0"
    with pytest.raises(IndexError):
        dealer.run("a0")


def test_the_prior_is_worth_runs():
    """With a right ranking the best is found at once, with a wrong one later."""
    gains = [4, 1, 0, 0, -1, -1]
    right, wrong = (
        recorded(
            gains,
            z=z,
            variation=Variation(
                noise=np.log(0.01), noise_spread=0.1, slope=1.0, own=0.3, bias=0.01
            ),
        )
        for z in (gains, gains[::-1])
    )
    assert last(search, right, budget=8) == "a0"
    assert last(search, wrong, budget=8) != "a0"
    assert last(search, wrong, budget=48) == "a0"


@pytest.fixture(scope="module")
def replayed():
    rng = np.random.default_rng(3)
    mains = [
        recorded(1.0 * rng.standard_normal(8), z=rng.standard_normal(8), name=f"m{i}", seed=i)
        for i in range(4)
    ]
    return mains, replay(mains, 2, jobs=1)


def test_what_is_replayed(replayed):
    mains, (choices, beliefs) = replayed
    assert len(choices) == 4 * 2 * len(STRATEGIES) * len(SHARES)
    wanted = budgets(mains[0])
    assert wanted[1.0] == SEEDS * 9
    assert set(choices["runs"]) == set(wanted.values())
    assert (choices["regret"] >= 0).all()
    assert len(beliefs) == 4 * 2 * wanted[1.0]
    for name in ("best", "close", "true_best", "true_close"):
        assert beliefs[name].between(0, 1).all()
    # A choice that costs more is the same search, further on.
    one = beliefs[(beliefs["main"] == "m0") & (beliefs["repeat"] == 0)].set_index("runs")
    own = choices[
        (choices["main"] == "m0") & (choices["repeat"] == 0) & (choices["strategy"] == "search")
    ]
    for runs, regret in zip(own["runs"], own["regret"], strict=True):
        assert one["true_regret"][runs] == pytest.approx(regret)
    assert {*PLANNED} <= {*STRATEGIES}


@pytest.mark.slow
def test_processes_change_nothing(replayed):
    mains, (choices, _) = replayed
    again, _ = replay(mains, 2, jobs=2)
    assert again.equals(choices)


def test_the_truth_is_that_of_all_test_scores(replayed):
    mains, _ = replayed
    on_test = fit_variation(m.main._replace(dev=m.main.test, z=None) for m in mains)
    truth = mains[0].truth(on_test, np.random.default_rng(0))
    test = mains[0].main.test.mean(axis=1)
    np.testing.assert_allclose(truth.mean, 100 * (test[1:] / test[0] - 1), atol=0.6)


def test_figures_and_text(replayed):
    _, (choices, beliefs) = replayed
    found = _figures(choices, beliefs, 200, 0)
    at = choices[choices["share"] == 0.2]
    means = at.groupby(["strategy", "main"])["regret"].mean().unstack("strategy")
    for name in STRATEGIES:
        assert found["regret"][name]["0.2"]["value"] == pytest.approx(means[name].mean())
        if name != "search":
            figure = found["difference"][name]
            assert figure["value"] == pytest.approx((means[name] - means["search"]).mean())
            assert figure["low"] <= figure["value"] <= figure["high"]
    assert sum(b["n"] for b in found["close"]) == len(beliefs)
    own = {"n_mains": 4, "n_families": 4, "n_auxs": 8, "n_seeds": 8, "repeats": 2, "epsilon": 0.5}
    shown = text("made", {"text": own | found})
    assert "Text-level: 4 main tasks of 4 families, up to 8 auxiliaries" in shown
    assert max(map(len, shown.splitlines())) <= 120
    assert "too few main tasks" in text("made", {})
