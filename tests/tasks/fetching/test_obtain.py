"""Files of cards from a server on this machine: in place with the right checksum, or not at all."""

import errno
import gzip
import hashlib
import io
import random
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from made_server import serving

from taskrel.tasks.card import File
from taskrel.tasks.fetching.lock import held
from taskrel.tasks.fetching.obtain import obtain
from taskrel.tasks.ready import file_states
from taskrel.tasks.words.vector_files import FirstLines


def sha(content):
    return hashlib.sha256(content).hexdigest()


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        for name, content in files.items():
            z.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def server():
    with serving() as server:
        server.files |= {
            "a.txt": b"some text",
            "a.txt.gz": gzip.compress(b"some text", mtime=0),
            "set.zip": zipped(
                {"set/a.txt": b"some text", "set/b/1": b"1", "set/b/2": b"2", "set/c.txt": b"more"}
            ),
        }
        yield server


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def files_in(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def get(data, *files):
    return list(obtain(files, data, bar=False).values())


SOURCES = {
    "plain": {"url": "a.txt"},
    "compressed": {"url": "a.txt.gz"},
    "in an archive": {"url": "set.zip", "member": "set/a.txt"},
}


def file(server, path="in/a.txt", content=b"some text", **fields):
    fields = {"url": "a.txt"} | fields
    return File(path=path, **fields | {"url": server.url(fields["url"])}, sha256=sha(content))


@pytest.mark.parametrize("source", SOURCES)
def test_a_file_is_got_once_checked_and_alone(server, data, source):
    wanted = file(server, **SOURCES[source])
    assert get(data, wanted, wanted) == []
    assert files_in(data) == {"in/a.txt": b"some text"}
    assert len(server.asked) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_a_wrong_checksum_is_left_beside(server, data, source):
    (problem,) = get(data, file(server, content=b"other", **SOURCES[source]))
    assert problem.startswith(
        f"in/a.txt: wrong checksum: expected {sha(b'other')[:12]}…, found "
        f"{sha(b'some text')} in the download from {server.url('')}"
    )
    assert "kept in a.txt.differs" in problem
    assert files_in(data) == {"in/a.txt.differs": b"some text"}


def test_what_differed_goes_when_the_right_one_comes(server, data):
    get(data, file(server, content=b"other"))
    server.files["a.txt"] = b"other"
    assert get(data, file(server, content=b"other")) == []
    assert files_in(data) == {"in/a.txt": b"other"}


def test_files_of_two_cards_share_an_archive(server, data):
    folder = File(path="second/b", url=server.url("set.zip"), member="set/b")
    problems = get(
        data,
        file(server, path="first/a.txt", url="set.zip", member="a.txt"),
        folder,
        file(server, path="second/c.txt", content=b"no", url="set.zip", member="c.txt"),
        file(server, path="second/d.txt", url="set.zip", member="d.txt"),
    )
    assert len(server.asked) == 1
    assert len(problems) == 2
    assert problems[0].startswith("second/c.txt: wrong checksum")
    assert problems[1].startswith(
        f"second/d.txt: {server.url('set.zip')}: expected d.txt in the "
        "archive once, found it 0 times"
    )
    assert files_in(data) == {
        "first/a.txt": b"some text",
        "second/b/1": b"1",
        "second/b/2": b"2",
        "second/c.txt.differs": b"more",
    }


def test_a_failure_does_not_stop_the_others(server, data):
    problems = get(data, file(server, path="x", url="gone"), file(server, path="y"))
    assert len(problems) == 1
    assert problems[0].startswith(f"x: {server.url('gone')}: expected the file, found HTTP 404")
    assert files_in(data) == {"y": b"some text"}


@pytest.mark.parametrize("source", SOURCES)
def test_after_a_broken_off_download_the_rest_comes(server, data, source):
    name = SOURCES[source]["url"]
    server.truncated[name] = 4
    wanted = file(server, **SOURCES[source])
    (problem,) = get(data, wanted)
    assert "found 4 when the server closed the connection" in problem
    (part,) = files_in(data)
    assert part == ("in/set.zip.part" if source == "in an archive" else "in/a.txt.part")
    assert get(data, wanted) == []
    assert server.asked[-1] == (name, "bytes=4-")
    assert files_in(data) == {"in/a.txt": b"some text"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_part_of_another_version_is_got_again(server, data, source, caplog):
    name = "set.zip" if source == "in an archive" else "a.txt"
    (data / "in").mkdir(parents=True)
    (data / "in" / f"{name}.part").write_bytes(b"old")
    assert get(data, file(server, **SOURCES[source])) == []
    assert [wanted for _, wanted in server.asked] == ["bytes=3-", None]
    assert files_in(data) == {"in/a.txt": b"some text"}
    assert "is not of the same file; downloading again from the start" in caplog.text


UNCHECKED = {  # name on the server, what a card wants of it
    "plain": ("a.txt", {"path": "a.txt"}),
    "left packed": ("a.txt.gz", {"path": "a.txt.gz"}),
    "in a plain tar": ("set.tar", {"path": "a.txt", "member": "a.txt"}),
}
CHECKED = {
    "in a tar.gz": ("set.tar.gz", {"path": "a.txt", "member": "a.txt"}),
    "folder of a tar.gz": ("set.tar.gz", {"path": "set", "member": "set"}),
    "in a zip": ("set.zip", {"path": "a.txt", "member": "set/a.txt"}),
    "unpacked": ("a.txt.gz", {"path": "a.txt"}),
}


def tarred(name, content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz" if name.endswith("gz") else "w") as t:
        for member in ("set/a.txt", "set/b.txt"):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            t.addfile(info, io.BytesIO(content))
    return file.getvalue()


MADE = {
    "a.txt": lambda content: content,
    "a.txt.gz": partial(gzip.compress, mtime=0),
    "set.zip": lambda content: zipped({"set/a.txt": content}),
    "set.tar": lambda content: tarred("set.tar", content),
    "set.tar.gz": lambda content: tarred("set.tar.gz", content),
}


@pytest.mark.parametrize("case", [*UNCHECKED, *CHECKED])
@pytest.mark.parametrize("marked", [False, True])
def test_two_versions_are_never_joined(server, data, case, marked):
    name, wanted = (UNCHECKED | CHECKED)[case]
    old, new = (MADE[name](random.Random(seed).randbytes(5_000)) for seed in (0, 1))
    server.files[name], server.truncated[name] = old, len(old) // 2
    server.marks[name] = {"ETag": '"old"'} if marked else {}
    wanted = File(url=server.url(name), **wanted)
    (problem,) = get(data, wanted)
    assert "server closed the connection" in problem
    del server.truncated[name]
    server.files[name] = new
    server.marks[name] = {"ETag": '"new"'} if marked else {}
    assert get(data, wanted) == []
    assert server.asked[1][1] == (
        None if case in UNCHECKED and not marked else f"bytes={len(old) // 2}-"
    )
    if (data / "set").is_dir():
        found = (data / "set" / "a.txt").read_bytes()
    else:
        found = (data / wanted.path).read_bytes()
    content = random.Random(1).randbytes(5_000)
    assert found == (gzip.compress(content, mtime=0) if case == "left packed" else content)
    assert {p.name for p in data.iterdir()} == {wanted.path}


def test_a_damaged_part_is_got_anew_and_not_kept(server, data):
    """The size is right, and the content is of two versions of the file."""
    whole = server.files["set.zip"]
    data.mkdir()
    (data / "set.zip.part").write_bytes(bytes(len(whole)))
    wanted = File(path="b", url=server.url("set.zip"), member="set/b")
    server.files["set.zip"] = bytes(len(whole))
    (problem,) = get(data, wanted)
    assert "cannot be unpacked" in problem
    assert [asked for _, asked in server.asked] == [f"bytes={len(whole)}-", None]
    assert files_in(data) == {}
    server.files["set.zip"] = whole
    assert get(data, wanted) == []


def test_another_fetch_is_named_and_not_disturbed(server, data):
    wanted = File(path="b", url=server.url("set.zip"), member="set/b")
    data.mkdir()
    (data / "set.zip.part").write_bytes(b"theirs")
    with held(data / "set.zip.part"):
        problem, *others = get(data, wanted, file(server, path="x"))
    assert problem.startswith(f"b: {data / 'set.zip.part'}: another fetch is getting this file; ")
    assert others == [] and (data / "x").exists()
    assert (data / "set.zip.part").read_bytes() == b"theirs"
    with held(data / "b"):  # one that has the same from another archive
        (problem,) = get(data, wanted)
    assert problem.startswith(f"b: {data / 'b'}: another fetch is getting this file; ")


def test_two_fetches_at_once(server, data):
    server.stalls["set.zip"] = 10
    wanted = File(path="b", url=server.url("set.zip"), member="set/b")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(get, data, wanted)
        while not (data / "set.zip.part").exists():
            assert not first.done()
        (problem,) = get(data, wanted)
        assert "another fetch is getting this file" in problem
        server.released.set()
        (problem,) = first.result()
    assert "found 10 when the server closed the connection" in problem
    server.stalls.clear()
    assert get(data, wanted) == []


def test_what_another_fetch_has_got_meanwhile_is_well(server, data):
    wanted = file(server, path="x")
    get(data, wanted)
    server.asked.clear()
    assert get(data, wanted) == [] and server.asked == []
    archived = file(server, path="x", url="set.zip", member="set/a.txt")
    other = File(path="b", url=server.url("set.zip"), member="set/b")
    assert get(data, archived, other) == []


@pytest.mark.parametrize("left", ["file", "folder"])
@pytest.mark.parametrize("source", SOURCES)
def test_what_a_killed_run_left_is_in_nobodys_way(server, data, source, left):
    new = data / "in" / "a.txt.new"
    new.parent.mkdir(parents=True)
    if left == "folder":
        new.mkdir()
        (new / "1").write_text("old")
    else:
        new.write_text("old")
    assert get(data, file(server, **SOURCES[source])) == []
    assert files_in(data) == {"in/a.txt": b"some text"}


def test_nothing_new_is_left_of_a_folder_that_has_a_checksum(server, data):
    wanted = {"path": "b", "url": "set.zip", "member": "set/b"}
    (problem,) = get(data, file(server, **wanted))
    assert problem.startswith(
        f"b: {server.url('set.zip')}: expected no sha256 in the card, because "
        "set/b is a folder of the archive and a folder has no checksum"
    )
    assert len(server.asked) == 1
    assert list(data.iterdir()) == []


def test_a_disk_at_fault_keeps_what_was_downloaded(server, data, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    wanted = File(path="b", url=server.url("set.zip"), member="set/b")
    with monkeypatch.context() as m:
        m.setattr("taskrel.tasks.fetching.put.unpack", full)
        (problem,) = get(data, wanted)
    assert problem.startswith(f"b: {data / 'b'}: cannot be written (No space left on device)")
    assert files_in(data) == {"set.zip.part": server.files["set.zip"]}
    assert get(data, wanted) == []
    assert server.asked[-1] == ("set.zip", f"bytes={len(server.files['set.zip'])}-")
    assert files_in(data) == {"b/1": b"1", "b/2": b"2"}


def test_a_packed_file_that_the_card_wants_packed_stays_so(server, data):
    packed = server.files["a.txt.gz"]
    assert get(data, file(server, path="a.gz", content=packed, url="a.txt.gz")) == []
    assert files_in(data) == {"a.gz": packed}


def test_two_cards_that_want_different_files_at_one_path(server, data):
    server.files["b.txt"] = b"b"
    (problem,) = get(
        data, file(server, path="x"), file(server, path="x", url="b.txt", content=b"b")
    )
    assert "x exists already: another card" in problem
    assert files_in(data)["x"] == b"some text"


def test_a_folder_that_cannot_be_written(server, data):
    data.mkdir()
    (data / "second").write_text("a file, no folder")
    first, second = (
        File(path=path, url=server.url("set.zip"), member=member)
        for path, member in (("first/b", "set/b"), ("second/b", "set/b"))
    )
    (problem,) = get(data, first, second)
    assert problem.startswith("second/b: ") and "cannot be written" in problem
    assert (data / "first" / "b" / "1").read_bytes() == b"1"


def test_first_lines_packed_by_any_gzip(server, data):
    server.files["v.zip"] = zipped({"v.txt": b"a 1\nb 2\nc 3\n"})
    wanted = FirstLines(
        path="v.gz",
        url=server.url("v.zip"),
        member="v.txt",
        lines=2,
        sha256="0" * 64,
        lines_sha256=sha(b"a 1\nb 2\n"),
    )
    assert get(data, wanted) == []
    assert gzip.decompress((data / "v.gz").read_bytes()) == b"a 1\nb 2\n"
    state = file_states([wanted], data)[wanted]
    assert state.state == "ready" and "not compressed by GNU gzip" in state.warning


def test_first_lines_of_a_member(server, data):
    server.files["v.zip"] = zipped({"v.txt": b"a 1\nb 2\nc 3\n", "w.txt": b""})
    wanted = {"path": "v/v.gz", "url": server.url("v.zip"), "member": "v.txt", "lines": 2}
    assert get(data, FirstLines(**wanted)) == []
    assert gzip.decompress((data / "v" / "v.gz").read_bytes()) == b"a 1\nb 2\n"
    (data / "v" / "v.gz").unlink()
    (problem,) = get(data, FirstLines(**wanted, sha256="0" * 64, note="by another gzip"))
    assert "(by another gzip); it is kept in v.gz.differs" in problem
