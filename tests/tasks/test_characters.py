"""Texts read as characters: spelling, and the card's field from file to task."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.tasks.card import parse_card
from taskrel.tasks.characters import spell
from taskrel.tasks.load import load_task
from taskrel.tasks.task import SPLITS


@pytest.mark.parametrize(
    ("text", "keep", "lower", "expected"),
    [
        ("Ab a", "abA ", False, (["A", "b", " ", "a"], 0)),
        ("Ab a", "ab ", True, (["a", "b", " ", "a"], 0)),
        ("Ab a", "ab", False, (["b", "a"], 1)),  # no blank; "A" is none of the kept ones
        (" a \t\n b ", "ab ", False, (["a", " ", "b"], 0)),
        ("a ❤ b", "ab ", False, (["a", " ", "b"], 1)),  # one blank, not two
        ("❤ ❤", "ab ", False, ([], 2)),
        ("a^b-]\\\xa0[", "^-]\\ ", False, (["^", "-", "]", "\\"], 3)),  # signs of patterns
    ],
)
def test_spelling(text, keep, lower, expected):
    assert spell(text, keep, lower) == expected


@given(st.text("ab c\n❤", max_size=30))
def test_what_is_kept_and_what_is_left_out_make_up_the_text(text):
    kept, left_out = spell(text, "ab ")
    assert "".join(kept).split() == "".join(c for c in text if c in "ab \n").split()
    assert left_out == sum(c in "c❤" for c in text)


def card(reader, kind="classification", **changes):
    return parse_card(
        {
            "schema": 1,
            "name": "x",
            "title": "t",
            "kind": kind,
            "metric": "accuracy",
            "reader": reader,
            "characters": {"keep": "no 't", "lower": True},
        }
        | changes,
        "x.toml",
    )


def test_a_card_reads_characters_not_words(tmp_path):
    for split in SPLITS:
        # The text itself is spelt out: no blank comes into "don't", as it would by way of words.
        (tmp_path / f"{split}.tsv").write_text("Don't!\ta\nNo\tb\n!?\ta\n")
    task = load_task(
        card("delimited", files=[{"path": f"{s}.tsv", "split": s} for s in SPLITS]), tmp_path
    )
    assert task.words == ("'", "n", "o", "t")
    assert task.texts("dev") == ["o n ' t", "n o"]
    assert task.left_out == {
        "characters that are not in characters.keep": 3 * (2 + 2),
        "blank texts": 3,
    }


def test_tokens_that_a_file_gives_are_spelt_out_with_blanks_between(tmp_path):
    for split in SPLITS:
        rows = [{"tokens": ["No", "not"], "label": label} for label in "ab"]
        (tmp_path / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    task = load_task(
        card("jsonl", files=[{"path": f"{s}.jsonl", "split": s} for s in SPLITS]), tmp_path
    )
    codes = task.splits["test"].tokens[:6]
    assert [task.words[c] for c in codes] == ["n", "o", " ", "n", "o", "t"]


def test_the_planted_language_can_be_spelt_out(tmp_path):
    task = load_task(
        card(
            "planted", characters={"keep": "abcdefgh "}, options={"labelling": "topic", "train": 50}
        ),
        tmp_path,
    )
    assert set(task.words) <= set("abcdefgh ")
