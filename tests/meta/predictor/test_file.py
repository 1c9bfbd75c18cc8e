import json
from dataclasses import replace

import numpy as np
import pytest
from made_pairs import planted_evidence

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor.file import NAME, digest, find_predictor, load_predictor, save_predictor
from taskrel.meta.predictor.predictor import FEATURE_SETS, GainPredictor

VALIDATION = {"protocol": "leave_family_out", "text": "made up", "n_tasks": 6}


def made():
    """Six tasks in three families; one pair lacks what needs an encoder."""
    evidence = planted_evidence(6, n_families=3)
    evidence.pairs.loc[("t00", "t01"), [*ENCODER_FEATURES]] = np.nan
    evidence.tasks["oov_rate"] = np.nan
    return evidence


@pytest.fixture(scope="module")
def evidence():
    return made()


@pytest.fixture(scope="module")
def saved(evidence, tmp_path_factory):
    """Evidence and the file of its predictor."""
    path = tmp_path_factory.mktemp("saved") / NAME
    save_predictor(GainPredictor().fit(evidence), path, VALIDATION)
    return evidence, path


def no_fit(*_, **__):
    raise AssertionError("a loaded predictor fits nothing")


def _simpler(p):
    return any(warning.startswith("A simpler model answers") for warning in p.warnings)


def test_loaded_predictions_are_the_same_to_the_last_bit(saved, monkeypatch):
    evidence, path = saved
    fitted = GainPredictor().fit(evidence)
    loaded = load_predictor(path, evidence)
    expected = {main: fitted.ranked(main) for main in evidence.tasks.index}

    monkeypatch.setattr("taskrel.meta.predictor.fitting.fit_model", no_fit)
    for main, answers in expected.items():
        # repr, since a NaN is not equal to itself
        found = loaded.ranked(main)
        # The validation is of models with all features; it says nothing about the simpler one.
        assert all(p.validation == ({} if _simpler(p) else VALIDATION) for p in found)
        assert repr([replace(p, validation={}) for p in found]) == repr(answers)


@pytest.mark.slow
def test_a_new_task_is_answered_from_what_was_learned_without_it(tmp_path, monkeypatch):
    """As `predict` does it: the evidence grows by a task, the coefficients stay."""
    grown = planted_evidence(7)
    known = grown.only(grown.tasks.index[:6])
    save_predictor(GainPredictor().fit(known), tmp_path / NAME, VALIDATION)
    loaded = load_predictor(tmp_path / NAME, known)
    before = loaded.predict("t00", "t01")
    monkeypatch.setattr("taskrel.meta.predictor.fitting.fit_model", no_fit)
    larger = loaded.with_tasks(replace(grown, summary=known.summary))
    assert repr(larger.predict("t00", "t01")) == repr(before)
    for pair in (("t06", "t00"), ("t00", "t06")):
        answer = larger.predict(*pair)
        assert 0 < answer.probability < 1
        assert answer.low < answer.gain < answer.high
        assert answer.measured is None
    assert len(larger.ranked("t06")) == 6
    with pytest.raises(UsageError, match="task 't06' is not in evidence"):
        loaded.predict("t06", "t00")


def test_every_model_is_there(saved):
    raw = json.loads(saved[1].read_text())
    assert raw["schema"] == 1
    assert {(m["level"], m["left_out"]) for m in raw["models"]} == {
        (features, family) for features in FEATURE_SETS for family in ("", "f0", "f1", "f2")
    }


def test_a_family_without_which_nothing_can_be_learned_has_no_model(tmp_path):
    evidence = planted_evidence(5, spread=0, gain=lambda main, _: 1.0 if main == "t00" else -1.0)
    save_predictor(GainPredictor().fit(evidence), tmp_path / "predictor.json", {})
    loaded = load_predictor(tmp_path / "predictor.json", evidence)
    assert loaded.predict("t01", "t02").probability < 0.5
    with pytest.raises(EvidenceError, match="without family t00: all 12 measured pairs"):
        loaded.predict("t00", "t01")


def test_the_saved_one_is_found_where_it_lies_beside_the_evidence(saved, tmp_path):
    evidence, path = saved
    found = find_predictor(replace(evidence, folder=path.parent))
    assert found.validation_ == VALIDATION
    for folder in (None, tmp_path):  # a store, an evidence folder without one
        fitted = find_predictor(replace(evidence, folder=folder))
        assert fitted.validation_ == {}
        assert fitted.predict("t02", "t01").validation == {}


def test_a_loaded_predictor_fits_what_was_not_saved(saved, tmp_path):
    evidence, path = saved
    raw = json.loads(path.read_text())
    raw["models"] = raw["models"][:1]
    few = tmp_path / NAME
    few.write_text(json.dumps(raw))
    answer = load_predictor(few, evidence).predict("t02", "t01")
    assert answer.probability == GainPredictor().fit(evidence).predict("t02", "t01").probability


def _other_feature(evidence):
    evidence.tasks.loc["t03", "size"] += 0.001


def _other_pair_feature(evidence):
    evidence.pairs.loc[("t03", "t04"), "probe"] += 0.001


def _other_gain(evidence):
    evidence.summary.loc[3, "gain"] += 0.001


def _other_family(evidence):
    evidence.about["family"] = "f0"


def _other_score(evidence):
    evidence.about.loc["t03", "stl"] += 0.001


def _other_kind(evidence):
    evidence.about.loc["t03", "kind"] = "classification"


def _other_seed(evidence):
    """The same mean gain, by noisier seeds."""
    rows = (evidence.gains.main == "t03") & (evidence.gains.aux == "t04")
    evidence.gains.loc[rows, "gain"] += [0.5, -0.5]


@pytest.mark.parametrize(
    "change",
    [
        _other_feature,
        _other_pair_feature,
        _other_gain,
        _other_family,
        _other_score,
        _other_kind,
        _other_seed,
    ],
)
def test_evidence_that_it_was_not_fitted_to(saved, change):
    _, path = saved
    other = made()
    change(other)
    with pytest.raises(
        EvidenceError,
        match=r"fitted to other evidence than the tables next to it; make "
        "both again with taskrel evidence",
    ):
        load_predictor(path, other)


def test_the_digest_is_of_figures_not_of_their_order_or_last_bit():
    evidence = made()
    other = replace(
        made(),
        tasks=evidence.tasks.iloc[::-1, ::-1],
        about=evidence.about.iloc[::-1],
        pairs=evidence.pairs.iloc[::-1] * (1 + 1e-15),
        summary=evidence.summary.iloc[::-1],
        gains=evidence.gains.iloc[::-1],
        name="renamed",
    )
    assert digest(other) == digest(evidence)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw | {"schema": 2}, "field 'schema': expected 1, found 2; update taskrel"),
        (lambda raw: {k: v for k, v in raw.items() if k != "models"}, "field 'models' is missing"),
        (lambda raw: raw | {"validation": 3}, "field 'validation': expected `object`, found `int`"),
        (
            lambda raw: raw | {"validation": {"interval": {"level": 0.8, "low": 0.1}}},
            "expected both ends of an interval, found one",
        ),
        (lambda raw: raw | {"models": [raw["models"][0] | {"indices": []}]}, "length >= 2"),
        (lambda raw: raw | {"models": [raw["models"][0] | {"n_pairs": "9"}]}, "found `str`"),
        (
            lambda raw: raw | {"models": [raw["models"][0] | {"calibration": [0, [1, None]]}]},
            "field 'models[0].calibration[1][1]': expected `float`, found `null`",
        ),
        (
            lambda raw: raw | {"models": [raw["models"][0] | {"calibration": [0, [1]]}]},
            "calibration: expected a number and 2 finite slopes",
        ),
        (lambda raw: [raw], "expected `object`, found `array`"),
    ],
)
def test_a_file_that_does_not_fit(saved, tmp_path, change, says):
    evidence, path = saved
    other = tmp_path / NAME
    other.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(EvidenceError) as error:
        load_predictor(other, evidence)
    assert str(other) in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"{", b'{"schema": 1', b"\xff\xfe", b"null"])
def test_a_file_that_is_no_json(evidence, tmp_path, content):
    path = tmp_path / NAME
    path.write_bytes(content)
    with pytest.raises(
        EvidenceError,
        match=r"(cannot be read as JSON|expected `object`|field 'schema').*; (get the file "
        "again, or delete it to fit a predictor now|update taskrel)$",
    ):
        load_predictor(path, evidence)


@pytest.mark.parametrize("length", [0.2, 0.9])
def test_a_file_that_was_cut_short(saved, tmp_path, length):
    evidence, path = saved
    text = path.read_text()
    cut = tmp_path / NAME
    cut.write_text(text[: int(len(text) * length)])
    with pytest.raises(EvidenceError, match="cannot be read as JSON"):
        load_predictor(cut, evidence)
