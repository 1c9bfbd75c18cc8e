"""What lies in the data folder against what cards describe; which files a card may name."""

import hashlib

import pytest

from taskrel.errors import CardError, DataError
from taskrel.places import shipped
from taskrel.tasks.card import File, card_paths, load_card, parse_card
from taskrel.tasks.ready import (
    bare,
    check_files,
    check_sum,
    file_states,
    how_to_get,
    is_web,
    task_state,
)
from taskrel.tasks.vector_files import GLOVE

SHA = hashlib.sha256(b"text").hexdigest()


@pytest.fixture
def data(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("text")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(("path", "sha256", "state"), [
    ("full/a", "", "ready"), ("full/a", SHA, "ready"), ("full", "", "ready"),
    ("full/a", "0" * 64, "differs"), ("full", SHA, "differs"),
    ("full/b", SHA, "missing"), ("empty", "", "missing"), ("no/such", "", "missing")])
def test_state_of_a_file(data, path, sha256, state):
    file = File(path=path, sha256=sha256)
    found = file_states([file], data)[file]
    assert found.state == state
    assert bool(found.problem) == (state == "differs")


def test_a_wrong_checksum_says_both(data):
    file = File(path="full/a", sha256="0" * 64)
    said = f"wrong checksum: expected {'0' * 12}…, found {SHA[:12]}…"
    assert file_states([file], data)[file].problem == f"{data / 'full/a'}: {said}"
    with pytest.raises(DataError, match=rf"card x: .*full/a: {said}; get the file again"):
        check_sum(data / file.path, file, "x")


@pytest.mark.parametrize(("states", "expected"), [
    ([], "ready"), (["ready", "ready"], "ready"), (["ready", "missing"], "missing"),
    (["missing", "differs", "ready"], "differs")])
def test_a_task_is_as_its_worst_file(data, states, expected):
    files = {"ready": File(path="full/a"), "missing": File(path="b"),
             "differs": File(path="full/a", sha256=SHA[::-1])}
    found = file_states(files.values(), data)
    assert task_state(found[files[s]] for s in states) == expected


def test_cards_that_use_a_file_differently_want_the_same_file():
    one, other = (File(path="a", url="https://e.org/a", sha256=SHA, split=split, label=label)
                  for split, label in (("train", None), ("all", "yes")))
    assert one != other and bare(one) == bare(other)


@pytest.mark.parametrize(("fields", "said"), [
    ({"by_hand": "log in", "url": "https://e.org"}, "by hand: log in (https://e.org)"),
    ({"by_hand": "ask them"}, "by hand: ask them"),
    ({"url": "https://e.org/a"}, "get it with python -m taskrel.fetch x"),
    ({"note": "our own"}, "put it there (our own)"), ({}, "put it there")])
def test_how_to_get_a_file(fields, said):
    assert how_to_get(File(path="a", **fields), ["x", "y"]) == said


CARD = {"schema": 1, "name": "x", "title": "t", "kind": "tagging", "metric": "accuracy",
        "reader": "columns"}

REFUSED = [  # a file of the card, what is said
    ({"path": "../a"}, r"field 'files\[0\].path': expected a path that stays in the data folder, "
                       r"found '../a'"),
    ({"path": "a/../../b"}, "found 'a/../../b'"),
    ({"path": "/etc/passwd"}, "found '/etc/passwd'"),
    ({"path": "C:/a"}, "found 'C:/a'"),
    ({"path": ""}, "found ''"),
    ({"path": "a", "url": "file:///etc/passwd"}, r"field 'files\[0\].url': expected an http or "
                                                 "https address, found 'file:///etc/passwd'"),
    ({"path": "a", "url": "ftp://e.org/a"}, "found 'ftp://e.org/a'"),
    ({"path": "a", "url": "https://e.org/a.gz", "member": "b"},
     r"field 'files\[0\].member': expected a url that ends in .zip"),
    ({"path": "a", "member": "b"}, "expected a url that ends in .zip"),
]


@pytest.mark.parametrize(("file", "said"), REFUSED)
def test_files_that_no_card_may_ask_for(file, said):
    with pytest.raises(CardError, match=f"card x: .*{said}"):
        check_files(parse_card(CARD | {"files": [file]}, "test"))


CARDS = [load_card(path) for path in card_paths(shipped("tasks")).values()]


@pytest.mark.parametrize("card", [c for c in CARDS if c.files] + [GLOVE], ids=lambda c: c.name)
def test_every_shipped_file_can_be_got(card):
    """By a direct address whose result can be checked, or by a person who is told how."""
    check_files(card)
    assert card.licence and card.citation
    for file in card.files:
        assert is_web(file.url), file.path
        if not file.by_hand:
            assert len(file.sha256) == 64 or file.path in UNCHECKED, file.path
            name = file.url.rpartition("/")[2].partition("?")[0]
            assert "." in name and not name.endswith(".html"), f"{file.url} looks like a page"


#: Folders have no checksum.
UNCHECKED = {"framenet17/fulltext"}


def test_cards_agree_on_a_file_that_they_share():
    files = {}
    for card in CARDS:
        for file in card.files:
            assert files.setdefault(file.path, bare(file)) == bare(file), card.name
