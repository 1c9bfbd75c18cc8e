import json

import pandas as pd
import pytest

from taskrel.faults import main
from taskrel.study.faults.mistakes import TRAINING
from taskrel.study.faults.scores import METRICS, SCORING

CARD = """
schema = 1
name = "{name}"
title = "Made up"
kind = "classification"
metric = "accuracy"
reader = "delimited"

[[files]]
path = "{name}.tsv"

[cut]
dev = 0.2
test = 0.3
"""
EXPERIMENT = """
schema = 1
name = "tiny"
tasks = ["mood.toml", "tone.toml", {{ card = "mood.toml", limit = 20, as = "few" }}]
seeds = [0, 1]
default = ["joint", "later"]

[recipes.joint]
schedule = "simultaneous"
{budget}
width = 4
evaluations = 2
encoder = {{ name = "bilstm", units = 3 }}

[recipes.later]
like = "joint"
schedule = "sequential"

[runs]
pairs = []

[[published]]
model = "alone"
task = "mood"
scores = {{ accuracy = 0.9 }}

[[published]]
model = "together"
task = "mood"
group = "both"
scores = {{ accuracy = 0.25 }}

[[published]]
model = "together"
task = "tone"
group = "both"

[[published]]
model = "in turn"
task = "mood"
recipe = "later"
group = "both"
scores = {{ accuracy = 0.5, weighted_f1 = 0.5 }}

[runs.groups]
both = ["mood", "tone"]
other = ["tone", "mood"]
three = ["mood", "tone", "few"]
"""


@pytest.fixture
def call(tmp_path, capsys, monkeypatch):
    """Call the command on a tiny experiment in a folder of its own; exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TASKREL_DATA", raising=False)
    (tmp_path / "data").mkdir()
    for name, labels in (("mood", ("glad", "sad")), ("tone", ("good", "bad", "mixed"))):
        (tmp_path / f"{name}.toml").write_text(CARD.format(name=name))
        (tmp_path / "data" / f"{name}.tsv").write_text(
            "".join(
                f"word{i} of {labels[i % len(labels)]}\t{labels[i % len(labels)]}\n"
                for i in range(60)
            )
        )
    (tmp_path / "tiny.toml").write_text(EXPERIMENT.format(budget="steps = 4"))

    def call(*args):
        try:
            code = main(["tiny.toml", "--data", "data", "-q", "--jobs", "1", *map(str, args)])
        except SystemExit as e:  # argparse's own
            code = e.code
        return code, *capsys.readouterr()

    return call


def files(tmp_path):
    return {p: p.stat().st_mtime_ns for p in tmp_path.glob("runs/tiny/faults/trainings/*.json")}


def test_the_whole_way_and_again(call, tmp_path):
    code, out, _ = call()
    assert code == 0
    assert "12 trainings: 12 done" in out
    assert "mood, joint (both), on test" in out
    table = pd.read_csv(tmp_path / "runs/tiny/faults/faults.csv")
    trained = table[table.training != "perfect"]
    assert set(trained.training) == set(TRAINING)
    assert set(trained.scoring) == set(SCORING)
    assert (trained.n_seeds == 2).all()
    # The main task of the directed recipe, both of the other one.
    assert {*zip(table.recipe, table.group, table.task, strict=True)} == {
        ("joint", "both", "mood"),
        ("joint", "both", "tone"),
        ("later", "both", "mood"),
    }
    assert len(trained) == len(TRAINING) * len(SCORING) * 3 * len(METRICS)
    assert table.groupby(["recipe", "task", "metric"]).published.first().dropna().to_dict() == {
        ("joint", "mood", "accuracy"): 0.25,
        ("later", "mood", "accuracy"): 0.5,
        ("later", "mood", "weighted_f1"): 0.5,
    }
    assert (table.published_alone.dropna() == 0.9).all()
    for name in (
        "summary.csv",
        "chance.csv",
        "figures/tiny-faults.png",
        "figures/tiny-faults.svg",
        "figures/tiny-faults.csv",
    ):
        assert (tmp_path / "runs/tiny/faults" / name).stat().st_size > 100
    before = files(tmp_path)
    assert len(before) == 12
    assert call()[1] == out
    assert files(tmp_path) == before
    missing = next(iter(before))
    missing.unlink()
    assert call()[1] == out
    after = files(tmp_path)
    assert {p for p in after if after[p] != before[p]} == {missing}


def test_json_is_one_document(call):
    code, out, _ = call("--json", "--recipe", "later", "--group", "other", "--seeds", 5)
    document = json.loads(out)
    assert code == 0
    assert document["trainings"] == {"planned": 3, "done": 3}
    assert {r["task"] for r in document["faults"]} == {"tone"}
    assert document["faults"][0]["published"] is None
    assert document["summary"][0].keys() == {
        "training",
        "scoring",
        "distance",
        "ratio_distance",
        "n_figures",
    }
    assert document["chance"] == []


def test_another_budget_or_seed_is_another_training(call, tmp_path):
    for n, options in (
        (3, ["--seeds", 0]),
        (6, ["--seeds", 1]),
        (9, ["--seeds", 0, "--steps", 3]),
        (9, ["--seeds", 0, 1]),
    ):
        assert call("--recipe", "joint", *options)[0] == 0
        assert len(files(tmp_path)) == n


def test_budget_in_epochs_counts_the_concatenated_texts(call, tmp_path):
    (tmp_path / "tiny.toml").write_text(EXPERIMENT.format(budget="epochs = 1\nbatch = 10"))
    from taskrel.study.experiment.file import load_experiment
    from taskrel.study.faults.plan import chosen, plan_trainings, prepare

    experiment = load_experiment("tiny.toml")
    wanted = chosen(experiment, ["joint"])
    trainings = plan_trainings(prepare(experiment, wanted, data="data", seeds=[0]), wanted)
    assert [(t.fault, t.steps) for t in trainings] == [
        ("none", 3),
        ("shuffled_labels", 3),
        ("concatenated", 6),
    ]
    assert call("--recipe", "joint", "--seeds", 0)[0] == 0


def test_failed_trainings_give_exit_1_and_are_tried_again(call, monkeypatch, caplog):
    from taskrel.study.faults import runs as fault_runs

    real = fault_runs.train
    with monkeypatch.context() as patch:
        patch.setattr(
            fault_runs,
            "train",
            lambda tasks, recipe, seed, *rest: 1 / 0 if seed else real(tasks, recipe, seed, *rest),
        )
        code, out, _ = call("--recipe", "joint")
    assert code == 1
    assert "6 trainings: 3 done" in out
    assert "failed: none, joint, both, seed 1: ZeroDivisionError: division by zero" in caplog.text
    code, out, _ = call("--recipe", "joint")
    assert code == 0
    assert "6 trainings: 6 done" in out


def test_where_all_fail_there_is_nothing_to_draw(call, monkeypatch, tmp_path):
    from taskrel.study.faults import runs as fault_runs

    monkeypatch.setattr(fault_runs, "train", lambda *args: 1 / 0)
    code, out, _ = call("--seeds", 0)
    assert code == 1
    assert "6 trainings: 0 done" in out
    assert not list(tmp_path.rglob("*.png"))


def test_ctrl_c_says_how_to_go_on(call, monkeypatch, tmp_path):
    from taskrel.study.faults import runs as fault_runs

    real, calls = fault_runs.train, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(fault_runs, "train", interrupted)
    code, _, err = call()
    assert code == 130
    assert "the same command goes on from there" in err
    assert len(files(tmp_path)) == 2


def test_damaged_scores_are_named(call, tmp_path):
    call("--recipe", "joint", "--seeds", 0)
    damaged = next(iter(files(tmp_path)))
    damaged.write_text('{"training": "none"')
    code, out, err = call("--recipe", "joint", "--seeds", 0)
    assert (code, out) == (2, "")
    assert damaged.name in err
    assert "delete the file to train that again" in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--recipe", "jiont"], "unknown recipe 'jiont' in experiment tiny; did you mean joint?"),
        (
            ["--group", "boht"],
            "unknown group 'boht' of recipe joint or later in experiment tiny; did you mean both?",
        ),
        (["--group", "three"], "group 'three' of experiment tiny: expected two tasks, found 3"),
        (["--steps", "0"], "argument --steps: expected 1 or more"),
    ],
)
def test_bad_options_are_refused(call, options, says):
    code, out, err = call(*options)
    assert (code, out) == (2, "")
    assert says in err


def test_without_published_scores_a_group_must_be_named(call, tmp_path):
    text = (tmp_path / "tiny.toml").read_text()
    without = text[: text.index("[[published]]")] + text[text.index("[runs.groups]") :]
    (tmp_path / "tiny.toml").write_text(without)
    assert "no group of recipe joint or later has published scores; name one" in call()[2]
    code, out, _ = call("--group", "both", "--recipe", "joint", "--seeds", 0)
    assert code == 0
    assert "3 trainings: 3 done" in out


def test_tasks_with_a_label_per_token_are_refused(call, tmp_path):
    text = (tmp_path / "tiny.toml").read_text()
    (tmp_path / "tiny.toml").write_text(
        text.replace(
            "tasks = [", 'tasks = [{ card = "planted_fine", limit = 20, as = "fine" }, '
        ).replace('other = ["tone", "mood"]', 'other = ["tone", "fine"]')
    )
    code, _, err = call("--group", "other", "--recipe", "joint")
    assert code == 2
    assert "task fine of experiment tiny: expected a kind with labels per text" in err


@pytest.mark.slow
def test_number_of_processes_changes_nothing(call, tmp_path):
    one = json.loads(call("--json", "--recipe", "joint", "--out", "one")[1])
    two = json.loads(call("--json", "--recipe", "joint", "--out", "two", "--jobs", 2)[1])
    assert one == two
