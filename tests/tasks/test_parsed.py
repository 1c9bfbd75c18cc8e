"""A task once read comes from the cache folder, unless anything that it depends on changed."""

import json
import time

import pytest
from made_cards import TAGGED, card, write

from taskrel.errors import DataError
from taskrel.tasks import parsed
from taskrel.tasks.load import load_task
from taskrel.tasks.parsed import read_task

FILES = ("train", "dev", "test")


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """Folder of a corpus, and the names of the tasks that were read and not taken from the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "data"
    folder.mkdir()
    read = []

    def counted(card, *args, **options):
        read.append(options.get("name", card.name))
        return load_task(card, *args, **options)

    monkeypatch.setattr(parsed, "load_task", counted)
    return write(folder, **TAGGED), read


def kept(tmp_path):
    return sorted((tmp_path / "cache").rglob("*.msgpack"))


def test_the_second_reading_comes_from_the_cache_and_is_equal(corpus, tmp_path):
    folder, read = corpus
    first, second = (read_task(card(), folder) for _ in range(2))
    assert read == ["x"] and len(kept(tmp_path)) == 1
    assert second.digest == first.digest == load_task(card(), folder).digest
    for name in (
        "name",
        "kind",
        "metric",
        "words",
        "labels",
        "unseen",
        "outside",
        "family",
        "scheme",
    ):
        assert getattr(second, name) == getattr(first, name)
    for split in FILES:
        array = second.splits[split].tokens
        assert array.dtype == first.splits[split].tokens.dtype and not array.flags.writeable


@pytest.mark.parametrize(
    ("card_", "options"),
    [
        (card(metric="macro_f1"), {}),
        (card(title="another title"), {}),
        (card(), {"limit": 1}),
        (card(), {"name": "y"}),
        (card(), {"limit": 1, "seed": 1}),
    ],
    ids=["metric", "title", "limit", "name", "seed"],
)
def test_another_card_or_cap_is_read_again(corpus, card_, options):
    folder, read = corpus
    read_task(card(), folder)
    assert read_task(card_, folder, **options).digest == load_task(card_, folder, **options).digest
    assert len(read) == 2


def test_a_changed_file_is_read_again_and_replaces_what_was_kept(corpus, tmp_path):
    folder, read = corpus
    before = read_task(card(), folder)
    line = json.dumps({"tokens": ["new"], "tags": ["V"]})
    with (folder / "train.jsonl").open("a") as f:
        f.write(line + "\n")
    after = read_task(card(), folder)
    assert len(after.splits["train"]) == len(before.splits["train"]) + 1
    assert len(read) == 2 and len(kept(tmp_path)) == 1


def test_a_file_that_an_option_names_counts(tmp_path, monkeypatch, corpus):
    folder, _ = corpus
    (folder / "names.txt").write_text("good\nbad\n")
    for split in FILES:
        (folder / f"{split}.tsv").write_text("a b\t0\nc\t1\n")
    own = card(
        "classification",
        reader="delimited",
        options={"labels_file": "names.txt"},
        files=[{"path": f"{s}.tsv", "split": s} for s in FILES],
    )
    assert read_task(own, folder).labels == ("bad", "good")
    (folder / "names.txt").write_text("poor\nfine\n")
    assert read_task(own, folder).labels == ("fine", "poor")


def test_other_code_reads_again(corpus, monkeypatch):
    folder, read = corpus
    read_task(card(), folder)
    monkeypatch.setattr(parsed, "_code", lambda: "another version")
    read_task(card(), folder)
    assert len(read) == 2


@pytest.mark.parametrize("damage", [b"", b"\x81", b"no msgpack at all"])
def test_a_damaged_cache_is_no_answer(corpus, tmp_path, damage):
    folder, read = corpus
    first = read_task(card(), folder)
    (file,) = kept(tmp_path)
    file.write_bytes(damage)
    assert read_task(card(), folder).digest == first.digest
    assert len(read) == 2


def test_changed_numbers_in_the_cache_are_no_answer(corpus, tmp_path):
    folder, read = corpus
    first = read_task(card(), folder)
    (file,) = kept(tmp_path)
    raw = file.read_bytes()
    tokens = first.splits["train"].tokens.tobytes()
    assert raw.count(tokens) == 1
    file.write_bytes(raw.replace(tokens, tokens[::-1]))
    assert read_task(card(), folder).digest == first.digest
    assert len(read) == 2


def test_without_a_cache_folder_it_reads(corpus, tmp_path, monkeypatch):
    folder, read = corpus
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    for _ in range(2):
        read_task(card(), folder)
    assert len(read) == 2


def test_a_missing_file_is_named(corpus):
    folder, _ = corpus
    (folder / "dev.jsonl").unlink()
    with pytest.raises(DataError, match=r"dev\.jsonl: no such file"):
        read_task(card(), folder)


def test_a_file_that_is_as_old_as_its_checksum_is_hashed_again(tmp_path):
    from taskrel.tasks.ready import checksum

    file = tmp_path / "f"
    found = set()
    for content in ("one", "two", "six"):
        file.write_text(content)
        found.add(checksum(file))
    assert len(found) == 3
    assert time.time_ns() - file.stat().st_mtime_ns < 2e9


def test_another_version_of_a_package_reads_again(corpus, monkeypatch):
    folder, read = corpus
    real = parsed.version
    for numpy in ("1.0", "2.0", "2.0"):
        parsed._code.cache_clear()
        monkeypatch.setattr(
            parsed, "version", lambda name, n=numpy: n if name == "numpy" else real(name)
        )
        read_task(card(), folder)
    parsed._code.cache_clear()
    assert read == ["x", "x"]


def test_a_task_that_cannot_be_kept_is_read_all_the_same(corpus, monkeypatch, tmp_path):
    def refuse(*_):
        raise ValueError("strings longer than 2^32-1 are not supported")

    folder, _ = corpus
    monkeypatch.setattr(parsed.msgspec.msgpack, "encode", refuse)
    assert read_task(card(), folder).name == "x" and not kept(tmp_path)
