"""Files in the data folder compared with their cards, and files that a card may name."""

import gzip
import hashlib
import re

import pytest

from taskrel.errors import CardError, DataError
from taskrel.io.paths import shipped
from taskrel.tasks.card import File, card_paths, load_card, parse_card
from taskrel.tasks.ready import (
    FileState,
    bare,
    check_files,
    check_sum,
    file_states,
    how_to_get,
    is_web,
    remedy,
    task_state,
)
from taskrel.tasks.words.vector_files import GLOVE, FirstLines

SHA = hashlib.sha256(b"text").hexdigest()


@pytest.fixture
def data(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("text")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("path", "sha256", "state"),
    [
        ("full/a", "", "ready"),
        ("full/a", SHA, "ready"),
        ("full", "", "ready"),
        ("full/a", "0" * 64, "differs"),
        ("full", SHA, "differs"),
        ("full/b", SHA, "missing"),
        ("empty", "", "missing"),
        ("no/such", "", "missing"),
    ],
)
def test_state_of_a_file(data, path, sha256, state):
    file = File(path=path, sha256=sha256)
    found = file_states([file], data)[file]
    assert found.state == state
    assert bool(found.problem) == (state == "differs")


def test_a_wrong_checksum_says_both(data):
    file = File(path="full/a", sha256="0" * 64)
    said = f"wrong checksum: expected {'0' * 12}…, found {SHA}"
    assert file_states([file], data)[file].problem == f"{data / 'full/a'}: {said}"
    with pytest.raises(DataError, match=rf"card x: .*full/a: {said}; get the file again"):
        check_sum(data / file.path, file, "x")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "ready"),
        (["ready", "ready"], "ready"),
        (["ready", "missing"], "missing"),
        (["missing", "differs", "ready"], "differs"),
    ],
)
def test_a_task_is_as_its_worst_file(data, states, expected):
    files = {
        "ready": File(path="full/a"),
        "missing": File(path="b"),
        "differs": File(path="full/a", sha256=SHA[::-1]),
    }
    found = file_states(files.values(), data)
    assert task_state(found[files[s]] for s in states) == expected


def test_cards_that_use_a_file_differently_want_the_same_file():
    one, other = (
        File(path="a", url="https://e.org/a", sha256=SHA, split=split, label=label)
        for split, label in (("train", None), ("all", "yes"))
    )
    assert one != other and bare(one) == bare(other)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"by_hand": "log in", "url": "https://e.org"}, "by hand: log in (https://e.org)"),
        ({"by_hand": "ask them"}, "by hand: ask them"),
        ({"url": "https://e.org/a"}, "get it with: taskrel fetch pos"),
        ({"note": "our own"}, "put it there (our own)"),
        ({}, "put it there"),
    ],
)
def test_how_to_get_a_file(fields, said):
    assert how_to_get(File(path="a", **fields), ["pos", "y"]) == said


@pytest.mark.parametrize(
    ("task", "given", "said"),
    [
        (
            "x",
            {"cards": ["my cards/", "pos"], "data": "d"},
            "fetch x --tasks 'my cards/,pos' --data d",
        ),
        ("pos", {"data": "my data"}, "fetch pos --data 'my data'"),
        ("glove", {}, "fetch glove"),
        ("x", {}, "fetch x --tasks FOLDER_OF_ITS_CARD"),
    ],
)
def test_the_command_that_gets_a_file_finds_its_card(task, given, said):
    file = File(path="a", url="https://e.org/a")
    assert how_to_get(file, [task], **given) == f"get it with: taskrel {said}"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"by_hand": "ask them"},
            "if you did not change it yourself, move it away and get it again by hand: ask them",
        ),
        ({"url": "https://e.org/a"}, "move it away and get it with: taskrel fetch pos"),
    ],
)
def test_what_differs_is_got_as_it_was(fields, said):
    state = FileState(File(path="a", **fields), "differs", "wrong checksum")
    assert remedy(state, ["pos"]).endswith(said)


def test_a_folder_with_a_checksum(data):
    file = File(path="full", sha256=SHA)
    said = (
        "expected a file, because the card has a sha256, found a folder; a folder has no checksum"
    )
    assert file_states([file], data)[file].problem == f"{data / 'full'}: {said}"
    with pytest.raises(DataError, match=f"card x: .*full: {said}"):
        check_sum(data / file.path, file, "x")


@pytest.mark.parametrize(
    ("path", "sha256", "unchecked"),
    [("full", "", True), ("full/a", "", True), ("full/a", SHA, False), ("none", "", False)],
)
def test_what_nothing_checks(data, path, sha256, unchecked):
    file = File(path=path, sha256=sha256)
    assert file_states([file], data)[file].unchecked is unchecked


PACKED = [  # content, state, whether there is a warning
    (gzip.compress(b"a 1\n", 9, mtime=0), "ready", False),
    (gzip.compress(b"a 1\n", 1, mtime=1), "ready", True),
    (gzip.compress(b"a 2\n", 9, mtime=0), "differs", False),
    (gzip.compress(b"a 1\n", mtime=0)[:-3], "differs", False),
    (b"a 1\n", "differs", False),
]


@pytest.mark.parametrize(("content", "state", "warned"), PACKED)
def test_lines_are_right_whoever_packed_them(tmp_path, content, state, warned):
    (tmp_path / "v.gz").write_bytes(content)
    file = FirstLines(
        path="v.gz",
        lines_sha256=hashlib.sha256(b"a 1\n").hexdigest(),
        sha256=hashlib.sha256(PACKED[0][0]).hexdigest(),
    )
    found = file_states([file], tmp_path)[file]
    assert found.state == state and bool(found.warning) == warned and not found.unchecked


CARD = {
    "schema": 1,
    "name": "x",
    "title": "t",
    "kind": "tagging",
    "metric": "accuracy",
    "reader": "columns",
}

REFUSED = [  # a file of the card, what is said
    (
        {"path": "a", "url": "file:///etc/passwd"},
        r"field 'files\[0\].url': expected an http or "
        "https address, found 'file:///etc/passwd'",
    ),
    ({"path": "a", "url": "ftp://e.org/a"}, "found 'ftp://e.org/a'"),
    (
        {"path": "a", "url": "https://e.org/a.gz", "member": "b"},
        r"field 'files\[0\].member': expected a url that ends in .zip",
    ),
    ({"path": "a", "member": "b"}, "expected a url that ends in .zip"),
    ({"path": "a", "url": "https://e.org:x/a"}, "found 'https://e.org:x/a'"),
    ({"path": "a", "url": "https://e.org:99999/a"}, "found 'https://e.org:99999/a'"),
    ({"path": "a", "url": "https://e.org/\x1b[2J"}, r"found 'https://e.org/\\x1b\[2J'"),
    (
        {"path": "a", "url": "https://e.org/a.zip", "member": "b/", "sha256": SHA},
        r"field 'files\[0\].sha256': expected none, because b/ is a folder and a folder has no checksum",
    ),
]


@pytest.mark.parametrize(("file", "said"), REFUSED)
def test_files_that_no_card_may_ask_for(file, said):
    with pytest.raises(CardError, match=f"card x: .*{said}"):
        check_files(parse_card(CARD | {"files": [file]}, "test"))


CARDS = [load_card(path) for path in card_paths(shipped("tasks")).values()]


@pytest.mark.parametrize("card", [c for c in CARDS if c.files] + [GLOVE], ids=lambda c: c.name)
def test_every_shipped_file_can_be_got(card):
    """Each has a direct address and a checksum, or says what a person must do."""
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


@pytest.mark.real_data
@pytest.mark.parametrize("split", ["dev", "test"])
def test_entity_says_what_is_joined_and_in_which_order(data_folder, split):
    (file,) = (f for f in load_card("entity").files if f.split == split)
    listed = re.search(r"GUM_\{(.*)\}", file.by_hand)[1].split(",")
    text = (data_folder / file.path).read_text("utf-8")
    assert re.findall("^# newdoc id = GUM_(.*)$", text, re.MULTILINE) == listed
