import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_study import write_study

from taskrel.cli.files import validation_pictures
from taskrel.evidence import main
from taskrel.io.paths import shipped
from taskrel.meta.evidence.files import read_evidence, write_evidence
from taskrel.meta.features.dataset import DATASET_FEATURES
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.training.recipes.recipe import Recipe
from taskrel.validation import evidence_folder
from taskrel.validation.full_validation import FullValidation

TASKS = ("chunk", "mwe", "pos")
FEATURES = {t: dict.fromkeys(DATASET_FEATURES, i + 1.0) for i, t in enumerate(TASKS)}


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "runs" / "made"
    write_study(
        folder,
        FEATURES | {"mwe": FEATURES["mwe"] | {"jsd": np.nan}},
        lambda *_: 3,
        info={t: {"kind": "tagging", "family": "ewt" if t != "chunk" else None} for t in TASKS},
    )
    return folder


def run(capsys, *argv, tables_only=True):
    """Exit code, stdout and stderr of a call."""
    code = main([str(a) for a in argv] + ["--tables-only"] * tables_only)
    return code, *capsys.readouterr()


def test_a_store_becomes_a_folder(study, tmp_path, capsys):
    out = tmp_path / "evidence" / "mine"
    code, text, err = run(capsys, study, "--out", out)
    lines = text.splitlines()
    assert code == 0
    assert lines[0].split() == [
        "task",
        "kind",
        "metric",
        "family",
        "features",
        "score",
        "pairs",
        "gain",
    ]
    assert [line.split()[:4] for line in lines[2:5]] == [
        ["chunk", "tagging", "accuracy", "chunk"],
        ["mwe", "tagging", "accuracy", "ewt"],
        ["pos", "tagging", "accuracy", "ewt"],
    ]
    assert lines[2].split()[5:] == ["0.5000", "2", "3.00"]
    assert lines[-1] == f"mine: 3 tasks, 6 measured pairs, recipe short; written to {out}"
    assert "warning: Features missing for mwe: train/test divergence.\n" in err
    assert (
        "warning: Features missing for all pairs: share of main's words that aux has, divergence of "
        "the two training texts"
    ) in err
    evidence = read_evidence(out)
    assert evidence.name == "mine"
    assert evidence.provenance["title"] == "study made, recipe short"
    assert len(evidence.measured()) == 6


def test_json(study, tmp_path, capsys):
    code, text, err = run(capsys, study, "--out", tmp_path / "e", "--name", "ours", "--json")
    document = json.loads(text)
    assert (code, err) == (0, "")
    assert list(document) == [
        "schema",
        "evidence",
        "folder",
        "recipes",
        "n_tasks",
        "n_pairs",
        "tasks",
        "warnings",
    ]
    assert (document["schema"], document["evidence"], document["n_pairs"]) == (1, "ours", 6)
    assert document["tasks"][1]["task"] == "mwe"
    assert document["tasks"][1]["score"] == 0.5
    assert "Features missing for mwe: train/test divergence." in document["warnings"]
    assert read_evidence(tmp_path / "e").name == "ours"


def test_one_of_several_recipes(study, tmp_path, capsys):
    write_study(study, FEATURES, lambda *_: -1, recipe=Recipe(steps=9), name="quick")
    assert run(capsys, study, "--out", tmp_path / "last")[0] == 0
    assert read_evidence(tmp_path / "last").summary["gain"].iloc[0] == pytest.approx(-1)
    assert run(capsys, study / "store.sqlite", "--recipe", "short", "--out", tmp_path / "e")[0] == 0
    assert read_evidence(tmp_path / "e").summary["gain"].iloc[0] == pytest.approx(3)


def test_many_that_lack_a_feature_are_counted(tmp_path, capsys):
    names = [f"task{i}" for i in range(9)]
    noted = {
        t: {"size": 5.0} | ({"jsd": 0.1, "frobenius": 2.0} if t == "task0" else {}) for t in names
    }
    write_study(tmp_path / "s", noted, lambda *_: 1, seeds=[0])
    _, _, err = run(capsys, tmp_path / "s", "--out", tmp_path / "e")
    assert (
        "warning: Features missing for 8 of 9 tasks: Frobenius norm of word counts, train/test "
        "divergence.\n"
    ) in err
    assert "warning: Features missing for all tasks: number of labels, tokens per type" in err


@pytest.mark.slow
def test_evidence_is_fitted_anew_in_place_and_its_tables_stay(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "made"
    write_evidence(
        replace(read_evidence(shipped("experiments") / "planted_map"), name="made"), folder
    )
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    validated = []

    def full(evidence, jobs):
        validated.append(evidence)
        return FullValidation({}, GainPredictor().fit(evidence), pd.DataFrame())

    monkeypatch.setattr("taskrel.validation.full_validation.full_validation", full)
    monkeypatch.setattr(evidence_folder, "validation_summary", lambda document: {})
    drawn = []
    monkeypatch.setattr(validation_pictures, "draw", lambda *args: drawn.append(args[-1]))
    code, _, err = run(
        capsys, folder, "--out", folder, "--figures", tmp_path / "f", tables_only=False
    )
    assert code == 0, err
    assert [e.name for e in validated] == ["made"] and drawn == [tmp_path / "f"]
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert {p.name for p in folder.iterdir()} - set(before) == {"predictor.json", "validation.json"}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["{study}", "--figures", "figures"], "which --tables-only leaves out"),
        (["{study}", "--recipe", "shrot"], "unknown recipe 'shrot' in store"),
        (["{study}/nothing"], "no folder or store of that name"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(study, tmp_path, argv, says, capsys):
    argv = [a.format(study=study) for a in argv]
    code, text, err = run(capsys, *argv, "--out", tmp_path / "e")
    assert (code, text) == (2, "")
    assert err.startswith("taskrel evidence: ")
    assert says in err
    assert err.count("\n") == 1
    assert not (tmp_path / "e").exists() or not list((tmp_path / "e").iterdir())


def test_an_output_folder_that_is_a_file(study, tmp_path, capsys):
    (tmp_path / "file").touch()
    code, _, err = run(capsys, study, "--out", tmp_path / "file")
    assert code == 2
    assert "cannot be written" in err


@pytest.mark.parametrize("argv", [[], ["--out", "x"], ["a", "b", "--out", "x"]])
def test_a_source_is_needed_and_one_only(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    assert exit_.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_ctrl_c(monkeypatch, tmp_path, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("taskrel.meta.evidence.find.find_evidence", interrupted)
    code, _, err = run(capsys, "x", "--out", tmp_path)
    assert code == 130
    assert "interrupted" in err
