import contextlib
import io
import json
import shutil
import sqlite3

import pandas as pd
import pytest
from made_experiment import LITTLE

from taskrel.cli.files import study as study_files
from taskrel.run_pairs import main, parser

EXPERIMENT = """
schema = 1
name = "tiny"
tasks = [
    { card = "LITTLE/little_fine.toml", limit = 20, as = "fine" },
    { card = "LITTLE/little_topic.toml", limit = 20, as = "topic" },
]
seeds = [0, 1, 2]

[recipes.quick]
steps = 4
width = 4
evaluations = 2
encoder = { name = "bilstm", units = 3 }
""".replace("LITTLE", str(LITTLE))
CARD = """
schema = 1
name = "{name}"
title = "Made up"
kind = "classification"
metric = "accuracy"
reader = "delimited"

[[files]]
path = "rows.tsv"

[cut]
dev = 0.2
test = 0.2
"""
ROWS = "".join(
    f"word{i} some more {'good' if i % 2 else 'bad'}\t{'pos' if i % 2 else 'neg'}\n"
    for i in range(50)
)


def study_file(folder, text):
    path = folder / "tiny.toml"
    path.write_text(text)
    return str(path)


@pytest.fixture
def experiment(tmp_path):
    return study_file(tmp_path, EXPERIMENT)


def trained_once(folder, text):
    """A folder in which the experiment was trained, and what the command printed."""
    out = io.StringIO()
    argv = [study_file(folder, text), "--out", str(folder / "runs" / "tiny"), "--jobs", "1", "-q"]
    with contextlib.redirect_stdout(out):
        assert main(argv) == 0
    return folder, out.getvalue().replace(str(folder / "runs"), "runs")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """`EXPERIMENT`, trained once for all tests that only look at what there is."""
    return trained_once(tmp_path_factory.mktemp("whole"), EXPERIMENT)


@pytest.fixture
def trained(whole, tmp_path):
    """A copy of the trained study in the folder in which `call` works, and its experiment."""
    shutil.copytree(whole[0], tmp_path, dirs_exist_ok=True)
    return str(tmp_path / "tiny.toml")


@pytest.fixture
def no_pictures(monkeypatch):
    """For tests of everything but the pictures, which take longer than such a study."""
    monkeypatch.setattr(study_files, "_draw", lambda *_: None)


@pytest.fixture
def call(tmp_path, capsys, monkeypatch, no_pictures):
    """Call the command in a folder of its own; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TASKREL_DATA", raising=False)

    def call(*args):
        try:
            code = main([*map(str, args)])
        except SystemExit as e:  # argparse's own
            code = e.code
        return code, *capsys.readouterr()

    return call


def test_the_whole_way(whole, trained, call, tmp_path):
    out = whole[1]
    assert "9 runs: 9 trained, 0 from the store, 0 failed" in out
    folder = tmp_path / "runs" / "tiny"
    gains, summary, features = (
        pd.read_csv(folder / f"{name}.csv") for name in ("gains", "summary", "features")
    )
    assert len(gains) == 6
    assert len(summary) == 2
    assert features.task.tolist() == ["fine", "topic"]
    assert features["size"].tolist() == [20, 20]
    cell = gains[(gains.main == "fine") & (gains.seed == 1)].iloc[0]
    assert cell.gain == pytest.approx(100 * (cell.mtl / cell.stl - 1))
    for picture in ("tiny-quick-gains", "tiny-quick-curves"):
        for suffix in ("png", "csv"):
            assert (folder / "figures" / f"{picture}.{suffix}").stat().st_size > 100
    # The second call trains nothing and says the same.
    code, again, _ = call(trained, "--jobs", 1, "-q")
    assert code == 0
    assert "9 runs: 0 trained, 9 from the store, 0 failed" in again
    assert again.split("9 runs:")[0] == out.split("9 runs:")[0]


def test_json_is_one_document(call, trained):
    code, out, _ = call(trained, "--json", "--jobs", 1, "-q", "--seeds", 0, 1, 2, 3)
    document = json.loads(out)
    assert code == 0
    assert {"schema", "study", "runs", "scores", "gains", "seconds"} <= set(document)
    assert document["schema"] == 1
    assert document["study"] == "tiny"
    assert document["runs"] == {"planned": 12, "trained": 3, "cached": 9, "failed": 0}
    assert {"task", "tasks", "seed", "split", "metric", "value"} <= set(document["scores"][0])
    assert {"main", "aux", "gain", "low", "high", "n_seeds", "q", "verdict"} <= set(
        document["gains"][0]
    )
    assert {(g["main"], g["aux"]) for g in document["gains"]} == {
        ("fine", "topic"),
        ("topic", "fine"),
    }
    single = [
        s["value"]
        for s in document["scores"]
        if s["tasks"] == ["fine"] and s["split"] == "test" and s["metric"] == "accuracy"
    ]
    assert len(single) == 4


def test_options_change_what_is_planned(call, experiment):
    for options, runs in (
        (["--main", "fine"], 9),
        (["--single"], 6),
        (["--only", "topic"], 3),
        (["--seeds", 7], 3),
    ):
        code, out, _ = call(experiment, "--dry-run", "--json", "-q", *options)
        assert code == 0
        assert json.loads(out)["dry_run"][0]["runs"] == runs
    steps = json.loads(
        call(experiment, "--dry-run", "--json", "-q", "--steps", 9, "--seeds", 0)[1]
    )["dry_run"][0]["steps"]
    assert steps == 9 + 9 + 2 * 9


def test_no_train_trains_nothing_and_shows_what_is_there(call, experiment):
    code, out, _ = call(experiment, "--json", "--jobs", 1, "-q", "--no-train")
    assert code == 0
    assert json.loads(out)["runs"] == {"planned": 9, "trained": 0, "cached": 0, "failed": 0}
    call(experiment, "--json", "--jobs", 1, "-q", "--seeds", 0)
    code, out, _ = call(experiment, "-q", "--no-train")
    assert code == 0
    assert "9 runs: 0 trained, 3 from the store, 6 not trained, 0 failed" in out
    assert "Gains on test, in percent" in out


@pytest.mark.parametrize(
    ("old", "new"),
    [("--alone", "--single"), ("--together", "--group-all"), ("--as-is", "--no-train")],
)
def test_options_have_their_old_names_too(old, new):
    assert parser().parse_args([old]) == parser().parse_args([new]) != parser().parse_args([])
    text = parser().format_help()
    assert new in text and old not in text


@pytest.mark.slow
def test_group_all_adds_a_run_of_all_tasks(call, experiment, tmp_path):
    code, _, err = call(experiment, "-q", "--group-all")
    assert code == 2
    assert "expected three or more tasks for a run of all tasks, found 2" in err
    third = f'    {{ card = "{LITTLE}/little_coarse.toml", limit = 20, as = "coarse" }},\n]\nseeds'
    (tmp_path / "tiny.toml").write_text(EXPERIMENT.replace("]\nseeds", third))
    code, out, _ = call(experiment, "--json", "--jobs", 1, "-q", "--group-all", "--seeds", 0)
    assert code == 0
    document = json.loads(out)
    assert document["runs"]["trained"] == 7
    assert {g["main"] for g in document["gains"] if g["aux"] == "all"} == {
        "fine",
        "topic",
        "coarse",
    }


def test_main_restricts_the_gains(call, trained):
    _, out, _ = call(trained, "--json", "--jobs", 1, "-q", "--main", "topic", "--seeds", 0)
    (cell,) = json.loads(out)["gains"]
    assert (cell["main"], cell["aux"], cell["q"], cell["verdict"]) == ("topic", "fine", None, None)


@pytest.fixture
def cards(tmp_path):
    (tmp_path / "cards").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "cards" / "mine.toml").write_text(CARD.format(name="mine"))
    (tmp_path / "data" / "rows.tsv").write_text(ROWS)
    return tmp_path


@pytest.mark.slow
def test_a_users_own_task_alone_and_beside_a_shipped_one(call, cards):
    own = ["--tasks", "cards/", "--data", "data", "--steps", 3, "--seeds", 0, "-q", "--jobs", 1]
    code, out, _ = call(*own)
    assert code == 0
    assert "\n1 run: 1 trained" in out
    assert (cards / "runs" / "cards" / "store.sqlite").exists()
    own[1] = f"cards/,{LITTLE}/little_topic.toml"
    code, out, _ = call(*own, "--main", "mine", "--out", "both")
    assert code == 0
    assert "3 runs: 3 trained" in out


def spoil_card(text):
    return lambda folder: (folder / "cards" / "mine.toml").write_text(text)


def spoil_data(raw):
    return lambda folder: (folder / "data" / "rows.tsv").write_bytes(raw)


GOOD = CARD.format(name="mine")


@pytest.mark.parametrize(
    ("spoil", "options", "says"),
    [
        (spoil_card(GOOD.replace("metric", "metrik")), [], "unknown field 'metrik'; did you mean"),
        (spoil_card(GOOD.replace("0.2", '"a fifth"', 1)), [], "field 'cut.dev': expected `float`"),
        (spoil_card(GOOD.replace("rows.tsv", "row.tsv")), [], "row.tsv: no such file"),
        (
            spoil_card(
                GOOD.replace("[cut]", f'[[files]]\npath = "rows.tsv"\nsha256 = "{"0" * 64}"\n[cut]')
            ),
            [],
            "wrong checksum: expected 000000000000…",
        ),
        (spoil_card(GOOD + "[options]\nlabel = 3\n"), [], "rows.tsv, line 1: expected at least 3"),
        (spoil_data(b"good \xff\xfe\tpos\n"), [], "rows.tsv, line 1: byte 0xff is not utf-8"),
        (spoil_card(GOOD.replace("test = 0.2", "")), [], "the test split is empty"),
        (spoil_data(ROWS.replace("neg", "pos").encode()), [], "found only 'pos'"),
        (
            lambda folder: None,
            ["--only", "nine"],
            "unknown task 'nine' in experiment cards; did you mean mine?",
        ),
        (lambda folder: None, ["--tasks", "chnk"], "unknown task 'chnk'; did you mean chunk?"),
        (
            lambda folder: (folder / "v.txt").write_text("a 1 2\nb 1\n"),
            ["--vectors", "v.txt"],
            "line 2: expected 2 values as in the first row, found 1",
        ),
        (
            lambda folder: (folder / "out").write_text("a file"),
            ["--out", "out"],
            "cannot be written",
        ),
        (
            lambda folder: [
                (folder / "out").mkdir(),
                (folder / "out" / "store.sqlite").write_bytes(b"no database " * 99),
            ],
            ["--out", "out"],
            "corrupt",
        ),
        (
            lambda folder: [
                (folder / "out").mkdir(),
                sqlite3.connect(folder / "out" / "store.sqlite")
                .execute("PRAGMA user_version = 99")
                .connection.close(),
            ],
            ["--out", "out"],
            "written by a newer taskrel",
        ),
    ],
)
def test_bad_input_is_one_clear_sentence_and_nothing_is_lost(call, cards, spoil, options, says):
    spoil(cards)
    before = {p: p.read_bytes() for p in cards.rglob("*") if p.is_file()}
    args = ["--tasks", "cards/", "--data", "data", "--steps", 2, "-q", "--jobs", 1]
    code, out, err = call(*args, *options)
    assert code == 2
    assert out == ""
    assert says in err
    assert err.startswith("taskrel run: ")
    assert err.count("\n") == 1
    assert {p: p.read_bytes() for p in before} == before


def test_failed_runs_give_exit_1_keep_the_others_and_are_retried(
    call, experiment, monkeypatch, caplog
):
    from taskrel.study.runs import execute

    real = execute.train
    with monkeypatch.context() as patch:
        patch.setattr(
            execute, "train", lambda tasks, *rest: real(tasks, *rest) if len(tasks) == 1 else 1 / 0
        )
        code, out, _ = call(experiment, "--jobs", 1)
    assert code == 1
    assert "9 runs: 6 trained, 0 from the store, 3 failed" in out
    assert "failed: fine + topic, seed 0: ZeroDivisionError: division by zero" in caplog.text
    assert call(experiment, "--jobs", 1, "-q")[0] == 1  # not tried again by itself
    code, out, _ = call(experiment, "--jobs", 1, "-q", "--retry-failed")
    assert code == 0
    assert "9 runs: 3 trained, 6 from the store, 0 failed" in out


def test_ctrl_c_says_how_to_go_on(call, experiment, monkeypatch):
    from taskrel.study.runs import execute

    real, calls = execute.train, []

    def interrupted(tasks, *rest):
        calls.append(tasks)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(tasks, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(execute, "train", interrupted)
        code, _, err = call(experiment, "--jobs", 1, "-q")
    assert code == 130
    assert "the same command goes on from there" in err
    assert "9 runs: 6 trained, 3 from the store, 0 failed" in call(experiment, "--jobs", 1, "-q")[1]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--steps", "abc"], "argument --steps: expected a whole number, found 'abc'"),
        (["--steps", "0"], "argument --steps: expected 1 or more (below 2^63), found 0"),
        (["--seeds", "-1"], "expected"),
        (["--seeds", str(2**63)], "argument --seeds: expected 0 or more (below 2^63)"),
        (["--tasks", ""], "argument --tasks: expected at least one name, found ''"),
        (["--only", ","], "argument --only: expected at least one name, found ','"),
        (["--main", ""], "unknown main task '' in experiment tiny"),
        (["--import", "none.gz", "--steps", "1"], "export none.gz: cannot be read"),
        (["--export", "/proc/none/x.gz"], "output folder /proc/none: cannot be written"),
    ],
)
def test_bad_options_are_refused_before_anything_is_trained(
    call, experiment, options, says, monkeypatch
):
    from taskrel.study.runs import execute

    monkeypatch.setattr(execute, "train", lambda *a: pytest.fail("trained"))
    code, out, err = call(experiment, *options, "-q", "--jobs", 1)
    assert code == 2
    assert out == ""
    assert says in err


def test_a_study_whose_every_run_fails_says_so(call, experiment, monkeypatch):
    from taskrel.study.runs import execute

    with monkeypatch.context() as patch:
        patch.setattr(execute, "train", lambda *a: 1 / 0)
        code, out, _ = call(experiment, "--jobs", 1, "-q")
    assert code == 1
    assert "9 runs: 0 trained, 0 from the store, 9 failed" in out


def test_what_failed_before_is_named_with_the_remedy(call, experiment, monkeypatch, caplog):
    from taskrel.study.runs import execute

    with monkeypatch.context() as patch:
        patch.setattr(execute, "train", lambda *a: 1 / 0)
        call(experiment, "--jobs", 1, "-q", "--single", "--seeds", 0)
    caplog.clear()
    assert call(experiment, "--jobs", 1, "--single", "--seeds", 0)[0] == 1
    assert "failed before: fine, seed 0: ZeroDivisionError: division by zero" in caplog.text
    assert "--retry-failed tries them again" in caplog.text
    dry = ["--dry-run", "--json", "-q", "--single", "--seeds", 0]
    for options, missing in ((dry, 0), ([*dry, "--retry-failed"], 2)):
        (row,) = json.loads(call(experiment, *options)[1])["dry_run"]
        assert row["to train"] == missing


def test_a_narrower_call_does_not_narrow_the_files(call, trained, tmp_path):
    files = [tmp_path / "runs" / "tiny" / f"{n}.csv" for n in ("gains", "summary", "features")]
    before = [f.read_text() for f in files]
    code, out, _ = call(trained, "--jobs", 1, "-q", "--only", "fine")
    assert code == 0
    assert "3 runs: 0 trained, 3 from the store" in out
    assert [f.read_text() for f in files] == before


def test_runs_move_by_export_and_import(call, trained, tmp_path):
    call(trained, "--jobs", 1, "-q", "--export", "moved/runs.jsonl.gz")
    code, out, _ = call(
        trained, "--jobs", 1, "-q", "--out", "other", "--import", "moved/runs.jsonl.gz"
    )
    assert code == 0
    assert "9 runs: 0 trained, 9 from the store" in out
    for name in ("gains", "summary", "features"):
        assert (tmp_path / "other" / f"{name}.csv").read_text() == (
            tmp_path / "runs" / "tiny" / f"{name}.csv"
        ).read_text()


PUBLISHED = (
    EXPERIMENT
    + """
[recipes.later]
like = "quick"
schedule = "sequential"
"""
)
PUBLISHED = PUBLISHED.replace(
    "\n[recipes.quick]",
    """
default = ["quick", "later"]
source = "made up"
runs = { pairs = [], groups = { both = ["topic", "fine"] } }
published = [
    { model = "a rule", task = "fine", baseline = "majority", scores = { accuracy = 0.25 } },
    { model = "alone", task = "fine", scores = { accuracy = 0.5, macro_f1 = 0.375 } },
    { model = "alone", task = "fine", recipe = "later" },
    { model = "together", task = "topic", group = "both", scores = { accuracy = 0.75 } },
    { model = "in turn", task = "topic", group = "both", recipe = "later" },
    { model = "together", task = ["fine", "topic"], group = "both", scores = { accuracy = 0.5 } },
]

[recipes.quick]""",
)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory):
    return trained_once(tmp_path_factory.mktemp("published"), PUBLISHED)


@pytest.fixture
def published(published_once, tmp_path):
    """A copy of the trained study, and its experiment."""
    shutil.copytree(published_once[0], tmp_path, dirs_exist_ok=True)
    return str(tmp_path / "tiny.toml")


@pytest.mark.slow
def test_scores_stand_beside_the_published_ones(call, published_once, published, tmp_path):
    out = published_once[1]
    assert "12 runs: 12 trained" in out  # per seed two alone, shared by the recipes, and one each
    assert "Test scores next to published ones" in out
    assert "\npublished: made up\n" in out
    assert "features.csv, comparison.csv: " in out
    folder = tmp_path / "runs" / "tiny"
    rows = pd.read_csv(folder / "comparison.csv")
    assert rows.model.tolist() == ["a rule"] * 2 + ["alone"] * 4 + ["together"] * 2 + [
        "in turn"
    ] * 2 + ["together"]
    document = json.loads(call(published, "--json", "-q")[1])
    assert [r["mean"] for r in document["comparison"]] == rows["mean"].tolist()
    assert document["comparison"][0]["low"] is None  # a rule has no interval
    mean = {(r.model, r.recipe, r.task, r.metric): r.mean for r in rows.itertuples()}
    test = [s for s in document["scores"] if s["split"] == "test" and s["metric"] == "accuracy"]

    def ours(recipe, task, *tasks):
        return [
            s["value"]
            for s in test
            if s["recipe"] == recipe and s["task"] == task and tuple(s["tasks"]) == tasks
        ]

    # The recipes share the run of one task, and each has its rows.
    alone = mean["alone", "quick", "fine", "accuracy"]
    assert alone == mean["alone", "later", "fine", "accuracy"]
    assert alone == pytest.approx(sum(ours("quick", "fine", "fine")) / 3)
    # A symmetric run has its tasks by name, a directed one as the group has them.
    assert mean["together", "quick", "topic", "accuracy"] == pytest.approx(
        sum(ours("quick", "topic", "fine", "topic")) / 3
    )
    assert mean["in turn", "later", "topic", "accuracy"] == pytest.approx(
        sum(ours("later", "topic", "topic", "fine")) / 3
    )
    for suffix in ("png", "csv"):
        assert (folder / "figures" / f"tiny-comparison.{suffix}").stat().st_size > 100


@pytest.mark.slow
def test_a_narrower_call_does_not_narrow_the_comparison(call, published, tmp_path):
    file = tmp_path / "runs" / "tiny" / "comparison.csv"
    before = file.read_text()
    for options in (["--only", "fine"], ["--single"], ["--seeds", 0]):
        code, out, _ = call(published, "--jobs", 1, "-q", *options)
        assert code == 0
        assert ", 0 failed" in out
        assert file.read_text() == before
    _, out, _ = call(published, "--jobs", 1, "-q", "--only", "fine")
    assert "because this call leaves out topic: together (topic), in turn (topic)" in out
    _, out, _ = call(published, "--jobs", 1, "-q", "--recipe", "quick")
    assert "because this call leaves out recipe later: alone (fine), in turn (topic)" in out


@pytest.mark.slow
def test_rows_whose_runs_failed_are_said(call, tmp_path, monkeypatch):
    from taskrel.study.runs import execute

    real = execute.train
    with monkeypatch.context() as patch:
        patch.setattr(
            execute, "train", lambda tasks, *rest: real(tasks, *rest) if len(tasks) == 1 else 1 / 0
        )
        code, out, _ = call(study_file(tmp_path, PUBLISHED), "--jobs", 1, "-q")
    assert code == 1
    assert "because no run has finished: together (topic), in turn (topic)" in out


@pytest.mark.slow
def test_without_published_scores_nothing_is_compared(call, trained, tmp_path):
    code, out, _ = call(trained, "--jobs", 1, "-q", "--single", "--seeds", 0)
    assert code == 0
    assert "published" not in out
    assert "comparison" not in out
    assert not list((tmp_path / "runs").rglob("*comparison*"))
    document = json.loads(call(trained, "--json", "-q", "--single", "--seeds", 0)[1])
    assert document["comparison"] == []


@pytest.mark.slow
def test_automated_auxiliaries_of_one_main_task(call, experiment, tmp_path):
    options = [
        experiment,
        "--main",
        "fine",
        "--aux",
        "auto:next_word,auto:missing_word",
        "--seeds",
        0,
        "--jobs",
        1,
        "-q",
    ]
    code, out, _ = call(*options, "--json")
    assert code == 0
    document = json.loads(out)
    # Alone the three, for their curves are features, and two pairs.
    assert document["runs"] == {"planned": 5, "trained": 5, "cached": 0, "failed": 0}
    assert [(g["main"], g["aux"]) for g in document["gains"]] == [
        ("fine", "fine:missing_word"),
        ("fine", "fine:next_word"),
    ]
    code, out, _ = call(*options)
    assert code == 0
    assert "5 runs: 0 trained, 5 from the store, 0 failed" in out
    features = pd.read_csv(tmp_path / "runs" / "tiny" / "features.csv").set_index("task")
    assert features.loc["fine:next_word", "size"] == 20
    # Another call goes on with the same store, and its gains stand beside these.
    call(experiment, "--seeds", 0, "--jobs", 1, "-q")
    gains = pd.read_csv(tmp_path / "runs" / "tiny" / "summary.csv")
    assert list(zip(gains.main, gains.aux, strict=True)) == [
        ("fine", "fine:missing_word"),
        ("fine", "fine:next_word"),
        ("fine", "topic"),
        ("topic", "fine"),
    ]


def test_only_the_asked_direction_of_a_symmetric_pair_is_shown(call, trained):
    _, out, _ = call(trained, "--aux", "topic", "--seeds", 0, "--jobs", 1, "-q", "--json")
    assert [(g["main"], g["aux"]) for g in json.loads(out)["gains"]] == [("fine", "topic")]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--aux", "auto:next_wrod"], "no automated task is called 'next_wrod'"),
        (["--aux", "fien"], "unknown task 'fien' in experiment tiny; did you mean fine?"),
        (
            ["--main", "fine:next_word"],
            "an automated task is an auxiliary only; did you mean fine?",
        ),
        (["--main", "fine", "--aux", "fine"], "main and auxiliary task are both 'fine'"),
    ],
)
def test_bad_auxiliaries(call, experiment, options, says):
    code, out, err = call(experiment, "-q", *options)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


SAID = (
    EXPERIMENT
    + """
[recipes.other]
like = "quick"
steps = 6
"""
)
SAID = SAID.replace(
    "\n[recipes.quick]",
    """
default = ["quick", "other"]
metrics = ["accuracy"]
published = [
    { model = "quick", task = "fine" },
    { model = "both", task = "fine", recipe = "other", group = "both" },
    { model = "by chance", task = "fine", baseline = "random" },
]
contrasts = [
    { name = "longer", task = "fine", a = { recipe = "other", group = "both" }, b = {} },
]
convergence = { reference = "quick", share = [0.5, 1.0] }

[runs]
pairs = []
groups = { both = ["topic", "fine"] }
against = "quick"

[recipes.quick]""",
)


@pytest.fixture(scope="module")
def said_once(tmp_path_factory):
    return trained_once(tmp_path_factory.mktemp("said"), SAID)


@pytest.fixture
def said(said_once, tmp_path):
    """A copy of the trained study, and its experiment."""
    shutil.copytree(said_once[0], tmp_path, dirs_exist_ok=True)
    return str(tmp_path / "tiny.toml")


@pytest.mark.slow
def test_gains_against_another_recipe_contrasts_and_convergence(call, said_once, said, tmp_path):
    out = said_once[1]
    assert "12 runs: 12 trained" in out  # per seed two alone under one recipe, and two groups
    assert "in percent of the main task's single-task score under recipe quick\n" in out
    assert "updates to 50 %" in out
    assert "updates to 100 %" in out
    assert "Contrasts on test: a − b, paired by seed" in out
    assert "random baseline: mean of 200 draws" in out
    assert "comparison.csv, convergence.csv, contrasts.csv: " in out
    folder = tmp_path / "runs" / "tiny"
    gains, compared, fast, contrasts = (
        pd.read_csv(folder / f"{name}.csv")
        for name in ("gains", "comparison", "convergence", "contrasts")
    )
    # One baseline for both recipes, seed by seed.
    stl = gains.pivot_table(index=["main", "seed"], columns="recipe", values="stl")
    assert (stl["quick"] == stl["other"]).all()
    assert len(stl) == 6
    of_fine = gains[(gains.recipe == "other") & (gains.main == "fine")]
    assert contrasts.difference.tolist() == pytest.approx([(of_fine.mtl - of_fine.stl).mean()])
    assert (compared[compared.model != "by chance"].steps_per_second > 0).all()
    chance = compared[compared.model == "by chance"].iloc[0]
    assert chance.low < chance["mean"] < chance.high
    assert fast[["model", "share", "n_seeds"]].values.tolist() == [
        ["quick", 0.5, 3],
        ["quick", 1.0, 3],
        ["both", 0.5, 3],
        ["both", 1.0, 3],
    ]
    for suffix in ("png", "csv"):
        assert (folder / "figures" / f"tiny-convergence.{suffix}").stat().st_size > 100
    document = json.loads(call(said, "--json", "-q")[1])
    assert [c["contrast"] for c in document["contrasts"]] == ["longer"]
    assert [c["share"] for c in document["convergence"]] == [0.5, 1.0, 0.5, 1.0]


@pytest.mark.slow
def test_a_call_without_some_recipes_does_not_narrow_what_is_said_of_them(call, said, tmp_path):
    files = [tmp_path / "runs" / "tiny" / f"{n}.csv" for n in ("convergence", "contrasts")]
    before = [f.read_text() for f in files]
    _, out, _ = call(said, "--jobs", 1, "-q", "--recipe", "quick")
    assert "this call leaves out recipe other; contrasts.csv is unchanged" in out
    for options in (["--recipe", "quick"], ["--only", "fine"], ["--single"], ["--seeds", 0]):
        assert call(said, "--jobs", 1, "-q", *options)[0] == 0
        assert [f.read_text() for f in files] == before
    # The baseline of a recipe is planned with it.
    code, out, _ = call(said, "--jobs", 1, "-q", "--recipe", "other", "--out", "anew")
    assert code == 0
    assert "9 runs: 9 trained" in out


@pytest.mark.slow
def test_other_tasks_leave_out_what_is_said_of_the_experiments_own(call, said, tmp_path):
    folder = tmp_path / "cards"
    folder.mkdir()
    for name in ("fine", "topic"):  # of the same names: of no group, though
        (folder / f"{name}.toml").write_text(CARD.format(name=name))
    (tmp_path / "rows.tsv").write_text(ROWS)
    code, out, _ = call(said, "--tasks", "cards", "--data", ".", "--seeds", 0, "--jobs", 1, "-q")
    assert code == 0
    assert "contrasts" not in out and "updates to" not in out


@pytest.mark.slow
def test_no_evidence_comes_from_gains_against_another_recipe(call, said, capsys):
    from taskrel.predict import main as predict

    options = ["--evidence", "runs/tiny", "--main", "fine", "--aux", "topic", "--recipe", "other"]
    assert predict(options) == 2
    assert (
        "recipe 'other' has no single-task runs, so its gains are relative to another"
        in capsys.readouterr().err
    )
