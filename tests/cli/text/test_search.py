"""A search as text and as JSON."""

import json
from pathlib import Path

import pytest

from taskrel.cli.text.search import ROWS, document, text
from taskrel.recommendation.search.result import Candidate, OnTest, SavedAs, SearchResult


def candidate(aux, gain=0.0, runs=2):
    half = 1.0 if aux else 0.0
    return Candidate(aux, runs, 0.5 if runs else None, gain, gain - half, gain + half, 0.25)


def result(*candidates, best="topic", close=0.83, reason="budget", **more):
    fields = {
        "test": OnTest(0.55, 2, 0.5, 3),
        "failed": {},
        "missing": {},
        "warnings": ("a warning",),
    } | more
    return SearchResult(
        main="shop",
        metric="f1",
        evidence="text_transfer",
        candidates=candidates or (candidate("topic", 2.0), candidate(None), candidate("ner", -1.0)),
        best=best,
        close=close,
        epsilon=0.5,
        reason=reason,
        noise=1.5,
        seconds=90.0,
        new=4,
        folder=Path("runs/shop"),
        **fields,
    )


def said(*args, **more):
    return " ".join(text(result(*args, **more)).split())


def test_advice_comes_first():
    assert text(result()).startswith(
        "Train shop with topic: expected gain +2.00 % of the single-task score [+1.00, +3.00]."
    )
    words = said()
    assert "With a probability of 83 %, no other candidate is better by more than 0.5 %." in words
    assert (
        "On test, which no choice has seen: 0.5500 with topic (2 runs) and 0.5000 alone (3 runs), a "
        "gain of +10.00 %." in words
    )
    assert "The same command with a larger budget goes on." in words
    assert "6 runs, 4 of them new (90 s), in runs/shop." in words


def test_alone_is_an_answer():
    words = said(candidate(None), candidate("ner", -1.0), best=None, test=None, reason="alone")
    assert words.startswith(
        "Train shop alone. With a probability of 83 %, no candidate improves it by more than 0.5 %. "
        "The search ended because single-task training is as good as any candidate."
    )
    assert "On test" not in words


def test_the_model_that_was_saved():
    model = SavedAs(Path("models/shop"), "topic", 3, {"dev": {"f1": 0.6}, "test": {"f1": 0.55}})
    words = said(model=model)
    assert (
        "The model is in models/shop: trained with topic, seed 3, f1 0.5500 on test. It labels texts "
        "with: taskrel apply models/shop < texts.txt" in words
    )
    assert json.loads(document(result(model=model)))["model"]["folder"] == "models/shop"


@pytest.mark.parametrize("reason", ["found", "seeds", "fixed"])
def test_why_it_ended(reason):
    words = said(reason=reason)
    assert ("The search ended because" in words) == (reason != "fixed")


def test_a_long_table_is_cut_and_keeps_single_task_training():
    many = [candidate(f"t{i}", 20.0 - i) for i in range(15)]
    found = result(*many, candidate(None), best="t0")
    short, long = text(found), text(found, every=True)
    assert sum(line.startswith("t") for line in short.splitlines()) == ROWS
    assert "(single-task)" in short
    assert "5 more with --all." in short
    assert all(f"\nt{i} " in long for i in range(15))
    assert "--all" not in long


def test_what_was_not_trained_and_what_failed():
    words = said(missing={"chess": "no such file"}, failed={"ner": "OSError: full", "": "diverged"})
    assert "Not trained: chess: no such file." in words
    assert "Failed: ner: OSError: full." in words
    assert "Failed: single-task: diverged." in words


def test_as_json():
    found = json.loads(document(result()))
    assert (found["schema"], found["main"], found["best"]) == (1, "shop", "topic")
    assert found["test"]["gain"] == pytest.approx(10)
    assert found["candidates"][1] == {
        "aux": None,
        "runs": 2,
        "dev": 0.5,
        "gain": 0.0,
        "low": 0.0,
        "high": 0.0,
        "best": 0.25,
    }
    assert json.loads(document(result(best=None, test=None)))["test"] is None
