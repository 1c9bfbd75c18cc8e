import json
from dataclasses import replace

import numpy as np
import pytest
from made_pairs import planted_evidence

from taskrel.errors import EvidenceError
from taskrel.io.paths import shipped
from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor import fitting
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.folds import PROTOCOLS
from taskrel.validation.models.candidates import candidates
from taskrel.validation.models.names import BASELINES, GROUPS, KEYS, NEW_PREDICTOR
from taskrel.validation.scoring.evaluation import evaluate
from taskrel.validation.scoring.family_bootstrap import family_weights
from taskrel.validation.scoring.scores import SCORES
from taskrel.validation.validate import validate

QUICK = {"repeats": 1, "draws": 8, "resamples": 60, "jobs": 1}


def without_choice(evidence):
    """The validation with fixed columns and penalties: choosing them takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "choose_classifier", lambda data, train: ("aux_and_pair", 0.3))
        patch.setattr(fitting, "choose_ranker", lambda data, train: ("aux_and_pair", 0.3))
        return validate(evidence, **QUICK)


@pytest.fixture(scope="module")
def document():
    return without_choice(planted_evidence(5, n_families=4, kinds=2))


@pytest.mark.slow
def test_shape_of_the_document(document):
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["schema"], document["evidence"]) == (1, "made")
    assert (document["n_tasks"], document["n_pairs"], document["n_families"]) == (5, 20, 4)
    assert list(document["protocols"]) == list(document["within_kind"]) == list(PROTOCOLS)
    for protocol, models in document["protocols"].items():
        new = protocol in ("leave_main_out", "leave_family_out")
        assert list(models) == [key for key in KEYS if new or key not in NEW_PREDICTOR]
        for scores in models.values():
            assert list(scores) == list(SCORES)
            for figure in filter(None, scores.values()):
                assert list(figure) == ["value", "low", "high"]
        calibrated = ["all_features", "full", *(["new_full"] if new else [])]
        assert list(document["reliability"][protocol]) == calibrated
        assert models["ranker"]["accuracy"] is models["aux_mean"]["brier"] is None
    for models in document["differences"].values():
        assert list(models) == ["full", "ranker", *NEW_PREDICTOR, *GROUPS]
        assert all(
            list(rivals) == (["noise", "aux_mean"] if model in GROUPS else list(BASELINES))
            for model, rivals in models.items()
        )
    assert document["new_verdict"]["model"] == "new_ranker"


@pytest.mark.slow
def test_scores_by_level_of_the_labels(document):
    """Mean over main tasks of a score is that of the levels, weighted by their mains."""
    whole, by_unit = document["protocols"]["leave_family_out"], document["by_unit"]
    assert list(by_unit) == ["token", "text"]
    for models in by_unit.values():
        assert list(models) == list(whole)
    for model in ("ranker", "no_features", "noise"):
        token, text = (by_unit[level][model]["spearman"]["value"] for level in by_unit)
        # t00, t02 and t04 are tagging, t01 and t03 are not
        assert (3 * token + 2 * text) / 5 == pytest.approx(
            whole[model]["spearman"]["value"], abs=2e-6
        )


@pytest.mark.slow
def test_without_encoder_features_a_new_task_is_like_any_other():
    evidence = planted_evidence(4)
    evidence.pairs[[*ENCODER_FEATURES]] = np.nan
    document = validate(evidence, **QUICK)
    assert document["new_verdict"] is None
    assert not set(NEW_PREDICTOR) & set(document["protocols"]["leave_family_out"])


@pytest.mark.slow
def test_where_there_is_nothing_to_find_it_says_so():
    verdict = validate(planted_evidence(5, gain=lambda main, aux: 0.0), **QUICK)["verdict"]
    assert (verdict["beats_noise"], verdict["beats_aux_mean"]) == (False, False)


@pytest.mark.slow
def test_figures_and_differences_agree(document):
    models = document["protocols"]["leave_family_out"]
    for baseline in BASELINES:
        found = document["differences"]["leave_family_out"]["full"][baseline]["within_main_auc"]
        assert found["value"] == pytest.approx(
            models["full"]["within_main_auc"]["value"]
            - models[baseline]["within_main_auc"]["value"],
            abs=2e-6,
        )
        assert found["low"] <= found["high"]
    rates = [models[m]["accuracy"]["value"] for m in ("majority", "all_positive")]
    assert rates[1] == pytest.approx(document["base_rate"], abs=0.05)


@pytest.mark.slow
def test_processes_and_order_change_no_figure():
    once, again = (
        validate(planted_evidence(5, n_families=4, kinds=2), **QUICK | {"jobs": jobs})
        for jobs in (1, 2)
    )
    assert again == once


@pytest.mark.slow
def test_one_kind_has_no_figures_of_its_own():
    document = validate(planted_evidence(4), **QUICK)
    assert document["within_kind"] is None
    assert "same_kind" not in document["protocols"]["leave_main_out"]
    assert document["verdict"]["beats_same_kind"] is None


@pytest.mark.slow
def test_a_protocol_without_folds_is_left_out():
    document = without_choice(planted_evidence(4, n_families=1))
    assert list(document["protocols"]) == [
        "random_pairs",
        "leave_main_out",
        "leave_aux_out",
        "leave_both_out",
    ]
    assert document["verdict"]["text"].startswith("No verdict")
    assert document["by_unit"] == {}


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (planted_evidence(4, gain=lambda m, a: 9), "all 12 measured pairs are gains"),
        (planted_evidence(4, gain=lambda m, a: -9), "all 12 measured pairs are without a gain"),
        (planted_evidence(4).only(["t00"]), "it has one task only"),
        (
            replace(planted_evidence(4), summary=planted_evidence(4).summary.iloc[:0]),
            "no pair with a defined gain",
        ),
    ],
)
def test_what_cannot_be_validated(evidence, message):
    with pytest.raises(EvidenceError, match=f"^evidence made: .*{message}"):
        validate(evidence, **QUICK)


def shipped_validation(name):
    return json.loads((shipped("experiments") / name / "validation.json").read_text("utf-8"))


def test_figures_of_the_published_evidence():
    """The paper's protocol, what baselines reach in it, and what is left for a new main task."""
    document = shipped_validation("bingel2017")
    random, new_main = (document["protocols"][p] for p in ("random_pairs", "leave_main_out"))

    def value(models, key, score):
        return models[key][score]["value"]

    assert 0.70 <= value(random, "all_features", "accuracy") <= 0.76
    assert 0.62 <= value(random, "all_features", "f1") <= 0.69
    for models, key, score, expected in (
        (random, "main_identity", "accuracy", 0.798),
        (random, "main_identity", "f1", 0.757),
        (random, "majority", "accuracy", 0.556),
        (random, "all_positive", "f1", 0.615),
        (random, "noise", "f1", 0.69),
        (new_main, "noise", "within_main_auc", 0.748),
        (new_main, "aux_mean", "within_main_auc", 0.786),
    ):
        assert value(models, key, score) == pytest.approx(expected, abs=0.02), (key, score)
    assert value(new_main, "all_features", "accuracy") < value(new_main, "majority", "accuracy")
    assert document["verdict"]["beats_noise"] is False


def test_planted_relations_are_found():
    """Where relatedness is real, the predictor finds it for main tasks that it has not seen."""
    document = shipped_validation("planted_map")
    assert document["n_tasks"] >= 12
    models = document["protocols"]["leave_main_out"]
    for key in ("full", "ranker"):
        auc = models[key]["within_main_auc"]
        assert auc["value"] >= 0.85
        assert auc["low"] > models["noise"]["within_main_auc"]["high"]
    assert document["verdict"]["beats_noise"]
    assert document["verdict"]["beats_aux_mean"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bingel2017", "planted_map"])
def test_shipped_figures_come_from_this_code(name):
    evidence = find_evidence(name)
    data = pair_data(evidence)
    document = shipped_validation(name)
    weights = family_weights(data, 2, 0)
    scopes = {"all": np.ones(len(data.gain), bool)}
    for candidate in candidates(data):
        found = evaluate(data, "leave_family_out", candidate, 1, weights, scopes, 0)
        for key, outcome in found.items():
            figures = document["protocols"]["leave_family_out"][key]
            for score, value in zip(SCORES, outcome.scopes["all"].value, strict=True):
                there = figures[score]
                assert (there is None) == np.isnan(value), (key, score)
                if there:
                    assert value == pytest.approx(there["value"], abs=2e-3), (key, score)
