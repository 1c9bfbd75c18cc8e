"""The four pictures of a validation, drawn from what ships."""

import json

import pandas as pd
import pytest

from taskrel.cli.files.validation_pictures import _ranked, draw
from taskrel.io.paths import shipped
from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.predictor.file import find_predictor
from taskrel.validation.held_out import held_out_answers


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    evidence = find_evidence("bingel2017")
    document = json.loads((shipped("experiments") / "bingel2017" / "validation.json").read_text())
    draw(evidence, document, held_out_answers(find_predictor(evidence)), folder)
    return folder


@pytest.mark.slow
def test_each_has_its_picture_and_its_table(pictures):
    names = ("predicted", "calibration", "coefficients", "cost-regret")
    assert {p.name for p in pictures.iterdir()} == {
        f"bingel2017-{name}.{end}" for name in names for end in ("png", "csv")
    }


@pytest.mark.slow
def test_the_tables_behind_them(pictures):
    predicted = pd.read_csv(pictures / "bingel2017-predicted.csv")
    assert len(predicted) == 2 * 100  # two maps of ten by ten
    assert set(predicted.main_level) == {"token"}
    coefficients = pd.read_csv(pictures / "bingel2017-coefficients.csv")
    assert coefficients.feature[0] == "loss slope at 30% (main)"
    assert coefficients.published[0] == -1.566
    regret = pd.read_csv(pictures / "bingel2017-cost-regret.csv")
    assert set(regret.model) == {
        "ranker",
        "P(gain)",
        "auxiliary's mean gain elsewhere",
        "random",
        "oracle",
    }
    assert (regret[regret.k == 9].regret == 0).all()
    ranker = regret[regret.model == "ranker"].set_index("k")
    assert ranker.pairs[1] == 10  # one auxiliary for each main task
    assert ranker.regret[[0, 1]].tolist() == pytest.approx([5.8171068, 2.5675121])


def test_the_mean_gain_elsewhere_is_of_other_families_by_hand():
    rows = [
        ("a", "b", 1.0, False),
        ("b", "a", 2.0, False),
        ("a", "c", 3.0, True),
        ("b", "c", 5.0, True),
        ("d", "c", 8.0, True),
        ("d", "a", 6.0, True),
    ]
    answers = pd.DataFrame(rows, columns=["main", "aux", "measured", "asked"]).assign(
        score=0.0, probability=0.5
    )
    families = pd.Series({"a": "ab", "b": "ab", "c": "c", "d": "d"})
    table = _ranked(answers, families)
    found = table[table.model == "auxiliary's mean gain elsewhere"].set_index(["main", "aux"])
    assert found.score.to_dict() == {
        ("a", "c"): 8.0,
        ("b", "c"): 8.0,
        ("d", "c"): 4.0,
        ("d", "a"): 0.0,
    }  # a has helped no other family
