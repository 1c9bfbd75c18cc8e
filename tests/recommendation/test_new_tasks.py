"""A task that evidence does not know is trained alone, measured and joined."""

from dataclasses import replace

import numpy as np
import pytest
from made_tiny import CARD, CARDS

from taskrel.errors import EvidenceError, UsageError
from taskrel.recommendation.new_tasks import with_new_tasks
from taskrel.recommendation.workspace import Workspace
from taskrel.study.store.store import Store


@pytest.fixture
def evidence(tiny):
    return tiny


def workspace(*cards, out):
    return Workspace(tuple(map(str, cards)), out=str(out), jobs=1, progress=False)


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "cards" / "mine.toml"
    path.parent.mkdir()
    path.write_text(CARD)
    return path


def measured(evidence):
    """Features that a trained task has; whether the paper's curve fit ends depends on the CPU."""
    return evidence.tasks.loc["fine"].notna() & ~evidence.tasks.columns.isin(["curve_a", "curve_c"])


def test_a_new_task_joins_with_its_features_and_its_pairs(evidence, card, tmp_path):
    joined = with_new_tasks(evidence, ["mine"], workspace(card.parent, out=tmp_path / "alone"))
    assert list(joined.tasks.index) == ["coarse", "fine", "mine"]
    there = measured(evidence)
    assert joined.tasks.loc["mine"][there].notna().all()
    assert joined.tasks.loc["mine", "size"] == 30
    assert joined.about.loc["mine", "family"] == "mine"
    assert 0 < joined.about.loc["mine", "stl"] <= 1
    for pair in (("mine", "fine"), ("coarse", "mine")):
        row = joined.pairs.loc[pair]
        assert row["vocabulary_share"] > 0.2
        assert np.isnan(row["probe"])  # needs the other's encoder or corpus
    assert joined.pairs.loc[("fine", "coarse")].equals(evidence.pairs.loc[("fine", "coarse")])
    assert len(joined.measured()) == len(evidence.measured()) == 2


def test_its_run_is_kept_and_not_trained_again(evidence, card, tmp_path, monkeypatch):
    space = workspace(card, out=tmp_path / "alone")
    first = with_new_tasks(evidence, ["mine"], space)
    with Store.read(tmp_path / "alone") as store:
        assert len(store.status()) == 1
    monkeypatch.setattr("taskrel.study.runs.execute.train", lambda *_: pytest.fail("trained again"))
    assert with_new_tasks(evidence, ["mine"], space).tasks.equals(first.tasks)


def test_an_automated_task_is_made_from_the_cards_texts(evidence, card, tmp_path):
    joined = with_new_tasks(
        evidence,
        ["mine:next_word", "little_topic:missing_word"],
        workspace(card, CARDS, out=tmp_path / "alone"),
    )
    assert {"mine:next_word", "little_topic:missing_word"} <= set(joined.tasks.index)
    assert joined.tasks.loc["mine:next_word", "size"] == 30
    assert joined.about.loc["mine:next_word", "family"] == "mine"
    assert joined.about.loc["mine:next_word", "kind"].startswith("regression")
    there = measured(evidence)
    assert joined.tasks.loc["mine:next_word"][there].notna().all()
    assert joined.pairs.loc[("fine", "mine:next_word"), "vocabulary_share"] > 0.2


@pytest.mark.parametrize(
    ("name", "own", "said"),
    [
        (
            "chunk",
            False,
            [
                "warning: evidence tiny has fine, made from the same card as chunk, and answers "
                "about it without training; chunk itself is trained now"
            ],
        ),
        ("chunk", True, []),  # a card of one's own, of the same name
        ("pos", False, []),
    ],
)
def test_what_the_evidence_knows_of_a_card_is_said_first(
    evidence, tmp_path, monkeypatch, caplog, name, own, said
):
    def read(*_, **__):
        raise InterruptedError

    monkeypatch.setattr("taskrel.recommendation.planned_like.prepare_study", read)
    entries = {**evidence.entries, "fine": {"card": "chunk", "limit": 20, "as": "fine"}}
    (tmp_path / "chunk.toml").write_text(CARD.replace('"mine"', '"chunk"'))
    cards = [tmp_path / "chunk.toml"] if own else []
    with pytest.raises(InterruptedError):
        with_new_tasks(
            replace(evidence, name="tiny", entries=entries),
            [name],
            workspace(*cards, out=tmp_path / "alone"),
        )
    assert caplog.messages == said


def test_a_task_without_a_card_is_named(evidence, tmp_path):
    with pytest.raises(
        UsageError,
        match=r"task .fien. is not in evidence .* and has no card; "
        r"did you mean fine",
    ):
        with_new_tasks(evidence, ["fien"], workspace(out=tmp_path))
    with pytest.raises(UsageError, match=r"task .fien:next_word. .*; did you mean fine"):
        with_new_tasks(evidence, ["fien:next_word"], workspace(out=tmp_path))


def test_evidence_of_another_system_cannot_be_joined(evidence, card, tmp_path):
    other = replace(evidence, recipe={"steps": 10})
    with pytest.raises(EvidenceError, match="was not measured with taskrel, so nothing"):
        with_new_tasks(other, ["mine"], workspace(card, out=tmp_path))
