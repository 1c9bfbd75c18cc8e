"""The commands that train pairs after a prediction: ``taskrel search``, ``predict --confirm``."""

import json
import shutil

import pytest
from made_tiny import CARD

from taskrel import predict, search_pairs
from taskrel.io.paths import shipped
from taskrel.study.store.store import Store


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
    """A command with this evidence: exit code, stdout, stderr."""

    def call(main, *argv, out=tmp_path / "runs"):
        code = main(
            [*map(str, argv), "--evidence", str(quick), "--out", str(out), "--jobs", "1", "-q"]
        )
        return code, *capsys.readouterr()

    return call


def runs(folder):
    """Tasks and seeds of the finished runs."""
    with Store.read(folder) as store:
        scores = store.scores(store.recipes()[0][0])
    return {(tasks, int(seed)) for tasks, seed in zip(scores.tasks, scores.seed, strict=True)}


AUXS = "planted_a_coarse,planted_a_phrase,planted_b_topic"
SEARCH = ("planted_a_fine", "--candidates", AUXS)
CONFIRM = ("--main", "planted_a_fine", "--aux", AUXS, "--confirm", "2")


@pytest.mark.slow
def test_a_search_as_a_table(command, tmp_path):
    code, out, _ = command(search_pairs.main, *SEARCH, "--runs", "6")
    assert code == 0
    assert out.startswith("Train planted_a_fine ")
    assert "aux " in out
    assert "6 runs, 6 of them new (" in " ".join(out.split())
    assert len(runs(tmp_path / "runs")) == 6


@pytest.mark.slow
def test_a_search_is_interrupted_and_goes_on(command, tmp_path, monkeypatch):
    from taskrel.study.runs import execute

    train, trained = execute.train, []

    def twice(*args, **named):
        if len(trained) == 2:
            raise KeyboardInterrupt
        trained.append(1)
        return train(*args, **named)

    monkeypatch.setattr(execute, "train", twice)
    code, out, err = command(search_pairs.main, *SEARCH, "--runs", "5", "--json")
    assert (code, out) == (130, "")
    assert err.endswith("interrupted; the same command goes on\n")
    assert len(runs(tmp_path / "runs")) == 2
    monkeypatch.setattr(execute, "train", train)
    code, out, _ = command(search_pairs.main, *SEARCH, "--runs", "5", "--json")
    document = json.loads(out)
    assert (code, document["runs"], document["new_runs"]) == (0, 5, 3)
    assert document["reason"] == "budget"
    assert {c["aux"] for c in document["candidates"]} == {None, *AUXS.split(",")}


@pytest.mark.slow
def test_the_best_pairs_are_confirmed(command, tmp_path):
    code, out, _ = command(predict.main, *CONFIRM, "--seeds", "2", "--json")
    document = json.loads(out)
    best = [p["aux"] for p in document["predictions"][:2]]
    found = document["search"]
    assert (code, found["reason"], found["runs"]) == (0, "fixed", 6)
    assert {c["aux"]: c["runs"] for c in found["candidates"]} == {None: 2} | dict.fromkeys(best, 2)
    code, out, _ = command(predict.main, *CONFIRM, "--seeds", "2")
    assert code == 0
    assert "6 runs, 0 of them new" in " ".join(out.split())


@pytest.mark.slow
def test_a_task_of_ones_own(command, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(CARD)
    own = ("--main", "mine", "--tasks", path, "--aux", "all", "--confirm", "1", "--seeds", "2")
    code, out, _ = command(predict.main, *own, "--json")
    assert code == 0
    pair = tuple(sorted(("mine", json.loads(out)["predictions"][0]["aux"])))
    # Seed 0 alone is what the ranking rests on; it is not trained again.
    assert runs(tmp_path / "runs") == {(("mine",), 0), (("mine",), 1), (pair, 0), (pair, 1)}


@pytest.mark.parametrize(
    ("main", "argv", "says"),
    [
        (
            predict.main,
            ("--main", "planted_a_fine", "--confirm", "14", "--aux", "all"),
            "planted_a_fine has only 13 candidates; ask for no more",
        ),
        (
            predict.main,
            ("--main", "planted_a_fine", "--confirm", "2", "--aux", "planted_b_fine"),
            "has only 1 candidate;",
        ),
        (
            predict.main,
            ("--main", "planted_a_fine", "--seeds", "2", "--aux", "all"),
            "--seeds is for runs of --measure or --confirm",
        ),
        (search_pairs.main, (*SEARCH, "--minutes", "0"), "minutes: expected more than 0, found 0"),
        (search_pairs.main, ("planted_a_fin",), "did you mean planted_a_fine or planted_b_fine"),
    ],
)
def test_bad_input(command, main, argv, says, tmp_path):
    code, out, err = command(main, *argv)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("k", ["0", "-1", "two"])
def test_no_number_of_pairs(k, capsys):
    with pytest.raises(SystemExit) as e:
        predict.main(["--main", "pos", "--aux", "all", "--confirm", k])
    assert e.value.code == 2
    assert "argument --confirm: expected " in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ("predict", "--main", "mwe", "--aux", "all", "--confirm", "3"),
        ("search", "mwe"),
    ],
)
def test_evidence_that_nothing_can_be_trained_alike(argv, capsys):
    name, *rest = argv
    main = {"predict": predict.main, "search": search_pairs.main}[name]
    code = main(["--evidence", "bingel2017", *rest], prog=f"taskrel {name}")
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith(f"taskrel {name}: evidence bingel2017 was not measured with taskrel, so")
    assert err.count("\n") == 1
