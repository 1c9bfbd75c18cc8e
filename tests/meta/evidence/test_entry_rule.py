from dataclasses import replace

import numpy as np
import pytest
from made_pairs import planted_evidence

from taskrel.meta.evidence.entry_rule import LEFT_OUT, learned_mains
from taskrel.meta.features.profile import Profile

NOTHING = np.zeros(0, np.int64)


def with_scores(single, baselines):
    """Evidence of three tasks whose single-task scores and baselines are these."""
    evidence = planted_evidence(3, seeds=(0, 1, 2))
    stl = {(main, seed): s for main, scores in single.items() for seed, s in enumerate(scores)}
    gains = evidence.gains.assign(
        stl=[stl[key] for key in zip(evidence.gains.main, evidence.gains.seed, strict=True)]
    )
    profiles = {
        task: Profile(NOTHING, NOTHING, np.zeros(0, np.float32), 9, "tagging", of)
        for task, of in baselines.items()
    }
    return replace(evidence, gains=gains, profiles=profiles)


#: t(0.975, 2 degrees of freedom) is 4.303; mean 0.6, deviation 0.02: 0.6 ± 4.303 · 0.02 / √3.
SCORES = (0.58, 0.6, 0.62)


@pytest.mark.parametrize(
    ("baselines", "stays"),
    [
        ({"majority": 0.3, "words": 0.54}, True),
        ({"majority": 0.3, "words": 0.56}, False),  # the interval begins at 0.550
        ({"majority": 0.56, "words": 0.3}, False),
        ({}, True),
        (None, True),  # nobody measured
    ],
)
def test_the_lower_end_of_the_interval_counts(baselines, stays):
    single = {"t00": SCORES, "t01": (0.9, 0.9, 0.9), "t02": (0.9, 0.9, 0.9)}
    evidence = with_scores(single, {"t00": baselines, "t01": {"majority": 0.5, "words": 0.6}})
    found = learned_mains(evidence)
    assert ("t00" in set(found.summary.main)) == stays
    assert ("t00" in set(found.gains.main)) == stays
    assert {"t01", "t02"} <= set(found.gains.main)
    assert list(found.tasks.index) == ["t00", "t01", "t02"]
    assert (LEFT_OUT in found.provenance) == (not stays)
    if stays:
        assert found is evidence


def test_the_reason_names_the_higher_baseline():
    evidence = with_scores(
        {f"t0{i}": SCORES for i in range(3)}, {"t00": {"majority": 0.7, "words": 0.65}}
    )
    assert learned_mains(evidence).provenance[LEFT_OUT] == {
        "t00": "its single-task score, 0.600 ± 0.050, is not clearly above that of the most "
        "frequent label, 0.700"
    }


def test_one_seed_is_the_score_itself():
    evidence = with_scores({f"t0{i}": SCORES for i in range(3)}, {"t00": {"words": 0.57}})
    one = replace(evidence, gains=evidence.gains[evidence.gains.seed == 0])
    assert learned_mains(one) is one
    assert learned_mains(evidence) is not evidence  # with three, the interval begins at 0.550
