import io
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskrel.errors import EvidenceError
from taskrel.meta.features.profile import BUCKETS, Profile, load_profiles, profile_of, save_profiles
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.words.hashes import word_hashes
from taskrel.tasks.words.vectors import Vectors

TASK = encode(
    {
        "train": [
            Example(["The", "cat", "the"], ["D", "N", "D"]),
            Example(["THE", "emu"], ["D", "N"]),
        ],
        "dev": [Example(["dog"], ["N"])],
        "test": [Example(["cat", "cow"], ["N", "N"])],
    },
    kind="tagging",
    metric="accuracy",
    name="t",
)
VECTORS = Vectors(
    ("The", "cat", "dog", "the"), np.array([[1, 0], [0, 4], [9, 9], [2, 3]], np.float32), "0"
)


def bucket(word):
    return int(word_hashes([word])[0] % BUCKETS)


def test_profile_by_hand():
    """Training words alone, lower-cased; vectors by the better spelling: The, the, the, cat."""
    profile = profile_of(TASK, VECTORS)
    assert dict(zip(profile.buckets.tolist(), profile.counts.tolist(), strict=True)) == {
        bucket("the"): 3,
        bucket("cat"): 1,
        bucket("emu"): 1,
    }
    assert (np.diff(profile.buckets) > 0).all()
    np.testing.assert_allclose(profile.vector, [(1 + 2 + 2 + 0) / 4, (0 + 3 + 3 + 4) / 4])
    assert (profile.size, profile.kind, profile.vector.dtype) == (2, "tagging", np.float32)


def test_without_vectors_there_is_no_mean_and_without_known_words_it_is_zero():
    assert profile_of(TASK, None).vector.shape == (0,)
    other = Vectors(("nichts",), np.ones((1, 2), np.float32), "0")
    assert profile_of(TASK, other).vector.tolist() == [0, 0]


def same(a, b):
    return (a.size, a.kind) == (b.size, b.kind) and all(
        np.array_equal(getattr(a, name), getattr(b, name))
        and getattr(a, name).dtype == getattr(b, name).dtype
        for name in ("buckets", "counts", "vector")
    )


@st.composite
def profiles(draw):
    found = sorted(draw(st.sets(st.integers(0, BUCKETS - 1), max_size=20)))
    counts = draw(st.lists(st.integers(1, 2**32 - 1), min_size=len(found), max_size=len(found)))
    vector = draw(arrays(np.float32, st.integers(0, 5), elements=st.floats(-9, 9, width=32)))
    return Profile(
        np.array(found, np.int64),
        np.array(counts, np.int64),
        vector,
        draw(st.integers(1, 10**9)),
        draw(st.sampled_from(["tagging", "multilabel"])),
    )


@given(profiles())
def test_bytes_there_and_back(profile):
    assert same(Profile.from_bytes(profile.to_bytes()), profile)


def test_file_there_and_back(tmp_path):
    kept = {"file": profile_of(TASK, None), "a/b": profile_of(TASK, VECTORS)}
    save_profiles(tmp_path / "profiles.npz", kept)
    found = load_profiles(tmp_path / "profiles.npz")
    assert list(found) == ["file", "a/b"]
    assert all(same(found[name], kept[name]) for name in kept)


def test_a_profile_holds_no_word():
    raw = zlib.decompress(profile_of(TASK, VECTORS).to_bytes()).lower()
    assert not any(word.encode() in raw for word in ("the", "cat", "emu"))


GOOD = profile_of(TASK, VECTORS).to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing of ours",
        GOOD[:-5],
        zlib.compress(b"[1]\n"),
        zlib.compress(b"{}\n"),
        zlib.compress(zlib.decompress(GOOD)[:-1]),
        zlib.compress(zlib.decompress(GOOD).replace(b'"words": 3', b'"words": 9')),
        zlib.compress(zlib.decompress(GOOD).replace(b'"schema": 1', b'"schema": 2')),
    ],
)
def test_damaged_bytes_are_refused(data):
    with pytest.raises(EvidenceError, match="damaged or newer than this taskrel"):
        Profile.from_bytes(data)


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no zip", "expected a file that taskrel wrote"),
        (b"", "expected a file that taskrel wrote"),
        (npz(a=np.arange(3))[:60], "expected a file that taskrel wrote"),
        (npz(**{"task a": np.array([{}])}), "expected a file that taskrel wrote"),  # a pickle
        (npz(a=np.zeros(3, np.uint8)), "found 'a' of uint8"),
        (npz(**{"task a": np.arange(3.0)}), "found 'task a' of float64"),
        (
            npz(**{"task a": np.frombuffer(GOOD[:-9], np.uint8)}),
            "task a: a task's profile is damaged",
        ),
    ],
)
def test_a_file_that_is_not_ours_is_refused(tmp_path, content, says):
    path = tmp_path / "profiles.npz"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match=says) as error:
        load_profiles(path)
    assert str(path) in str(error.value)


def test_single_arrays_and_missing_files_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(3))
    (tmp_path / "x.npy").rename(tmp_path / "array.npz")
    (tmp_path / "zip.npz").write_bytes(_zip_of_text())
    for name in ("array.npz", "missing.npz", "zip.npz"):
        with pytest.raises(EvidenceError, match=name):
            load_profiles(tmp_path / name)


def _zip_of_text():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as z:
        z.writestr("task a", "text")
    return file.getvalue()


def test_the_separator_of_pairs_is_no_common_word():
    def profile(text):
        part = [Example(text.split(), "a"), Example(["cat"], "b")]
        task = encode(
            dict.fromkeys(("train", "dev", "test"), part),
            kind="classification",
            metric="accuracy",
            name="t",
        )
        return profile_of(task, VECTORS)

    pair, joined = profile("The dog <sep> emu"), profile("The dog emu")
    assert pair.to_bytes() == joined.to_bytes()
    assert bucket("<sep>") not in pair.buckets
