"""Members of archives: the right one, and nothing from a malicious or damaged archive."""

import bz2
import functools
import gzip
import io
import random
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from taskrel.errors import DataError
from taskrel.tasks.fetching import archives
from taskrel.tasks.fetching import unpack as module
from taskrel.tasks.fetching.archives import checks_itself, packing
from taskrel.tasks.fetching.unpack import unpack

FILES = {
    "corpus/README": b"read me",
    "corpus/raw/train.txt": b"one\ntwo\n",
    "corpus/raw/deep/er.txt": b"three",
    "other/raw2/train.txt.old": b"no",
}
LINK = object()


def make(path, files):
    """A zip or tar file at `path`, by its name; LINK as content is a link to /etc/hostname."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for name, content in files.items():
                info = zipfile.ZipInfo(name)
                if content is LINK:
                    info.external_attr = (stat.S_IFLNK | 0o777) << 16
                z.writestr(
                    info, "/etc/hostname" if content is LINK else content, zipfile.ZIP_DEFLATED
                )
        return path
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w:bz2") as t:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            if content is LINK:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
                t.addfile(info)
            else:
                info.size = len(content)
                t.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture(params=["a.zip", "a.tar.gz", "a.tar.bz2"])
def archive(request, tmp_path):
    return lambda files: make(tmp_path / request.param, files)


def take(archive, member, target):
    unpack(archive, packing(archive.name), member, target)


@pytest.mark.parametrize("member", ["corpus/raw/train.txt", "raw/train.txt", "train.txt"])
def test_a_file_by_its_path_or_the_end_of_it(archive, tmp_path, member):
    target = tmp_path / "data" / "new.txt"
    take(archive(FILES), member, target)
    assert target.read_bytes() == b"one\ntwo\n"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder(archive, tmp_path):
    target = tmp_path / "data" / "texts"
    take(archive(FILES), "raw", target)
    found = {
        p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()
    }
    assert found == {"train.txt": b"one\ntwo\n", "deep/er.txt": b"three"}
    assert list(target.parent.iterdir()) == [target]


REFUSED = {  # archive, member, what is said
    "a link": ({"c/a": b"a", "c/b": LINK}, "c", "found a link or device, 'c/b'; nothing"),
    "a link as a file": ({"c/a": LINK}, "a", "found a link or device, 'c/a'"),
    "up": (
        {"c/a": b"a", "c/../../evil": b"b"},
        "c",
        r"paths inside the archive's folder, found 'c/../../evil'",
    ),
    "up before": ({"../c/a": b"a"}, "c", r"found '../c/a'"),
    "absolute": ({"/c/a": b"a"}, "c/a", r"found '/c/a'"),
    "a drive": ({"c/D:evil": b"a"}, "c", "found 'c/D:evil'"),
    "not there": (
        {"c/a": b"a"},
        "b",
        r"expected b in the archive once, found it 0 times \(the "
        r"archive has 'c/a'\)",
    ),
    "end of a name only": ({"c/ba": b"a"}, "a", "found it 0 times"),
    "twice": (
        {f"{d}/a": b"a" for d in "bcdefgh"},
        "a",
        "found it 7 times .the archive has 'b/a', 'c/a', 'd/a', 'e/a', 'f/a', 'g/a'…",
    ),
    "a name for the eye": ({"c/\x1b[2J": b"a"}, "b", r"the archive has 'c/\\x1b\[2J'"),
    "absolute below the folder": (
        {"c/a": b"a", "c//tmp/evil": b"b"},
        "c",
        r"paths inside the archive's folder, found 'c//tmp/evil'",
    ),
    "a file as a folder": (
        {"c/a": b"a", "c/a/b": b"b"},
        "c",
        "that files of one folder can have, found 'a/b'",
    ),
    "a name too long": ({f"c/{'a' * 300}": b"a"}, "c", "of one folder can have, found 'aaa"),
    "empty": ({}, "a", "found it 0 times"),
    "too large": (
        {"c/a": bytes(150_000)},
        "c",
        "of at most 100 times the size of its archive, found more",
    ),
    "too large together": ({f"c/{i}": bytes(40_000) for i in range(4)}, "c", "at most 100 times"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_and_nothing_is_left(archive, tmp_path, monkeypatch, case):
    monkeypatch.setattr(archives, "RATIO", 100)
    monkeypatch.setattr(archives, "FLOOR", 100_000)
    files, member, said = REFUSED[case]
    folder = tmp_path / "in" / "data"
    packed = archive(files)
    with pytest.raises(DataError, match=said):
        take(packed, member, folder / "new")
    assert not folder.exists() or list(folder.iterdir()) == []
    assert {p.name for p in tmp_path.iterdir()} <= {packed.name, "in"}


@pytest.mark.parametrize("path", ["{tmp}/evil", "../evil", "d/../../../../evil", ""])
def test_no_file_is_made_outside_whoever_has_looked(tmp_path, path):
    """The second check of names; the first one looks at all names before anything is written."""
    with pytest.raises(DataError, match="expected paths inside the archive's folder"):
        module._write_folder({path.format(tmp=tmp_path): [b"b"]}, tmp_path / "data" / "new", 100)
    assert list(tmp_path.rglob("*")) == [tmp_path / "data"]


def test_a_disk_that_fills_up_is_no_damage(archive, tmp_path, monkeypatch):
    packed = archive(FILES)
    full = functools.partial(Path("/dev/full").open, "wb", 0)
    monkeypatch.setattr(module, "_create", lambda folder, path: full())
    with pytest.raises(OSError, match="No space left"):
        take(packed, "raw", tmp_path / "data" / "new")
    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_may_end_with_a_slash(archive, tmp_path):
    take(archive(FILES), "raw/deep/", tmp_path / "new")
    assert (tmp_path / "new" / "er.txt").read_bytes() == b"three"


def test_what_is_refused_does_not_matter_where_it_is_not_asked_for(archive, tmp_path):
    take(archive({"c/a": b"a", "d": LINK, "../e": b"e"}), "a", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == b"a"


@pytest.mark.parametrize(("name", "pack"), [("a.txt.gz", gzip.compress), ("a.bz2", bz2.compress)])
def test_one_compressed_file(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(b"content"))
    take(tmp_path / name, "", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == b"content"


NOISE = {"new": random.Random(0).randbytes(100_000)}
TAR = io.BytesIO()
with tarfile.open(fileobj=TAR, mode="w") as t:
    for name in ("new", "new2"):
        t.addfile(tarfile.TarInfo(name))


def behind(content, old, new):
    """The same with the last `old` in it replaced by as many other bytes."""
    assert len(old) == len(new) and old in content
    head, _, tail = content.rpartition(old)
    return head + new + tail


def made_zip(method=zipfile.ZIP_STORED, name="new", content=b"content" * 99):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as z:
        z.writestr(name, content)
    return file.getvalue()


def made_tar(headers):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as t:
        info = tarfile.TarInfo("new")
        info.pax_headers = headers
        t.addfile(info)
    return file.getvalue()


LZMA = made_zip(zipfile.ZIP_LZMA, content=NOISE["new"][:300])
DEFLATED = made_zip(zipfile.ZIP_DEFLATED)

DAMAGED = {  # name, content
    "a name in no code (UnicodeDecodeError)": (
        "a.zip",
        behind(made_zip(name="né"), "é".encode(), b"\xff\xff"),
    ),
    "a map of no numbers (ValueError)": (
        "a.tar",
        made_tar({"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "a,b"}),
    ),
    "lzma (LZMAError)": ("a.zip", LZMA[:60] + b"\xff" + LZMA[61:]),
    "deflate (zlib.error)": ("a.zip", DEFLATED[:33] + b"\xff" * 6 + DEFLATED[39:]),
    "a place before the file (EINVAL)": (
        "a.zip",
        made_zip()[:-6] + (1 << 20).to_bytes(4, "little") + bytes(2),
    ),
    "the checksum of a tar.gz": ("a.tar.gz", gzip.compress(TAR.getvalue())[:-8] + bytes(8)),
    "the end of a tar.gz": ("a.tar.gz", gzip.compress(TAR.getvalue())[:-4]),
    "the checksum of a tar.bz2": ("a.tar.bz2", bz2.compress(TAR.getvalue())[:-4] + bytes(4)),
    "a page as zip": ("a.zip", b"<html>a page</html>"),
    "a page as tar": ("a.tgz", b"<html>a page</html>"),
    "a page as gz": ("a.gz", b"<html>a page</html>"),
    "a page as bz2": ("a.bz2", b"<html>a page</html>"),
    "nothing as zip": ("a.zip", b""),
    "nothing as tar": ("a.tar.gz", b""),
    "half a zip": ("a.zip", None),
    "half a tar.gz": ("a.tar.gz", None),
    "half a tar.bz2": ("a.tar.bz2", None),
    "half a gz": ("a.gz", gzip.compress(NOISE["new"])[:50_000]),
    "half a bz2": ("a.bz2", bz2.compress(NOISE["new"])[:50_000]),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damage_is_told(tmp_path, case):
    name, content = DAMAGED[case]
    path = tmp_path / name
    path.write_bytes(make(path, NOISE).read_bytes()[:50_000] if content is None else content)
    with pytest.raises(DataError, match=rf"{name} cannot be unpacked \([^\n]+\); run the command"):
        take(path, "new", tmp_path / "out" / "new")
    assert not list((tmp_path / "out").glob("*"))


def test_what_follows_a_tar_file_is_not_read_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO", 100)
    monkeypatch.setattr(archives, "FLOOR", 100_000)
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(TAR.getvalue() + bytes(1_000_000)))
    with pytest.raises(DataError, match="of at most 100 times the size of its archive"):
        take(path, "new", tmp_path / "new")


def test_what_a_tar_file_says_of_itself_is_counted_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO", 100)
    monkeypatch.setattr(archives, "FLOOR", 100_000)
    path, content = tmp_path / "a.tar.gz", io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as t:
        for name in ("big", "behind"):
            member = tarfile.TarInfo(name)
            member.size = 1_000_000
            t.addfile(member, io.BytesIO(bytes(member.size)))
    path.write_bytes(gzip.compress(content.getvalue()))
    with pytest.raises(DataError, match="of at most 100 times the size of its archive"):
        take(path, "behind", tmp_path / "new")


def test_a_damaged_member_is_told(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as z:  # stored, so that one byte can be changed
        z.writestr("new", b"content")
    path.write_bytes(path.read_bytes().replace(b"content", b"cOntent"))
    with pytest.raises(DataError, match="Bad CRC-32 for file 'new'"):
        take(path, "new", tmp_path / "out" / "new")
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("https://e.org/a.ZIP?dl=1", "zip"),
        ("https://e.org/a.tar.gz", "tar"),
        ("https://e.org/a.tgz#x", "tar"),
        ("https://e.org/train.txt.gz", "gz"),
        ("https://e.org/a.xml.bz2", "bz2"),
        ("https://e.org/zip", ""),
        ("https://e.org/?f=a.zip", ""),
        ("folder/a.gz", "gz"),
    ],
)
def test_packing_by_name(url, how):
    assert packing(url) == how


@pytest.mark.parametrize(
    ("url", "itself"),
    [
        ("a.zip", True),
        ("a.tar.gz", True),
        ("a.tgz", True),
        ("a.tar.bz2", True),
        ("a.gz", True),
        ("a.bz2", True),
        ("a.tar", False),
        ("a.txt", False),
    ],
)
def test_what_checks_itself(url, itself):
    assert checks_itself(f"https://e.org/{url}?dl=1") is itself
