"""Predicted and measured gains: pairs are trained with the evidence's recipe."""

import json
import logging
import shutil
from dataclasses import replace

import numpy as np
import pytest
from made_tiny import CARD, CARDS

from taskrel.io.paths import shipped
from taskrel.meta.predictor.prediction import Prediction
from taskrel.predict import main
from taskrel.recommendation.confirm import confirm
from taskrel.recommendation.trainable import Trainable, trainable
from taskrel.recommendation.workspace import Workspace
from taskrel.study.store.store import Store

FINE = {"card": "little_fine", "limit": 20, "as": "fine"}


def answer(aux, low=-1.0, high=1.0):
    return Prediction("fine", aux, 0.5, 0.0, low, high, 0.0, "unclear", (), None, "made")


@pytest.fixture
def evidence(tiny):
    return tiny


def workspace(*cards, out):
    return Workspace((CARDS, *cards), out=str(out), jobs=1, progress=False)


def runs(folder):
    """Tasks and seeds of the finished runs."""
    with Store.read(folder) as store:
        digest = store.recipes()[0][0]
        scores = store.scores(digest)
    return {(tasks, int(seed)) for tasks, seed in zip(scores.tasks, scores.seed, strict=True)}


def test_a_capped_task_is_trained_as_it_was_measured(evidence, tmp_path, caplog):
    assert evidence.entries["fine"] == FINE
    space = workspace(out=tmp_path)
    found = trainable(evidence, "fine", ["coarse"], 1, space)
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        (p,), done = confirm([answer("coarse")], evidence, found, 1, space, seeds=[0])
    assert not [m for m in caplog.messages if "are not those" in m]
    # Same tasks, recipe and seed: the evidence's own gain, to the last bit.
    measured = evidence.measured().loc[("fine", "coarse"), "gain"]
    assert p.confirmed.gain == measured != 0
    assert (p.confirmed.n_seeds, p.confirmed.rank, p.confirmed.verdict) == (1, 1, None)
    assert np.isnan(p.confirmed.low)
    assert (done.seeds, done.skipped, done.failed) == ((0,), {}, 0)
    assert runs(tmp_path) == {(("fine",), 0), (("coarse", "fine"), 0)}


@pytest.mark.slow
def test_other_data_than_was_measured_are_warned_about(evidence, tmp_path, caplog):
    # Evidence of an earlier version: its entries are taken for plain cards.
    old = replace(evidence, entries={})
    space = workspace(_card(tmp_path, "fine"), _card(tmp_path, "coarse"), out=tmp_path / "o")
    found = trainable(old, "fine", ["coarse"], 1, space)
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        _, done = confirm([answer("coarse")], old, found, 1, space, seeds=[0])
    said = [w for w in done.warnings if "so the prediction is about another task" in w]
    assert [w.split()[:4] for w in said] == [["the", "data", "of", t] for t in ("fine", "coarse")]
    assert old.about["digest"]["fine"][:8] in said[0]
    assert f"warning: {said[0]}" in caplog.messages


def _card(folder, name):
    path = folder / f"{name}.toml"
    path.write_text(CARD.replace('"mine"', f'"{name}"'))
    return str(path)


@pytest.mark.parametrize(
    ("low", "high", "shift", "within"),
    [(-50, 50, 0, True), (-1, 1, 60, False), (-1, 1, -60, False), (float("nan"),) * 3 + (None,)],
)
def test_whether_it_was_predicted(evidence, tmp_path_factory, low, high, shift, within):
    # One store for all: the runs are trained once.
    space = workspace(out=tmp_path_factory.getbasetemp() / "within")
    found = trainable(evidence, "fine", ["coarse"], 1, space)
    gain = evidence.measured().loc[("fine", "coarse"), "gain"]
    (p,), _ = confirm(
        [answer("coarse", gain + shift + low, gain + shift + high)],
        evidence,
        found,
        1,
        space,
        seeds=[0],
    )
    assert p.confirmed.within is within


@pytest.mark.slow
def test_the_next_best_stands_in_for_who_cannot_be_trained(evidence, tmp_path):
    space = workspace(out=tmp_path)
    here = trainable(evidence, "fine", ["coarse"], 1, space)
    found = Trainable(here.main, here.auxs, {"gone": "gone.tsv: no such file", "last": "as well"})
    answers, done = confirm(
        [answer("gone"), answer("coarse"), answer("last")],
        evidence,
        found,
        1,
        space,
        seeds=[0],
    )
    assert [p.confirmed and p.confirmed.rank for p in answers] == [None, 2, None]
    assert done.skipped == {"gone": "gone.tsv: no such file"}


@pytest.mark.slow
def test_a_failed_run_is_counted_and_tried_again(evidence, tmp_path, monkeypatch):
    from taskrel.study.runs import execute

    train, space = execute.train, workspace(out=tmp_path)
    here = trainable(evidence, "fine", ["coarse"], 1, space)

    def broken(tasks, *more, **named):
        if len(tasks) > 1:
            raise RuntimeError("made to fail")
        return train(tasks, *more, **named)

    def call():
        return confirm([answer("coarse")], evidence, here, 1, space, seeds=[0])

    monkeypatch.setattr(execute, "train", broken)
    (p,), done = call()
    assert (p.confirmed, done.failed) == (None, 1)
    monkeypatch.setattr(execute, "train", train)
    (p,), done = call()
    assert (p.confirmed.n_seeds, done.failed) == (1, 0)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """The shipped planted map, with a budget that is soon used up."""
    folder = tmp_path_factory.mktemp("evidence") / "quick"
    shutil.copytree(shipped("experiments") / "planted_map", folder)
    head = json.loads((folder / "evidence.json").read_text())
    head["recipes"]["planted_map"] |= {
        "steps": 20,
        "evaluations": 2,
        "encoder": {"name": "bilstm", "units": 4},
        "width": 5,
    }
    (folder / "evidence.json").write_text(json.dumps(head))
    return folder


@pytest.fixture
def command(quick, tmp_path, capsys):
    """The command with this evidence: exit code, stdout, stderr."""

    def run(*argv, out=tmp_path / "runs"):
        code = main(
            ["--evidence", str(quick), "--out", str(out), "--jobs", "1", "-q", *map(str, argv)]
        )
        return code, *capsys.readouterr()

    return run


ASK = (
    "--main",
    "planted_a_fine",
    "--aux",
    "planted_a_coarse,planted_a_phrase,planted_b_topic",
    "--confirm",
    "2",
)


@pytest.mark.slow
def test_as_a_table(command):
    code, out, err = command(*ASK, "--seeds", "0", "1")
    # The pairs are few and the runs short, so the main task may be out of range.
    assert code == 0
    assert all(line.startswith("warning: Out of the evidence's") for line in err.splitlines())
    below = out[out.index("Predicted and measured gains, seeds 0, 1") :].splitlines()
    assert [line.split()[:2] for line in below[4:6]] == [
        [str(i), line.split()[0]] for i, line in enumerate(out.splitlines()[6:8], 1)
    ]
    assert below[7].startswith("So few seeds allow no verdict. The largest measured gain is from ")
    assert below[7].endswith(" of 2 measured gains are in their prediction intervals.")


@pytest.mark.slow
def test_as_json_and_interrupted_and_gone_on_with(command, tmp_path, monkeypatch):
    from taskrel.study.runs import execute

    train, trained = execute.train, []

    def twice(tasks, recipe, seed, *more, **named):
        if len(trained) == 2:
            raise KeyboardInterrupt
        trained.append(seed)
        return train(tasks, recipe, seed, *more, **named)

    monkeypatch.setattr(execute, "train", twice)
    code, out, err = command(*ASK, "--json")
    assert (code, out) == (130, "")
    assert err.endswith("interrupted; the same command goes on with what is missing\n")
    assert len(runs(tmp_path / "runs")) == 2
    again = []
    monkeypatch.setattr(execute, "train", lambda *a, **k: (again.append(1), train(*a, **k))[1])
    code, out, _ = command(*ASK, "--json")
    document = json.loads(out)
    # Two pairs and the main task alone, three seeds each, of which two were done.
    assert (code, len(again), len(runs(tmp_path / "runs"))) == (0, 7, 9)
    first, second, third = document["predictions"]
    assert list(first["confirmed"]) == [
        "gain",
        "low",
        "high",
        "n_seeds",
        "rank",
        "verdict",
        "within",
        "combined",
    ]
    assert (first["confirmed"]["rank"], second["confirmed"]["rank"]) == (1, 2)
    assert first["confirmed"]["n_seeds"] == 3
    assert first["measured"]["n_seeds"] == 3  # the evidence's own, which stays
    assert "confirmed" not in third
    confirmation = document["confirmation"]
    assert list(confirmation) == ["seeds", "take", "text", "skipped", "failed", "warnings"]
    assert (confirmation["seeds"], confirmation["failed"]) == ([0, 1, 2], 0)
    again.clear()
    assert json.loads(command(*ASK, "--json")[1]) == document
    assert not again


@pytest.mark.slow
def test_a_task_of_ones_own(command, tmp_path):
    card = _card(tmp_path, "mine")
    code, out, _ = command(
        "--main",
        "mine",
        "--tasks",
        card,
        "--aux",
        "all",
        "--confirm",
        "1",
        "--seeds",
        "0",
        "1",
        "--json",
    )
    document = json.loads(out)
    assert code == 0
    confirmed = [p for p in document["predictions"] if "confirmed" in p]
    assert confirmed == document["predictions"][:1]
    pair = tuple(sorted(("mine", confirmed[0]["aux"])))
    # Seed 0 alone is what the ranking rests on; it is not trained again.
    assert runs(tmp_path / "runs") == {(("mine",), 0), (("mine",), 1), (pair, 0), (pair, 1)}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (
            ("--confirm", "14", "--aux", "all"),
            "planted_a_fine has only 13 candidates; ask for no more",
        ),
        (("--confirm", "2", "--aux", "planted_b_fine"), "has only 1 candidate;"),
        (("--seeds", "0", "--aux", "all"), "--seeds is for runs of --measure or --confirm"),
    ],
)
def test_bad_numbers(command, argv, says, tmp_path):
    code, out, err = command("--main", "planted_a_fine", *argv)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("k", ["0", "-1", "two"])
def test_no_number_of_pairs(k, capsys):
    with pytest.raises(SystemExit) as e:
        main(["--main", "pos", "--aux", "all", "--confirm", k])
    assert e.value.code == 2
    assert "argument --confirm: expected " in capsys.readouterr().err


def test_evidence_that_nothing_can_be_trained_alike(capsys):
    code = main(["--evidence", "bingel2017", "--main", "mwe", "--aux", "all", "--confirm", "3"])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("taskrel predict: evidence bingel2017 was not measured with taskrel, so")
    assert err.count("\n") == 1
