import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest
from made_study import write_study

from taskrel.meta.evidence.files import write_evidence
from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.features.names import TASK_FEATURES
from taskrel.meta.predictor.file import NAME, digest, find_predictor, save_predictor
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.predict import main
from taskrel.recommendation import question as recommend_module
from taskrel.training.recipes.recipe import Recipe

TASKS = ["ccg", "chunk", "frames", "mwe", "ner", "pos", "topic"]
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
VALIDATION = {"protocol": "leave_family_out", "text": "as good as made-up evidence can be"}
KEYS = ["probability", "gain", "low", "high", "score", "verdict", "measured", "reasons", "warnings"]


def gain(main_, aux, seed):
    return 4 + seed if aux in HELPFUL else -4 - seed


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "made"
    write_study(folder, FEATURES, gain)
    # A second recipe, the last used one, with a single seed.
    write_study(folder, FEATURES, gain, seeds=[0], recipe=Recipe(steps=5), name="quick")
    return str(folder)


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    """An evidence folder with its predictor, as shipped."""
    path = tmp_path_factory.mktemp("evidence") / "made"
    write_evidence(find_evidence(study, "short"), path)
    save_predictor(GainPredictor().fit(find_evidence(path)), path / NAME, VALIDATION)
    return path


@pytest.fixture(scope="module", autouse=True)
def read_once(study):
    """The study, which no test changes, is read once under each of its recipes."""
    kept = {}

    def read(name, recipe):
        if name != study or recipe not in (None, "short"):
            return find_evidence(name, recipe)
        if recipe not in kept:
            kept[recipe] = find_evidence(name, recipe)
        return kept[recipe]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recommend_module, "find_evidence", read)
        yield


@pytest.fixture(scope="module", autouse=True)
def fitted_once():
    """A predictor is fitted once to a study, whichever test asks it; folders have their own."""
    kept = {}

    def found(evidence):
        if evidence.folder is not None:
            return find_predictor(evidence)
        key = digest(evidence)
        if key not in kept:
            kept[key] = find_predictor(evidence)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recommend_module, "find_predictor", found)
        yield


def run(capsys, *argv):
    """Exit code, stdout and stderr of a call."""
    code = main([str(a) for a in argv])
    return code, *capsys.readouterr()


def test_one_pair_as_json(folder, capsys):
    code, out, err = run(capsys, "--evidence", folder, "--main", "mwe", "--aux", "chunk", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert list(document) == [
        "schema",
        "main",
        "aux",
        *KEYS[:-1],
        "evidence",
        "validation",
        "warnings",
        "advice",
    ]
    assert document["advice"]["kind"] == "measured"
    assert (document["schema"], document["main"], document["aux"]) == (1, "mwe", "chunk")
    assert document["evidence"] == "made, recipe short"
    assert document["validation"] == VALIDATION
    assert 0.5 < document["probability"] < 1
    assert 0 < document["low"] < document["gain"] < document["high"]
    assert document["verdict"] == "likely gain"
    measured = document["measured"]
    assert list(measured) == ["gain", "low", "high", "n_seeds"]
    assert measured["gain"] == pytest.approx(5)
    assert measured["low"] < 5 < measured["high"]
    assert measured["n_seeds"] == 3
    assert len(document["reasons"]) == 5
    strongest = document["reasons"][0]
    assert list(strongest) == ["feature", "value", "contribution"]
    assert strongest["feature"] == "is_chunk"
    assert strongest["value"] == 1
    assert strongest["contribution"] > 0
    assert all(isinstance(w, str) for w in document["warnings"])


def test_a_ranking_as_json(study, capsys):
    code, out, _ = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "all", "--json")
    document = json.loads(out)
    assert code == 0
    assert list(document) == ["schema", "main", "evidence", "validation", "predictions", "advice"]
    assert list(document["advice"]) == ["kind", "aux", "avoid", "ranks", "text"]
    assert document["evidence"] == "made, recipe quick"
    assert document["validation"] == {}  # a study has none
    predictions = document["predictions"]
    assert {p["aux"] for p in predictions[:3]} == HELPFUL
    assert len(predictions) == 6
    assert all(list(p) == ["aux", *KEYS] for p in predictions)
    # one seed has no interval, which is null and not NaN
    assert predictions[0]["measured"]["low"] is None
    assert "NaN" not in out


@pytest.mark.slow
def test_a_study_and_its_evidence_folder_answer_alike(study, folder, capsys):
    answers = [
        json.loads(
            run(
                capsys,
                "--evidence",
                evidence,
                "--recipe",
                "short",
                "--main",
                "mwe",
                "--aux",
                "pos",
                "--json",
            )[1]
        )
        for evidence in (study, folder)
    ]
    assert {**answers[0], "validation": VALIDATION} == answers[1]


def test_without_a_name_the_best_shipped_evidence_answers(capsys):
    code, out, _ = run(capsys, "--main", "pos", "--aux", "ccg", "--json")
    assert code == 0
    assert json.loads(out)["evidence"] == "token_transfer"


def test_a_ranking_as_a_table(folder, capsys):
    code, out, err = run(capsys, "--evidence", folder, "--main", "mwe", "--aux", "all")
    lines = out.splitlines()
    assert code == 0
    assert err == (
        "warning: Out of the evidence's feature range, and clipped to it: "
        f"{TASK_FEATURES['frobenius']} (main).\n"
    )
    best = lines[5].split()[0]
    assert lines[0].startswith("Train mwe with ") and best in HELPFUL
    assert ": measured gain +5.00 % [" in lines[0]
    assert "Avoid " in " ".join(lines[:3]) and "a loss is likely." in " ".join(lines[:3])
    assert lines[3].split("  ")[0] == "aux"
    assert {line.split()[0] for line in lines[5:8]} == HELPFUL
    for line in lines[5:8]:
        assert "likely gain" in line
        assert "+5.00" in line
        assert "+ effect on other tasks" in line
    assert "likely loss" in lines[10]
    assert "− effect on other tasks" in lines[10] and "(main)" not in lines[10]
    assert " ".join(out.split("\n\n")[-1].split()) == (
        "Reasons: what moves an auxiliary up (+) or down (−) in this ranking. Probe: a linear "
        "classifier of the main task's labels on the auxiliary's encoder. "
        "gain %: expected change of mwe's test score, with an 80 % prediction interval. "
        "measured %: from runs of the pair itself, with a 95 % interval. The prediction was made "
        "without them. Validation: as good as made-up evidence can be Evidence made, recipe short: "
        "42 measured pairs of 7 tasks, in joint training, with a BiLSTM."
    )


def test_one_pair_as_a_table(study, capsys):
    code, out, _ = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "pos")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith("Train mwe with pos: expected gain +")
    assert [line.split()[0] for line in lines[2:5:2]] == ["aux", "pos"]
    assert sum(line.startswith(("+ ", "− ")) for line in lines) == 5
    assert any(line.startswith("+ effect of pos on other main tasks (aux)") for line in lines)
    assert "Evidence made, recipe quick: 42 measured pairs of 7 tasks" in out
    assert "Validation" not in out


def test_some_auxiliaries_are_ranked(study, capsys):
    code, out, _ = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "ccg,pos", "--json")
    assert code == 0
    assert [p["aux"] for p in json.loads(out)["predictions"]] == ["pos", "ccg"]


NEW = "mwe:next_word"


@pytest.fixture
def automated(monkeypatch):
    """Stands in for training mwe:next_word: the tasks asked for, which look like "pos"."""
    asked = []

    def joined(evidence, names, workspace):
        asked.extend(names)
        rename = {"pos": NEW}
        pairs = evidence.pairs.rename(index=rename)
        new = [("pos" in (m, a)) for m, a in evidence.pairs.index]
        return replace(
            evidence,
            tasks=pd.concat([evidence.tasks, evidence.tasks.loc[["pos"]].rename(rename)]),
            about=pd.concat([evidence.about, evidence.about.loc[["pos"]].rename(rename)]),
            pairs=pd.concat([evidence.pairs, pairs[new]]),
        )

    monkeypatch.setattr("taskrel.recommendation.new_tasks.with_new_tasks", joined)
    return asked


@pytest.mark.parametrize(
    ("aux", "ranked"),
    [
        ("auto:next_word", [NEW]),
        (NEW, [NEW]),
        (f"{NEW},auto:next_word", [NEW]),
        ("auto:next_word,pos", [NEW, "pos"]),
        ("all,auto:next_word", [*TASKS, NEW]),
    ],
)
def test_automated_tasks_are_candidates(study, automated, aux, ranked, capsys):
    code, out, _ = run(capsys, "--evidence", study, "--main", "mwe", "--aux", aux, "--json")
    document = json.loads(out)
    assert code == 0
    assert automated == [NEW]
    answers = document["predictions"] if len(ranked) > 1 else [document]
    assert {a["aux"] for a in answers} == set(ranked) - {"mwe"}
    says = (
        "Evidence made, recipe quick has no automated task, so the answer about this one is an "
        "extrapolation."
    )
    assert [a["aux"] for a in answers if says in a["warnings"]] == [NEW]


def test_an_automated_task_without_its_corpus(study, tmp_path, capsys):
    code, out, err = run(
        capsys,
        "--evidence",
        study,
        "--main",
        "mwe",
        "--aux",
        "auto:next_word",
        "--data",
        tmp_path,
        "-q",
    )
    assert (code, out) == (2, "")
    assert err.startswith("taskrel predict: card mwe: ")
    assert "no such file" in err
    assert err.count("\n") == 1


@pytest.mark.slow
def test_a_warning_about_some_auxiliaries_names_them(tmp_path, capsys):
    write_study(tmp_path, FEATURES | {"pos": {}}, gain, seeds=[0])
    code, out, err = run(capsys, "--evidence", tmp_path, "--main", "mwe", "--aux", "all")
    assert code == 0
    said = [w for w in err.splitlines() if w.startswith("warning: pos: ")]
    assert any(
        w.startswith(
            f"warning: pos: pos has no {TASK_FEATURES['size']}, {TASK_FEATURES['labels']}, "
            f"{TASK_FEATURES['tokens_per_type']} or 3 other features. The evidence's median is used"
        )
        for w in said
    )
    assert "warning: chunk" not in err
    assert "nan" not in out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read as JSON (Input data was truncated); get the file again"),
        ('{"schema": 1, "evidence": "0000"}', "field 'validation' is missing; get the file again"),
        ('{"schema": 9}', "field 'schema': expected 1, found 9; update taskrel"),
    ],
)
def test_a_damaged_predictor(folder, tmp_path, content, says, capsys):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / NAME).write_text(content)
    code, out, err = run(capsys, "--evidence", tmp_path, "--main", "mwe", "--aux", "pos")
    assert (code, out) == (2, "")
    assert err.startswith(f"taskrel predict: {tmp_path / NAME}: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (
            ["--main", "mew", "--aux", "pos"],
            "task 'mew' is not in evidence made, recipe quick and has no card; did you mean mwe?",
        ),
        (["--main", "mwe", "--aux", "poss"], "task 'poss' is not in evidence made, recipe quick"),
        (
            ["--main", "mwe", "--aux", "mwe"],
            "main and auxiliary task are both 'mwe'; name two tasks",
        ),
        (["--main", "mwe", "--aux", "mwe,pos"], "main and auxiliary task are both 'mwe'"),
        (["--main", "mwe", "--aux", "auto:next_wrod"], "no automated task is called 'next_wrod'"),
        (["--main", "mwe:next_word", "--aux", "pos"], "is an auxiliary only; did you mean mwe?"),
        (["--main", "mwe", "--aux", "pos", "--recipe", "shortt"], "did you mean short?"),
    ],
)
def test_bad_names(study, argv, says, capsys):
    code, out, err = run(capsys, "--evidence", study, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("taskrel predict: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("gains", "pairs", "says"),
    [
        (lambda *_: 3, True, "all 6 measured pairs to learn from are gains"),
        (lambda *_: -3, True, "all 6 measured pairs to learn from are without a gain"),
        (gain, False, "no pair has been trained"),
    ],
)
@pytest.mark.parametrize("aux", ["pos", "all"])
def test_evidence_that_cannot_answer(tmp_path, gains, pairs, says, aux, capsys):
    few = {t: FEATURES[t] for t in ("chunk", "mwe", "pos")}
    write_study(tmp_path, few, gains, seeds=[0], pairs=pairs)
    code, out, err = run(capsys, "--evidence", tmp_path, "--main", "mwe", "--aux", aux)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_no_evidence(tmp_path, capsys):
    for name, says in (
        (tmp_path, f"evidence {tmp_path}: the folder has no evidence.json and no store.sqlite"),
        ("bingel2071", "unknown evidence 'bingel2071'"),
    ):
        code, out, err = run(capsys, "--evidence", name, "--main", "a", "--aux", "b")
        assert (code, out) == (2, "")
        assert err.startswith(f"taskrel predict: {says}")
        assert err.count("\n") == 1
    assert "did you mean bingel2017?" in err


def test_ctrl_c(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(recommend_module, "find_evidence", interrupted)
    code, _, err = run(capsys, "--evidence", "x", "--main", "a", "--aux", "b")
    assert (code, err) == (
        130,
        "\ntaskrel predict: interrupted; the same command goes on with what is missing\n",
    )


def imported(*argv):
    """Output of the command in a process of its own, and which heavy packages it imported."""
    program = (
        "import sys; from taskrel.predict import main\n"
        f"try: main({[str(a) for a in argv]!r})\n"
        "except SystemExit: pass\n"
        "print(*sorted({'torch', 'numpy', 'pandas', 'scipy', 'sklearn', 'statsmodels', "
        "'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    return "\n".join(lines[:-1]), lines[-1]


def test_help_imports_nothing_heavy():
    text, heavy = imported("--help")
    assert "--evidence" in text
    assert heavy == ""


def test_an_answer_from_saved_coefficients_waits_for_no_statistics(folder):
    text, heavy = imported("--evidence", folder, "--main", "mwe", "--aux", "all")
    assert "likely gain" in text
    assert heavy == "numpy pandas"
