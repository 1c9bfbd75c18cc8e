"""Probes: the start of joint runs, trained where the evidence does not know it."""

import json
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from made_tiny import CARD, RECIPE

from taskrel import probes as module
from taskrel.cli.text.prediction import text
from taskrel.errors import DataError, UsageError
from taskrel.meta.evidence.from_store import evidence_from_store
from taskrel.meta.features.measure import measure
from taskrel.meta.features.pair_names import START_FEATURES
from taskrel.meta.features.task_info import task_info
from taskrel.predict import main
from taskrel.probes import find_probes, probe
from taskrel.study.experiment.experiment import Entry, Experiment
from taskrel.study.prepare import prepare_study
from taskrel.study.store.store import Store

TASKS = ("coarse", "fine", "noise", "phrase")
STARTS = [*START_FEATURES]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """All pairs of four capped planted tasks, five evaluations each: a start is a fifth."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    entries = tuple(Entry(f"planted_{n}", limit=20, dev=30, as_=n) for n in TASKS)
    recipe = msgspec.structs.replace(RECIPE, evaluations=5)
    study = prepare_study(Experiment("tiny", entries, (3,), {"tiny": recipe}, ("tiny",)))
    assert study.train(folder, task_info, jobs=1, bar=False) == 0
    measure(study, folder, jobs=1, bar=False)
    return folder


@pytest.fixture(scope="module")
def evidence(study):
    return evidence_from_store(study)


def lacking(evidence, *auxs):
    """The evidence without the starts of "fine" with these auxiliaries."""
    pairs = evidence.pairs.copy()
    pairs.loc[[("fine", aux) for aux in auxs], STARTS] = np.nan
    return replace(evidence, pairs=pairs)


class Told:
    """Stands in for the predictor: scores are the leads that the evidence has."""

    def __init__(self, probe):
        assert probe

    def fit(self, evidence):
        self.learned = evidence
        return self

    def ranked(self, main, auxs):
        lead = self.evidence_.pairs.loc[main].loc[[*auxs], STARTS]
        return [
            replace(ANSWERS[aux], score=row["start_loss"], gain=row["start_gain"])
            for aux, row in lead.sort_values("start_loss", ascending=False).iterrows()
        ]


class _Answers(dict):
    def __missing__(self, aux):
        from taskrel.meta.predictor.prediction import Prediction

        return Prediction(
            "fine",
            aux,
            0.5,
            0.0,
            -1.0,
            1.0,
            0.0,
            "unclear",
            (),
            None,
            "made",
            validation={"text": "worth it"},
        )


ANSWERS = _Answers()


def asked(evidence, n, out, **where):
    """Probe "fine": the answers, what was probed."""
    auxs = [t for t in TASKS if t != "fine"]
    found = find_probes(evidence, "fine", auxs, n, **where)
    return probe([ANSWERS[aux] for aux in auxs], evidence, found, out=str(out), jobs=1, bar=False)


def test_a_study_knows_the_starts_of_its_pairs(evidence):
    assert (evidence.pairs["start_loss"].abs() > 1e-4).all()
    assert evidence.pairs["start_gain"].notna().any()


def test_a_probe_finds_what_the_whole_run_would_have_had(evidence, tmp_path, monkeypatch):
    """Bit for bit: it is the beginning of that very run."""
    monkeypatch.setattr(module, "GainPredictor", Told)
    answers, done = asked(lacking(evidence, "coarse", "noise"), 0, tmp_path)
    known = evidence.pairs.loc["fine"]
    assert {p.aux: (p.gain, p.score) for p in answers} == {
        aux: tuple(known.loc[aux, STARTS]) for aux in ("coarse", "noise", "phrase")
    }
    assert set(done.trained) == {"coarse", "noise"}
    assert done.share == 0.2
    with Store.read(tmp_path) as store:
        digest = store.recipes()[0][0]
        assert store.scores(digest).empty
        curves = store.dev_curves(digest)
    assert {run for run, *_ in curves} == {("fine",), ("coarse", "fine"), ("fine", "noise")}
    assert {seed for *_, seed in curves} == {3}
    assert all(curve.steps[-1] <= 20 for curve in curves.values())  # of 40 updates


def test_a_probe_is_kept(evidence, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "GainPredictor", Told)
    first = asked(lacking(evidence, "coarse"), 0, tmp_path)
    monkeypatch.setattr("taskrel.study.runs.execute.train", lambda *_: pytest.fail("trained again"))
    assert asked(lacking(evidence, "coarse"), 0, tmp_path) == first


def test_what_the_evidence_knows_is_not_trained(evidence, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "GainPredictor", Told)
    answers, done = asked(evidence, 0, tmp_path / "none")
    assert (len(answers), done.trained) == (3, ())
    assert not (tmp_path / "none").exists()


def test_the_best_ranked_are_probed_and_stand_before_the_others(evidence, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "GainPredictor", Told)
    answers, done = asked(lacking(evidence, *TASKS[2:]), 2, tmp_path)
    lead = evidence.pairs.loc["fine"]["start_loss"]
    best = sorted(("coarse", "noise"), key=lambda aux: -lead[aux])
    assert [p.aux for p in answers] == [*best, "phrase"]
    assert done.auxs == tuple(best)
    assert done.trained == ("noise",)
    assert answers[-1] == ANSWERS["phrase"]


def test_who_could_not_be_probed_is_named(evidence, tmp_path, monkeypatch):
    """With the reason, where a worse-ranked one stands before it now."""
    monkeypatch.setattr(module, "GainPredictor", Told)
    gone = replace(
        lacking(evidence, "coarse"),
        entries={"coarse": {"card": "chunk", "as": "coarse"}, "fine": {"card": "planted_fine"}},
    )
    answers, done = asked(gone, 1, tmp_path, data=str(tmp_path))
    assert (done.auxs, done.trained) == (("noise",), ())
    assert [p.aux for p in answers][:2] == ["noise", "coarse"]
    assert list(done.skipped) == ["coarse"] and "no such file" in done.skipped["coarse"]
    shown = text(answers, gone, ranking=True, probed=done)
    assert (
        f"not probed, though it stood before some of them: coarse: {done.skipped['coarse']}"
        in shown
    )


@pytest.mark.parametrize(
    ("change", "n", "error", "says"),
    [
        (
            lambda e: replace(e, pairs=e.pairs.drop(columns=STARTS)),
            0,
            UsageError,
            "evidence tiny, recipe tiny: no pair has the start of its joint run",
        ),
        (lambda e: e, 4, UsageError, "--probe 4: fine has 3 candidates here"),
        (
            lambda e: replace(
                lacking(e, "noise"),
                entries={
                    "noise": {"card": "chunk", "as": "noise"},
                    "fine": {"card": "planted_fine"},
                },
            ),
            0,
            DataError,
            "--probe 1: only 0 of 1 candidates can be trained here",
        ),
    ],
)
def test_what_is_said_before_anything_is_trained(evidence, tmp_path, change, n, error, says):
    with pytest.raises(error, match=says):
        asked(change(evidence), n, tmp_path, data=str(tmp_path))


@pytest.fixture
def command(study, tmp_path):
    """Arguments of a call about a task of one's own."""
    card = tmp_path / "cards" / "mine.toml"
    card.parent.mkdir()
    card.write_text(CARD)
    return [
        "--evidence",
        str(study),
        "--main",
        "mine",
        "--tasks",
        str(card.parent),
        "--aux",
        "all",
        "--out",
        str(tmp_path / "out"),
        "--jobs",
        "1",
        "-q",
    ]


def test_the_command_for_a_task_of_ones_own(command, capsys):
    code = main([*command, "--probe", "2", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert code == 0
    ranking = [p["aux"] for p in document["predictions"]]
    assert sorted(ranking) == sorted(TASKS)
    assert document["probing"]["auxs"] == ranking[:2]
    assert sorted(document["probing"]["trained"]) == sorted(ranking[:2])
    assert document["probing"]["share"] == 0.2
    assert main([*command, "--probe"]) == 0
    shown = capsys.readouterr().out
    assert (
        "probed: all are ranked and answered for by what the start of the joint run tells, "
        "too, 4 of them trained here, at 20% of a pair's run each"
    ) in shown


def test_the_command_where_the_evidence_has_no_starts(capsys):
    code = main(["--evidence", "bingel2017", "--main", "mwe", "--aux", "all", "--probe"])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("predict: evidence bingel2017: no pair has the start of its joint run")
    assert err.count("\n") == 1
