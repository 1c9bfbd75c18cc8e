"""Test texts of a new main task are looked for in the candidates' training texts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_tiny import CARDS

from taskrel.cli.text.prediction import document
from taskrel.errors import UsageError
from taskrel.recommendation.leaks import Leaks, find_leaks
from taskrel.recommendation.recommend import recommend
from taskrel.recommendation.workspace import Workspace
from taskrel.study.runs.read_tasks import read_tasks
from taskrel.study.store.store import Store
from taskrel.tasks.encode import encode
from taskrel.tasks.overlap import Shared
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS


@pytest.fixture(scope="module")
def leaky(tiny):
    """A task "mine" that tests on six training sentences of fine, and on others."""
    entry = Workspace((CARDS,)).entry("fine", tiny)
    (fine,) = read_tasks((entry,), Path()).values()
    parts = {split: [Example(*e) for e in fine.examples(split)] for split in SPLITS}
    parts |= {"test": [*parts["train"][:6], *parts["test"]], "train": parts["train"][6:]}
    return encode(parts, kind="tagging", metric="accuracy", name="mine")


def workspace(task, **options):
    return Workspace((CARDS,), {"mine": task}, **options)


def test_what_is_found(tiny, leaky):
    found = find_leaks(tiny, "mine", ["fine", "coarse", "mine:next_word"], workspace(leaky))
    assert found.shared == {"fine": Shared(6, 0, len(leaky.splits["test"]))}
    assert found.unchecked == {}


def test_candidates_without_files_are_named(tiny, leaky, tmp_path):
    found = find_leaks(tiny, "mine", ["chunk", "fine"], workspace(leaky, data=str(tmp_path)))
    assert [*found.unchecked] == ["chunk"] and "no such file" in found.unchecked["chunk"]
    assert [*found.shared] == ["fine"]


@pytest.mark.slow
def test_the_answer_warns_and_removes_leaks_where_asked(tiny, leaky, tmp_path):
    answer = recommend(
        leaky,
        ["fine"],
        evidence=tiny,
        cards=[CARDS],
        path=tmp_path,
        jobs=1,
        progress=False,
        confirm=1,
        seeds=1,
        remove_leaks=True,
    )
    n = len(leaky.splits["test"])
    assert (
        f"6 of {n} test texts of mine are in its training split, so that the score of the pair "
        "would be too high; --confirm with --remove-leaks trains without them."
    ) in answer.warnings
    plain = json.loads(document(answer))
    assert plain["leaks"] == {"fine": {"texts": 6, "short": 0, "of": n}}
    assert plain["unchecked"] == {}
    (removed,) = [w for w in answer.search.warnings if "taken out" in w]
    assert removed == (
        "6 of 20 training texts of fine were taken out, because they are in dev or test of mine"
    )
    assert not [w for w in answer.search.warnings if "not exactly those" in w]
    with Store.read(tmp_path) as store:
        assert store.digests()["mine"] == leaky.digest


def test_a_known_main_task_is_not_looked_for():
    answer = recommend("mwe", "pos")
    assert answer.leaks is None and "leaks" not in json.loads(document(answer))


def test_unchecked_candidates_are_a_warning():
    answer = recommend("mwe", ["pos", "chunk_1000"])  # nothing is trained
    leaks = Leaks({"pos": Shared(1, 0, 20)}, {"chunk_1000": "no such file"})
    assert replace(answer, leaks=leaks).warnings[len(answer.warnings) :] == [
        "It could not be checked whether test texts of mwe are in the training split of "
        "chunk_1000 (1 of 2), because files are not in the data folder; taskrel fetch NAME gets "
        "them."
    ]


def test_any_other_reason_is_given():
    answer = recommend("mwe", ["pos", "chunk_1000", "ccg"])
    reasons = {
        "pos": "x.txt: the file is empty",
        "chunk_1000": "no such file",
        "ccg": "no such file",
    }
    said = replace(answer, leaks=Leaks({}, reasons)).warnings[len(answer.warnings) :]
    about = "It could not be checked whether test texts of mwe are in the training split of "
    assert said == [
        f"{about}pos (1 of 3): x.txt: the file is empty",
        f"{about}chunk_1000, ccg (2 of 3), because files are not in the data folder; taskrel fetch "
        "NAME gets them.",
    ]


@pytest.mark.parametrize(
    ("main", "auxs", "looked_at"),
    [("fine", ["mine", "coarse"], ["mine"]), ("mine", ["fine", "coarse"], ["fine", "coarse"])],
)
def test_new_auxiliaries_of_a_known_main_task_are_looked_at(
    tiny, leaky, main, auxs, looked_at, monkeypatch
):
    class Looked(Exception):
        pass

    def find_leaks(evidence, main, auxs, workspace):
        raise Looked(main, [*auxs])

    monkeypatch.setattr("taskrel.recommendation.leaks.find_leaks", find_leaks)
    monkeypatch.setattr("taskrel.recommendation.new_tasks.with_new_tasks", lambda e, *_: e)
    names = [leaky if name == "mine" else name for name in (main, *auxs)]
    with pytest.raises(Looked) as caught:
        recommend(names[0], names[1:], evidence=tiny, cards=[CARDS])
    assert caught.value.args == (main, looked_at)


def test_automated_tasks_of_other_tasks_are_looked_at(tiny, leaky):
    found = find_leaks(tiny, "mine", ["fine:next_word", "mine:next_word"], workspace(leaky))
    assert [*found.shared] == ["fine:next_word"]


def test_a_main_task_without_files_is_no_error(tiny, leaky, tmp_path):
    found = find_leaks(tiny, "chunk", ["mine"], workspace(leaky, data=str(tmp_path)))
    assert "no such file" in found.unchecked["mine"] and not found.shared


def test_leaks_are_removed_from_what_is_trained(tiny):
    with pytest.raises(UsageError, match="with --remove-leaks give --confirm K"):
        recommend("fine", ["coarse"], evidence=tiny, remove_leaks=True)
