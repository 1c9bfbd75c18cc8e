"""Files of cards from a server on this machine: in place with the right checksum, or not at all."""

import gzip
import hashlib
import io
import zipfile

import pytest
from made_server import serving

from taskrel.tasks.card import File
from taskrel.tasks.obtain import obtain
from taskrel.tasks.vector_files import FirstLines


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
        server.files |= {"a.txt": b"some text", "a.txt.gz": gzip.compress(b"some text"),
                         "set.zip": zipped({"set/a.txt": b"some text", "set/b/1": b"1",
                                            "set/b/2": b"2", "set/c.txt": b"more"})}
        yield server


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def files_in(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in folder.rglob("*") if p.is_file()}


def get(data, *files):
    return list(obtain(files, data, bar=False).values())


SOURCES = {"plain": {"url": "a.txt"}, "compressed": {"url": "a.txt.gz"},
           "in an archive": {"url": "set.zip", "member": "set/a.txt"}}


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
    problem, = get(data, file(server, content=b"other", **SOURCES[source]))
    assert problem.startswith(f"in/a.txt: wrong checksum: expected {sha(b'other')[:12]}…, found "
                              f"{sha(b'some text')[:12]}… of what {server.url('')}")
    assert "kept in a.txt.differs" in problem
    assert files_in(data) == {"in/a.txt.differs": b"some text"}


def test_what_differed_goes_when_the_right_one_comes(server, data):
    get(data, file(server, content=b"other"))
    server.files["a.txt"] = b"other"
    assert get(data, file(server, content=b"other")) == []
    assert files_in(data) == {"in/a.txt": b"other"}


def test_files_of_two_cards_share_an_archive(server, data):
    folder = File(path="second/b", url=server.url("set.zip"), member="set/b")
    problems = get(data, file(server, path="first/a.txt", url="set.zip", member="a.txt"), folder,
                   file(server, path="second/c.txt", content=b"no", url="set.zip", member="c.txt"),
                   file(server, path="second/d.txt", url="set.zip", member="d.txt"))
    assert len(server.asked) == 1
    assert len(problems) == 2
    assert problems[0].startswith("second/c.txt: wrong checksum")
    assert problems[1].startswith(f"second/d.txt: {server.url('set.zip')}: expected d.txt in the "
                                  "archive once, found it 0 times")
    assert files_in(data) == {"first/a.txt": b"some text", "second/b/1": b"1", "second/b/2": b"2",
                              "second/c.txt.differs": b"more"}


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
    problem, = get(data, wanted)
    assert "found 4 when the server broke off" in problem
    part, = files_in(data)
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
    assert "does not fit; it is got again from the start" in caplog.text


def test_what_nothing_checks_starts_anew(server, data):
    data.mkdir()
    (data / "a.txt.part").write_bytes(b"old")
    assert get(data, File(path="a.txt", url=server.url("a.txt"))) == []
    assert files_in(data) == {"a.txt": b"some text"}


def test_a_packed_file_that_the_card_wants_packed_stays_so(server, data):
    packed = server.files["a.txt.gz"]
    assert get(data, file(server, path="a.gz", content=packed, url="a.txt.gz")) == []
    assert files_in(data) == {"a.gz": packed}


def test_two_cards_that_want_different_files_at_one_path(server, data):
    server.files["b.txt"] = b"b"
    problem, = get(data, file(server, path="x"), file(server, path="x", url="b.txt", content=b"b"))
    assert "x is there already, from another card" in problem
    assert files_in(data)["x"] == b"some text"


def test_a_folder_that_cannot_be_written(server, data):
    data.mkdir()
    (data / "second").write_text("a file, no folder")
    first, second = (File(path=path, url=server.url("set.zip"), member=member)
                     for path, member in (("first/b", "set/b"), ("second/b", "set/b")))
    problem, = get(data, first, second)
    assert problem.startswith("second/b: ") and "cannot be written" in problem
    assert (data / "first" / "b" / "1").read_bytes() == b"1"


def test_first_lines_of_a_member(server, data):
    server.files["v.zip"] = zipped({"v.txt": b"a 1\nb 2\nc 3\n", "w.txt": b""})
    wanted = {"path": "v/v.gz", "url": server.url("v.zip"), "member": "v.txt", "lines": 2}
    assert get(data, FirstLines(**wanted)) == []
    assert gzip.decompress((data / "v" / "v.gz").read_bytes()) == b"a 1\nb 2\n"
    (data / "v" / "v.gz").unlink()
    problem, = get(data, FirstLines(**wanted, sha256="0" * 64, note="by another gzip"))
    assert "(by another gzip); it is kept in v.gz.differs" in problem
