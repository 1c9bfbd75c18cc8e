import pytest

from taskrel.cli.text.validation.rankings import COLUMNS, ranking_blocks


def figure(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


def of(attainable=0.9, **figures):
    of_level = {
        name: figures.get(name, figure(0.5, 0.25, 0.75)) for columns in COLUMNS for name in columns
    }
    return of_level | {"n_mains": 12, "attainable": attainable}


@pytest.mark.parametrize("document", [{}, {"rankings": None}, {"rankings": {}}])
def test_validations_of_earlier_versions_have_none(document):
    assert ranking_blocks(document) == []


def test_tables():
    document = {
        "rankings": {"text": {"all": of(), "within": of(None, own=figure(None))}},
        "new_rankings": {"token": {"all": of(spearman=figure(-0.1, -0.4, 0.2))}},
    }
    one, new = ranking_blocks(document)
    assert one.splitlines()[0].endswith("main tasks that are in the evidence")
    assert new.splitlines()[0].endswith("main tasks that are new")
    head, _, everything, within = one.splitlines()[1:5]
    assert head.split()[:5] == ["main", "tasks", "auxiliaries", "number", "Spearman"]
    assert "text-level" in everything and "0.50 [.25, .75]" in everything and "0.90" in everything
    assert "of the same level" in within and within.count("–") == 1
    assert "own" in one.splitlines()[6] and one.splitlines()[9].count("–") == 1
    assert max(map(len, "\n".join([one, new]).splitlines())) <= 120
    assert "-0.10 [-.40, .20]" in new
    assert "other seeds: the same of" in " ".join(new.split())
    assert "other seeds: the same" not in one
