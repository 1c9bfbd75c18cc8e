"""Downloads from a server on this machine: complete, resumed, refused, interrupted, hanging."""

import shutil

import pytest
from made_server import serving

from taskrel.errors import DataError
from taskrel.tasks.fetching import web
from taskrel.tasks.fetching.download import download

BODY = bytes(range(256)) * 1000


@pytest.fixture
def server():
    with serving() as server:
        server.files["a.txt"] = BODY
        yield server


@pytest.fixture
def part(tmp_path):
    return tmp_path / "data" / "a.txt.part"


def get(server, part, name="a.txt", **options):
    return download(server.url(name), part, bar=False, **{"checked": True} | options)


def test_a_whole_file_into_a_new_folder(server, part):
    assert get(server, part) is False
    assert part.read_bytes() == BODY
    assert server.asked == [("a.txt", None)]


def test_an_empty_file(server, part):
    server.files["a.txt"] = b""
    get(server, part)
    assert part.read_bytes() == b""


RESUMED = {  # what is there: what the server is asked for, whether it was made use of
    "a beginning": (BODY[:1000], ["bytes=1000-"], True),
    "all of it": (BODY, [f"bytes={len(BODY)}-"], True),
    "more than the file has": (BODY + b"x", [f"bytes={len(BODY) + 1}-", None], False),
    "nothing": (b"", [None], False),
}


@pytest.mark.parametrize("case", RESUMED)
def test_a_partial_file_is_gone_on_with(server, part, case):
    there, ranges, used = RESUMED[case]
    part.parent.mkdir()
    part.write_bytes(there)
    assert get(server, part) is used
    assert part.read_bytes() == BODY
    assert [wanted for _, wanted in server.asked] == ranges


def test_a_server_without_ranges_sends_all_again(server, part):
    server.ranges = False
    part.parent.mkdir()
    part.write_bytes(b"old")
    assert get(server, part) is False
    assert part.read_bytes() == BODY


def test_a_partial_file_can_be_left_aside(server, part):
    part.parent.mkdir()
    part.write_bytes(b"old")
    assert get(server, part, resume=False) is False
    assert part.read_bytes() == BODY
    assert server.asked == [("a.txt", None)]


def test_a_truncated_body_is_kept_and_gone_on_with(server, part):
    server.truncated["a.txt"] = 70_000
    with pytest.raises(
        DataError,
        match=r"a\.txt: expected 256,000 bytes, found 70,000 when the "
        r"server closed the connection; the part that arrived is kept in a\.txt\.part; "
        "run the command again",
    ):
        get(server, part)
    assert part.read_bytes() == BODY[:70_000]
    assert get(server, part) is True
    assert part.read_bytes() == BODY


NEW = BODY[::-1]
TAG, DATE = {"ETag": '"1"'}, {"Last-Modified": "Mon, 06 Jul 2026 08:00:00 GMT"}
NEXT = {"ETag": '"2"', "Last-Modified": "Tue, 07 Jul 2026 08:00:00 GMT"}

VERSIONS = {  # marks of the old version; checked; If-Range asked for; whether it goes on
    "nothing tells": ({}, False, None, False),
    "the caller tells": ({}, True, None, True),
    "a tag": (TAG | DATE, False, '"1"', True),
    "a date": (DATE, False, DATE["Last-Modified"], True),
    "a tag and the caller": (TAG, True, '"1"', True),
    "a weak tag": ({"ETag": 'W/"1"'}, False, None, False),
    "a weak tag and a date": ({"ETag": 'W/"1"'} | DATE, False, DATE["Last-Modified"], True),
}


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("case", VERSIONS)
def test_two_versions_are_not_joined_unseen(server, part, case, changed):
    marks, checked, if_range, goes_on = VERSIONS[case]
    server.marks["a.txt"] = marks
    server.truncated["a.txt"] = 70_000
    with pytest.raises(
        DataError, match="run the command again to continue" if goes_on else "from the start"
    ):
        get(server, part, checked=checked)
    del server.truncated["a.txt"]
    if changed:
        server.files["a.txt"], server.marks["a.txt"] = NEW, marks and NEXT
    used = get(server, part, checked=checked)
    assert used is (goes_on and not (changed and if_range))
    assert server.asked[1] == ("a.txt", "bytes=70000-" if goes_on else None)
    assert server.if_ranges[1] == if_range
    joined = changed and used  # which the caller will find
    assert part.read_bytes() == (
        BODY[:70_000] + NEW[70_000:] if joined else NEW if changed else BODY
    )


@pytest.mark.parametrize("have", [70_000, len(BODY)])
@pytest.mark.parametrize("marks", [TAG, DATE])
def test_a_server_that_does_not_mind_what_it_was_asked(server, part, marks, have):
    server.marks["a.txt"] = marks
    get(server, part)
    part.write_bytes(BODY[:have])
    server.files["a.txt"], server.marks["a.txt"], server.minds_if_range = NEW, NEXT, False
    assert get(server, part, checked=False) is False
    assert part.read_bytes() == NEW


def test_a_part_of_another_address(server, part):
    server.files["b.txt"] = NEW
    server.marks |= {"a.txt": DATE, "b.txt": DATE}
    get(server, part)
    part.write_bytes(BODY[:1000])
    assert get(server, part, "b.txt") is False
    assert part.read_bytes() == NEW


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"url": 1', "\x00"])
def test_a_mark_that_was_not_written_whole_is_none(server, part, record):
    part.parent.mkdir()
    part.write_bytes(b"old")
    part.with_name("a.txt.part.version").write_text(record)
    assert get(server, part, checked=False) is False
    assert part.read_bytes() == BODY


def test_a_mark_that_cannot_be_kept(server, part):
    server.marks["a.txt"] = TAG
    part.with_name("a.txt.part.version").mkdir(parents=True)
    with pytest.raises(DataError, match=r"cannot be written \(.+\); make room"):
        get(server, part)


def test_a_redirection_within_the_web(server, part):
    server.moved["old"] = server.url("a.txt")
    get(server, part, "old")
    assert part.read_bytes() == BODY


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (
            "file:///etc/hostname",
            "/old: expected the file, found HTTP 302 .*'file:///etc/hostname' is not allowed",
        ),
        (
            "http://a..b/",
            r"/old: not an address of the web, or redirected to one that is not \([^\n]+\); "
            "look for the file",
        ),
        ("http://[a/", r"to one that is not \(Invalid IPv6 URL\); look"),
        (
            "http://127.0.0.1:99999/",
            "expected a redirection to an http or https address, found 'http://127.0.0.1:99999/'",
        ),
        (
            "ftp://127.0.0.1/a",
            "/old: expected a redirection to an http or https address, found 'ftp://127.0.0.1/a'",
        ),
    ],
)
def test_a_redirection_out_of_the_web(server, part, to, said):
    server.moved["old"] = to
    with pytest.raises(DataError, match=said):
        get(server, part, "old")
    assert not part.exists()


@pytest.mark.parametrize("url", ["http://a..b/c", f"http://{'a' * 70}.org/"])
def test_a_host_whose_name_cannot_be_one(part, url):
    with pytest.raises(
        DataError,
        match=rf"{url}: not an address of the web, or redirected to one that is not "
        r"\([^\n]+\); look for the file",
    ):
        download(url, part, bar=False)


def test_a_redirection_to_itself(server, part):
    server.moved["old"] = server.url("old")
    with pytest.raises(
        DataError,
        match=r"found HTTP 302 \(The HTTP server returned a redirect "
        r"error that would lead to an infinite loop\); try",
    ) as e:
        get(server, part, "old")
    assert "\n" not in str(e.value)


def test_no_such_file(server, part):
    with pytest.raises(DataError, match=r"/gone: expected the file, found HTTP 404 \(Not Found\)"):
        get(server, part, "gone")
    assert not part.exists()


def test_a_server_that_hangs(server, part, monkeypatch):
    monkeypatch.setattr(web, "TIMEOUT", 0.1)
    server.hangs.add("slow")
    with pytest.raises(
        DataError,
        match=r"/slow: expected an answer, found none for 0\.1 seconds; "
        "check the connection and run the command again",
    ):
        get(server, part, "slow")


def test_what_came_before_a_server_hung_is_kept(server, part, monkeypatch):
    monkeypatch.setattr(web, "TIMEOUT", 1.0)
    server.stalls["a.txt"] = 1000
    with pytest.raises(
        DataError, match=r"found none for 1 seconds; the part that arrived is kept in a\.txt"
    ):
        get(server, part)
    assert part.read_bytes() == BODY[:1000]


def test_a_server_that_is_not_there(part):
    with serving() as server:
        pass
    with pytest.raises(DataError, match=r"/a\.txt: expected an answer, found none \(.*refused\)"):
        get(server, part)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "ftp://e.org/a",
        "e.org/a",
        "http://",
        "http://[/a",
        "http://e.org/a b",
        "http://e.org/ä",
        "http://e.org:x/",
        "http://e.org:65536/",
        "http://e.org/\x1b[2J",
        "",
    ],
)
def test_only_the_web(part, url):
    with pytest.raises(DataError, match="expected an http or https address, found"):
        download(url, part)


def test_too_little_room_is_told_before(server, part, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DataError, match="data: expected room for 256,000 bytes, found 1,000; make"):
        get(server, part)


def test_a_disk_that_fills_up(server, part):
    part.parent.mkdir()
    part.symlink_to("/dev/full")
    with pytest.raises(DataError, match=r"written \(No space left on device\); make room"):
        get(server, part)


def test_a_folder_that_cannot_be_made(server, part):
    part.parent.write_text("a file")
    with pytest.raises(DataError, match=r"cannot be written \(.+\); make room"):
        get(server, part)


@pytest.mark.parametrize("length", ["²", "9" * 5000, "many"])
def test_a_length_that_is_none(server, part, length):
    server.marks["a.txt"] = {"Content-Length": length}
    get(server, part)
    assert part.read_bytes() == BODY


def test_a_server_that_sends_another_range(server, part, monkeypatch):
    monkeypatch.setattr(
        "made_server._Handler.rest",
        lambda self, body, start: self.answer(
            206, body, **{"Content-Range": f"bytes 0-{len(body) - 1}/{len(body)}"}
        ),
    )
    part.parent.mkdir()
    part.write_bytes(BODY[:10])
    with pytest.raises(
        DataError, match="expected the bytes from 10 on, found 'bytes 0-255999/256000'"
    ):
        get(server, part)
    assert part.read_bytes() == BODY[:10]
