import json
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from made_study import write_study

from taskrel.cli.text.validation.report import text
from taskrel.io.paths import shipped
from taskrel.validate import main
from taskrel.validation import full_validation, validate
from taskrel.validation.by_size import by_size
from taskrel.validation.paper import tables
from taskrel.validation.paper.findings import FINDINGS

TASKS = ["ccg", "chunk", "mwe", "ner", "pos", "topic"]
HELPFUL = {"chunk", "ner", "pos"}
FEATURES = {
    t: {
        "size": 100.0 + i,
        "labels": 5.0 + i % 3,
        "tokens_per_type": 4.0 + i % 2,
        "oov_rate": float("nan"),
        "label_entropy": (2.0 if t in HELPFUL else 1.0) + i / 50,
        "frobenius": 30.0 + i % 4,
        "jsd": 0.2 + i / 100,
    }
    for i, t in enumerate(TASKS)
}
#: Another kind, so that figures within one kind exist.
INFO = {t: {"kind": "classification" if t in ("topic", "ner") else "tagging"} for t in TASKS}


def gain(main_, aux, seed):
    return 4 + seed if aux in HELPFUL else -4 - seed


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "made"
    write_study(folder, FEATURES, gain, info=INFO)
    return folder


@pytest.fixture(autouse=True, scope="module")
def quick():
    """Few shuffles, draws and resamples, in this process."""
    few = partial(validate.validate, repeats=1, draws=2, resamples=20)
    with pytest.MonkeyPatch.context() as patch:
        for name, n in (("RUNS", 4), ("SPLITS", 4), ("CHOICE_RUNS", 1), ("NESTED_RUNS", 1)):
            patch.setattr(tables, name, n)
        patch.setattr(
            full_validation,
            "validate",
            lambda evidence, jobs, seed: few(evidence, jobs=1, seed=seed),
        )
        patch.setattr(
            full_validation,
            "by_size",
            lambda data, jobs, seed: by_size(data, draws=2, jobs=1, seed=seed),
        )
        yield


def run(capsys, *argv):
    """Exit code, stdout and stderr of a call."""
    code = main([str(a) for a in argv])
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def answer(study, quick):
    """What one call printed, and its folder of files."""
    out = study.parent / "validation"
    with redirect_stdout(StringIO()) as printed:
        assert main(["--evidence", str(study), "--json", "--seed", "3", "--out", str(out)]) == 0
    return printed.getvalue(), out


@pytest.fixture(scope="module")
def document(answer):
    return json.loads(answer[0])


@pytest.mark.slow
def test_json(document):
    assert [*document][:4] == ["schema", "evidence", "n_tasks", "n_pairs"]
    assert (document["schema"], document["n_tasks"], document["n_pairs"]) == (1, 6, 30)
    assert document["settings"]["seed"] == 3
    assert {
        "random_pairs",
        "leave_main_out",
        "leave_aux_out",
        "leave_both_out",
        "leave_family_out",
    } == set(document["protocols"])
    assert {"value", "low", "high"} == set(
        document["protocols"]["leave_family_out"]["ranker"]["spearman"]
    )
    assert [row["model"] for row in document["table_3"]] == [
        "majority",
        "all_features",
        "best_data",
        "best_combined",
    ]
    assert document["table_4"][0].keys() == {"feature", "mean", "low", "high", "published"}
    assert [row["finding"] for row in document["findings"]] == [*FINDINGS]
    assert document["verdict"]["text"]


def block(shown, first):
    """The paragraph or table that starts with these words."""
    return next(b for b in shown.split("\n\n") if b.startswith(first))


@pytest.mark.slow
def test_text_fits_and_ends_with_the_verdict(document):
    shown = text(document)
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 120
    assert " ".join(shown.split("\n\n")[0].split()).startswith(
        f"{document['evidence']}: 6 tasks of 6 families, 30 measured pairs. 50 % of the pairs gain."
    )
    for protocol, about in document["about"].items():
        assert f"{protocol}: {about}" in lines
        assert f"{protocol}, auxiliaries of main's kind only: {about}" in lines
    assert "leave_family_out: scores of 'ranker' minus scores of each baseline" in shown
    assert shown.split("\n\n")[-1].startswith("Verdict: For a main task of a new family")
    for finding in FINDINGS:
        assert any(line[4:] == finding for line in lines)
    assert "NaN" not in shown and "nan" not in shown


@pytest.mark.slow
def test_every_model_is_explained_and_no_column_is_printed_by_its_name(document):
    shown = text(document)
    rows = [line.split() for line in block(shown, "Compared models").splitlines()[3:]]
    assert {row[-1] for row in rows} == set(document["protocols"]["leave_family_out"])
    assert all(len(row) > 3 for row in rows)
    columns = {row["feature"] for row in document["table_4"]}
    assert "main_label_entropy" in columns
    rest = shown.replace(block(shown, "Compared models"), "")  # has keys of models: main_size
    assert not columns & set(rest.replace(",", " ").split())
    assert "label entropy (main)" in shown


@pytest.mark.slow
def test_groups_of_features_are_compared_with_noise_and_the_auxiliarys_mean(document):
    figure = document["differences"]["leave_family_out"]["pair_features"]["aux_mean"]["spearman"]
    lines = block(text(document), "leave_family_out: groups of features").splitlines()
    head, row = (line for line in lines if line.startswith(("model", "pair features")))
    assert "Spearman − aux mean gain" in head
    assert f"{figure['value']:+.2f}" in row
    older = {
        p: {k: v for k, v in models.items() if k != "pair_features"}
        for p, models in document["differences"].items()
    }
    shown = block(text(document | {"differences": older}), "leave_family_out: groups of features")
    assert "pair features" not in shown


@pytest.mark.slow
def test_scores_with_fewer_tasks(document, answer):
    (row,) = document["by_size"]
    assert (row["n_tasks"], row["n_draws"]) == (6, 1)
    of_all = document["protocols"]["leave_family_out"]["ranker"]["spearman"]["value"]
    assert row["ranker"]["value"] == pytest.approx(of_all, abs=1e-6)
    figure = {"value": 0.25, "low": -0.5, "high": 1.0}
    drawn = {
        "n_tasks": 3.4,
        "n_draws": 2,
        "ranker": figure,
        "no_features": figure,
        "difference": figure,
    }
    shown = text(document | {"by_size": [drawn, row]})
    lines = block(shown, "leave_family_out: Spearman with fewer tasks").splitlines()
    assert lines[3].split() == [
        "3",
        "2",
        "0.25",
        "[-.50,",
        "1.00]",
        "0.25",
        "[-.50,",
        "1.00]",
        "+0.25",
        "[-.50,",
        "1.00]",
    ]
    assert lines[4].split()[:3] == ["6", "1", f"{of_all:.2f}"]
    older = {k: v for k, v in document.items() if k != "by_size"}
    assert "fewer tasks" not in text(older)
    table = pd.read_csv(answer[1] / "by_size.csv")
    assert list(table.model) == ["ranker", "no_features", "difference"]
    assert table.value[0] == pytest.approx(of_all, abs=1e-6)


@pytest.mark.slow
def test_scores_by_level_of_the_labels(document):
    figure = document["by_unit"]["token"]["ranker"]["spearman"]
    lines = block(
        text(document), "leave_family_out, by level of the main task's labels"
    ).splitlines()
    head, row = (line for line in lines if line.startswith(("model", "ranker")))
    assert head.index("Spearman, token-level") < head.index("Spearman, text-level")
    assert f"{figure['value']:.2f} [" in row
    older = {k: v for k, v in document.items() if k != "by_unit"}
    assert "by level of the main task's labels" not in text(older)


@pytest.mark.slow
def test_interval_and_probability_of_known_and_new_tasks(document):
    assert document["new_interval"] is document["new_probability"] is None  # no encoder features
    own = {
        "interval": {
            "level": 0.8,
            "n": 30,
            "coverage": 0.9,
            "low": 0.71,
            "high": 0.97,
            "width": 7.25,
            "by_main": {"mwe": 0.4, "pos": 1.0},
        },
        "probability": {"gap": 0.25, "low": 0.1, "high": 0.333, "chance": 0.12, "by_main": {}},
        "new_interval": document["interval"] | {"coverage": None, "by_main": {}},
        "new_probability": {"gap": 0.456, "low": 0.2, "high": 0.5, "by_main": {}},  # no chance
    }
    title = "leave_family_out: 80 % prediction interval of the gain, and P(gain) of a main task"
    lines = block(text(document | own), title).splitlines()
    assert [[cell.strip() for cell in line.split("  ") if cell] for line in lines[3:5]] == [
        ["of the evidence", "30", "90 % [71, 97]", "40–100 %", "7.2", "0.25 [.10, .33]", "0.12"],
        ["new", str(document["interval"]["n"]), "–", "–", "–", "0.46 [.20, .50]", "–"],
    ]
    assert " ".join(lines[5:]).startswith("gains inside: share of the measured gains that")
    lines = block(text(document), title).splitlines()
    assert not any(line.startswith("new") for line in lines)
    none = dict.fromkeys(("interval", "new_interval", "probability", "new_probability"))
    assert "prediction interval" not in text(document | none)


@pytest.mark.slow
def test_a_row_of_scores_in_numbers(document):
    figures = document["protocols"]["leave_family_out"]["all_features"]
    lines = block(
        text(document), "leave_family_out: no task of the main task's family"
    ).splitlines()
    row = next(line for line in lines if line.startswith("paper features"))
    assert row.split()[2] == f"{figures['accuracy']['value']:.2f}"
    assert f" {figures['brier']['value']:.2f} " in row


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        ((0.476, -0.108, 1.0), "0.48 [-.11, 1.00]"),
        ((-0.5, -0.004, 0.0), "-0.50 [.00, .00]"),
        ((12.5, 10.05, 0.999), "12.50 [10.05, 1.00]"),
        ((0.5, None, None), "0.50"),
    ],
)
@pytest.mark.slow
def test_intervals_are_short(document, figure, shown):
    value = dict(zip(("value", "low", "high"), figure, strict=True))
    models = {"full": dict.fromkeys(document["protocols"]["random_pairs"]["full"], value)}
    changed = document | {"protocols": {"random_pairs": models}}
    assert f"P(gain)  {shown} " in text(changed)


@pytest.mark.slow
def test_without_the_papers_features(document):
    shown = text(
        document | {"table_3": [], "table_4": [], "within_kind": None, "noise_ceiling": None}
    )
    assert "Table 3" not in shown
    assert "main's kind only" not in shown
    assert "the seed noise of the gains is unknown" in " ".join(shown.split())


@pytest.mark.slow
def test_files(answer):
    printed, out = answer
    assert (out / "validation.json").read_text(encoding="utf-8") == printed
    document = json.loads(printed)
    scores = pd.read_csv(out / "scores.csv").set_index(["scope", "protocol", "model", "score"])
    for protocol, models in document["protocols"].items():
        for model, figures in models.items():
            for score, figure in figures.items():
                key = ("protocols", protocol, model, score)
                assert (key in scores.index) == (figure is not None)
                if figure:
                    assert scores.loc[key, "value"] == figure["value"]
    key = ("main text-level", "leave_family_out", "ranker", "ndcg")
    assert scores.loc[key, "value"] == document["by_unit"]["text"]["ranker"]["ndcg"]["value"]
    assert len(pd.read_csv(out / "table_4.csv")) == len(document["table_4"])
    assert {p.name for p in out.iterdir()} == {
        "validation.json",
        "scores.csv",
        "differences.csv",
        "reliability.csv",
        "findings.csv",
        "table_3.csv",
        "table_4.csv",
        "by_size.csv",
    }


@pytest.mark.slow
def test_the_command_prints_text_and_writes_files_and_pictures(study, tmp_path, capsys):
    out, figures = tmp_path / "out", tmp_path / "figures"
    code, shown, _ = run(capsys, "--evidence", study, "--out", out, "--figures", figures)
    assert code == 0
    assert max(map(len, shown.splitlines())) <= 120
    document = json.loads((out / "validation.json").read_text(encoding="utf-8"))
    assert shown == text(document) + "\n"
    curves = pd.read_csv(figures / "made, recipe short-cost-regret.csv")
    assert {"ranker", "P(gain)"} < set(curves["model"])
    assert {p.suffix for p in figures.iterdir()} == {".png", ".csv"}


def shipped_copy(folder: Path, change) -> Path:
    """The published evidence with its task table changed."""
    shutil.copytree(shipped("experiments") / "bingel2017", folder)
    table = pd.read_csv(folder / "tasks.csv")
    change(table).to_csv(folder / "tasks.csv", index=False)
    return folder


def with_infinity(table):
    table.loc[table["task"] == "mwe", "oov_rate"] = float("inf")
    return table


BAD = {
    "non-finite value": (
        lambda f: shipped_copy(f, with_infinity),
        ["tasks.csv, line 8", "column 'oov_rate'", "inf"],
    ),
    "missing feature": (
        lambda f: shipped_copy(f, lambda t: t.drop(columns="jsd")),
        ["tasks.csv", "jsd"],
    ),
    "a single task": (lambda f: shipped_copy(f, lambda t: t[:1]), ["two tasks or more, found 1"]),
    "a study of one": (
        lambda f: write_study(f, {"mwe": FEATURES["mwe"]}, gain),
        ["no pair has been trained"],
    ),
    "one class": (
        lambda f: write_study(f, FEATURES, lambda *_: 3, seeds=[0]),
        ["all 30 measured pairs are gains"],
    ),
    "no pair": (
        lambda f: write_study(f, FEATURES, gain, seeds=[0], pairs=False),
        ["no pair has been trained"],
    ),
    "nothing there": (lambda f: f.mkdir(), ["the folder has no evidence.json"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_evidence(case, tmp_path, capsys):
    make, says = BAD[case]
    folder = tmp_path / "evidence"
    make(folder)
    code, out, err = run(capsys, "--evidence", folder, "-q")
    assert (code, out) == (2, "")
    assert err.startswith("taskrel validate: ")
    assert err.count("\n") == 1
    for part in says:
        assert part in err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--evidence", "bingle2017"], "unknown evidence 'bingle2017'"),
        (["--evidence", "bingle2017"], "did you mean bingel2017?"),
        (["--evidence", "bingel2017", "--recipe", "50k_10k"], "did you mean 50k_100k"),
    ],
)
def test_bad_names(argv, says, capsys):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize("argv", [["--jobs", "0"], ["--seed", "-1"], ["--seed", "x"], ["extra"]])
def test_bad_usage(argv, capsys):
    with pytest.raises(SystemExit) as e:
        main(argv)
    assert e.value.code == 2


def test_cached_shows_the_validation_in_the_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(full_validation, "validate", None)  # nothing is computed
    kept = json.loads((shipped("experiments") / "bingel2017" / "validation.json").read_text())
    code, out, _ = run(
        capsys, "--evidence", "bingel2017", "--cached", "--json", "--out", tmp_path / "out"
    )
    assert code == 0
    assert json.loads(out) == kept
    assert (tmp_path / "out" / "validation.json").exists()
    assert run(capsys, "--evidence", "bingel2017", "--cached")[1] == text(kept) + "\n"


def no_validation(folder):
    (folder / "validation.json").unlink()


def another_validation(folder):
    shutil.copy(shipped("experiments") / "planted_map" / "validation.json", folder)


def of_other_gains(folder):
    path = folder / "validation.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"evidence_digest": "0" * 64}))


def torn_validation(folder):
    (folder / "validation.json").write_text('{"n_tasks": 10')


@pytest.mark.parametrize(
    ("change", "options", "says"),
    [
        (no_validation, [], "it has no validation.json"),
        (
            another_validation,
            [],
            "it validates 182 measured pairs of 14 tasks, but the evidence next to it has 90 pairs of "
            "10 tasks",
        ),
        (torn_validation, [], "cannot be read as JSON"),
        (of_other_gains, [], "it validates other evidence than the tables next to it"),
        (lambda f: None, ["--recipe", "25k_50k"], "it has no validation.json"),
        (lambda f: None, ["--figures", "figures"], "--figures needs predictions"),
    ],
)
def test_cached_refuses(change, options, says, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "evidence"
    shutil.copytree(shipped("experiments") / "bingel2017", folder)
    change(folder)
    code, out, err = run(capsys, "--evidence", folder, "--cached", *options)
    assert (code, out) == (2, "")
    assert says in err


def test_ctrl_c(study, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(full_validation, "validate", interrupted)
    code, out, err = run(capsys, "--evidence", study)
    assert (code, out) == (130, "")
    assert "taskrel validate: interrupted" in err


def test_help_imports_nothing_heavy():
    program = (
        "import sys; from taskrel.validate import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'numpy', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "--evidence" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
