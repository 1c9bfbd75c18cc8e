import pytest
from made_pairs import planted_evidence

from taskrel.validation.summary import validation_summary
from taskrel.validation.validate import validate


@pytest.fixture(scope="module")
def document():
    evidence = planted_evidence(5, n_families=4, kinds=2)
    return validate(evidence, repeats=1, draws=4, resamples=20, jobs=1) | {
        "interval": {"coverage": 0.8},
        "new_interval": {"coverage": 0.7},
    }


@pytest.mark.slow
def test_the_rank_correlation_by_level_of_the_labels(document):
    summary = validation_summary(document)
    for key, model in (("by_unit", "ranker"), ("new_by_unit", "new_ranker")):
        assert summary[key] == {
            level: document["by_unit"][level][model]["spearman"] for level in ("token", "text")
        }
    assert summary["text"] == document["verdict"]["text"]
    assert summary["new_interval"] == {"coverage": 0.7}


@pytest.mark.slow
def test_a_level_without_a_figure_is_left_out(document):
    models = document["by_unit"]["text"]
    unknown = models | {"ranker": models["ranker"] | {"spearman": None}}
    summary = validation_summary(document | {"by_unit": document["by_unit"] | {"text": unknown}})
    assert list(summary["by_unit"]) == ["token"]
    assert list(summary["new_by_unit"]) == ["token", "text"]
    none = validation_summary(document | {"by_unit": {}, "new_interval": None})
    assert not {"by_unit", "new_by_unit", "new_interval"} & none.keys()
