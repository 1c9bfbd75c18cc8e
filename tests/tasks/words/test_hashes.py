import numpy as np

from taskrel.tasks.words.hashes import word_hashes


def test_hashes_are_those_of_b2sum():
    """``printf the | b2sum -l 64``, its bytes read least significant first."""
    printed = ["5edaab6c90973a2e", "8bea86aefeed8674"]
    expected = [int.from_bytes(bytes.fromhex(p), "little") for p in printed]
    assert word_hashes(["the", "Über"]).tolist() == expected
    assert word_hashes([]).tolist() == []


def test_a_lone_surrogate_of_a_damaged_text_has_a_hash_too():
    found = word_hashes(["\udc80", "\udc81"])
    assert found.dtype == np.uint64
    assert found[0] != found[1]
