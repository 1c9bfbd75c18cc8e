import json
import subprocess
import sys

import pytest
from made_study import write_study

from taskrel.meta import evidence
from taskrel.predict import main
from taskrel.training.recipe import Recipe

TASKS = ["ccg", "chunk", "frames", "mwe", "ner", "pos", "topic"]
HELPFUL = {"chunk", "ner", "pos"}
FEATURES = {t: {"size": 100.0 + i, "labels": 5.0 + i % 3, "tokens_per_type": 4.0 + i % 2,
                "oov_rate": float("nan"), "label_entropy": (2.0 if t in HELPFUL else 1.0) + i / 50,
                "frobenius": 30.0 + i % 4, "jsd": 0.2 + i / 100} for i, t in enumerate(TASKS)}


def gain(main_, aux, seed):
    return 4 + seed if aux in HELPFUL else -4 - seed


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "made"
    write_study(folder, FEATURES, gain)
    # A second recipe, the last used one, with a single seed.
    write_study(folder, FEATURES, gain, seeds=[0], recipe=Recipe(steps=5), name="quick")
    return str(folder)


def run(capsys, *argv):
    """Exit code, stdout and stderr of a call."""
    code = main([str(a) for a in argv])
    return code, *capsys.readouterr()


def test_one_pair_as_json(study, capsys):
    code, out, err = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "chunk",
                         "--recipe", "short", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert list(document) == ["schema", "main", "aux", "probability", "measured", "reasons",
                              "evidence", "warnings"]
    assert (document["schema"], document["main"], document["aux"]) == (1, "mwe", "chunk")
    assert document["evidence"] == "made, recipe short"
    assert 0.5 < document["probability"] < 1
    assert document["measured"]["gain"] == pytest.approx(5)
    assert document["measured"]["low"] < 5 < document["measured"]["high"]
    assert document["measured"]["n_seeds"] == 3
    assert len(document["reasons"]) == 5
    assert document["reasons"][0].keys() == {"feature", "value", "contribution"}
    assert document["reasons"][0]["feature"] == "aux_label_entropy"
    assert document["reasons"][0]["value"] == pytest.approx(2.02)
    assert document["reasons"][0]["contribution"] > 0
    assert all(isinstance(w, str) for w in document["warnings"])


def test_a_ranking_as_json(study, capsys):
    code, out, _ = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "all", "--json")
    document = json.loads(out)
    assert code == 0
    assert list(document) == ["schema", "main", "evidence", "predictions"]
    predictions = document["predictions"]
    assert {p["aux"] for p in predictions[:3]} == HELPFUL
    assert len(predictions) == 6
    probabilities = [p["probability"] for p in predictions]
    assert probabilities == sorted(probabilities, reverse=True)
    assert predictions[0].keys() == {"aux", "probability", "measured", "reasons", "warnings"}
    # one seed has no interval, which is null and not NaN
    assert predictions[0]["measured"]["low"] is None
    assert "NaN" not in out


def test_tables(study, capsys):
    code, out, err = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "all",
                         "--recipe", "short")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == ("which auxiliary helps mwe? evidence: made, recipe short; 7 tasks, "
                        "42 measured pairs, of which 43% have a mean gain above 0")
    assert lines[2].split("  ")[0] == "aux"
    assert {line.split()[0] for line in lines[4:7]} == HELPFUL
    assert "5.00" in lines[4]
    assert "+ high label entropy (aux)" in lines[4]
    assert "− low label entropy (aux)" in lines[-1]
    assert err == ("warning: the recipe treats both tasks alike: the reverse pair's gain comes "
                   "from the same runs, and was learned from\n")
    code, one, _ = run(capsys, "--evidence", study, "--main", "mwe", "--aux", "pos")
    assert code == 0
    assert [line.split()[0] for line in one.splitlines()[2:5:2]] == ["aux", "pos"]
    assert "+ high label entropy (aux)" in one


def test_a_warning_about_some_auxiliaries_names_them(tmp_path, capsys):
    write_study(tmp_path, FEATURES | {"pos": {}}, gain, seeds=[0])
    _, _, err = run(capsys, "--evidence", tmp_path, "--main", "mwe", "--aux", "all")
    (warning,) = [w for w in err.splitlines() if "smaller model" in w]
    assert warning.startswith("warning: pos: pos has no size, labels, tokens_per_type, "
                              "label_entropy, frobenius, jsd: answered by the smaller model")


@pytest.mark.parametrize(("argv", "says"), [
    (["--main", "mew", "--aux", "pos"],
     "task 'mew' is not in evidence made, recipe quick; did you mean mwe?"),
    (["--main", "mwe", "--aux", "poss"], "task 'poss' is not in evidence"),
    (["--main", "mwe", "--aux", "mwe"], "main and auxiliary task are both 'mwe'"),
    (["--main", "mwe", "--aux", "pos", "--recipe", "shortt"], "did you mean short?"),
])
def test_bad_names(study, argv, says, capsys):
    code, out, err = run(capsys, "--evidence", study, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("predict: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("gains", "pairs", "says"), [
    (lambda *_: 3, True, "all 6 measured pairs are gains"),
    (lambda *_: -3, True, "all 6 measured pairs are without a gain"),
    (gain, False, "no pair has been trained"),
])
@pytest.mark.parametrize("aux", ["pos", "all"])
def test_evidence_that_cannot_answer(tmp_path, gains, pairs, says, aux, capsys):
    few = {t: FEATURES[t] for t in ("chunk", "mwe", "pos")}
    write_study(tmp_path, few, gains, seeds=[0], pairs=pairs)
    code, out, err = run(capsys, "--evidence", tmp_path, "--main", "mwe", "--aux", aux)
    assert (code, out) == (2, "")
    assert says in err


def test_no_store(tmp_path, capsys):
    code, _, err = run(capsys, "--evidence", tmp_path, "--main", "a", "--aux", "b")
    assert code == 2
    assert err == f"predict: store {tmp_path / 'store.sqlite'}: no such file; run_pairs makes one\n"


def test_ctrl_c(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(evidence, "evidence_from_store", interrupted)
    code, _, err = run(capsys, "--evidence", "x", "--main", "a", "--aux", "b")
    assert (code, err) == (130, "\npredict: interrupted\n")


def test_help_imports_nothing_heavy():
    program = ("import sys; from taskrel.predict import main\n"
               "try: main(['--help'])\n"
               "except SystemExit: pass\n"
               "print(sorted({'torch', 'numpy', 'pandas', 'sklearn'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          check=True)
    assert "--evidence" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
