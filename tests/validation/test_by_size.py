from dataclasses import replace

import numpy as np
import pytest
from made_pairs import made_pairs, planted_evidence

from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation import by_size as module
from taskrel.validation.by_size import by_size, part_figures
from taskrel.validation.models.baselines import no_features
from taskrel.validation.models.candidates import predictor
from taskrel.validation.scoring.evaluation import evaluate
from taskrel.validation.scoring.family_bootstrap import family_weights
from taskrel.validation.scoring.scores import SCORES
from taskrel.validation.verdict import PROTOCOL


@pytest.fixture(scope="module")
def evidence():
    return planted_evidence(10, n_families=9, seeds=(0,))


@pytest.fixture(scope="module")
def rows(evidence):
    return by_size(pair_data(evidence), draws=3, jobs=1)


@pytest.mark.slow
def test_all_tasks_give_what_validation_gives(evidence, rows):
    data = pair_data(evidence)
    weights, scopes = family_weights(data, 2, 0), {"all": np.ones(len(data.gain), bool)}
    outcomes = evaluate(data, PROTOCOL, predictor, 1, weights, scopes, 0) | evaluate(
        data, PROTOCOL, lambda *pairs: {"no_features": no_features(*pairs)}, 1, weights, scopes, 0
    )
    place = [*SCORES].index("spearman")
    for name in ("ranker", "no_features"):
        expected = outcomes[name].scopes["all"].value[place]
        assert rows[-1][name]["value"] == pytest.approx(expected, abs=1e-9)
    assert (rows[-1]["n_tasks"], rows[-1]["n_draws"]) == (10, 1)


def test_sizes_grow_by_whole_families(evidence, rows):
    data = pair_data(evidence)
    assert [round(share * 10) for share in module.SHARES] == [4, 5, 6, 8, 10]
    assert len(rows) == 3  # four or five tasks are too few
    assert all(
        size <= row["n_tasks"] <= size + 1 for size, row in zip((6, 8, 10), rows, strict=True)
    )
    for part in module._parts(data, 6, 5, 0):
        for family in range(len(data.families)):
            assert len(set(part[data.family == family])) == 1
    once, again = (module._parts(data, 6, 2, seed) for seed in (0, 0))
    assert np.array_equal(once, again) and not np.array_equal(once[0], once[1])


def test_features_that_cause_gains_are_worth_more_than_who_the_auxiliary_is(rows):
    for row in rows[1:]:
        assert row["difference"]["value"] == pytest.approx(
            row["ranker"]["value"] - row["no_features"]["value"]
        )
        assert row["difference"]["low"] <= row["difference"]["value"] <= row["difference"]["high"]
    assert rows[-1]["difference"]["value"] > 0.1


def test_other_tasks_are_not_looked_at(evidence):
    data = pair_data(evidence)
    part = module._parts(data, 7, 1, 1)[0]
    outside = ~(part[data.main] & part[data.aux])
    changed = data.gain.copy()
    changed[outside] = -changed[outside]
    assert part_figures(data, part) == part_figures(replace(data, gain=changed), part)


def test_too_few_tasks_give_no_row():
    pairs = [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]
    data = made_pairs(
        pairs, [1.0, -1, 2, -2, 3, -3], tables={"aux_and_pair": {"aux_size": [1.0, 2, 3, 4, 5, 6]}}
    )
    assert by_size(data, jobs=1) == []
