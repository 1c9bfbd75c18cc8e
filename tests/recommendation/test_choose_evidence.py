import pytest
from made import tagging_task, text_task

from taskrel.errors import UsageError
from taskrel.recommendation.choose_evidence import choose_evidence
from taskrel.recommendation.workspace import Workspace

MINE = {"mine": text_task("mine"), "tags": tagging_task("tags")}


@pytest.mark.parametrize(
    ("main", "auxs", "chosen"),
    [
        ("emotion", ["sentiment"], "text_transfer"),
        ("emotion", [], "text_transfer"),
        ("pos", ["ner_1000"], "library"),
        ("mine", [], "text_transfer"),
        ("mine", ["chunk"], "text_transfer"),
        ("pos", [], "token_transfer"),
        ("tags", ["chunk"], "token_transfer"),
        ("tags", ["chunk_1000"], "token_transfer"),
        # Of text_transfer by their names alone, and of the library.
        ("stars_300", [], "text_transfer"),
        ("emotion", ["hate_2000"], "library"),
        ("emotion", ["auto:next_word"], "text_transfer"),
        # Nobody knows all of them.
        ("emotion", ["mine"], "text_transfer"),
        ("chess", [], "library"),
    ],
)
def test_the_level_decides_unless_other_evidence_knows_more(main, auxs, chosen):
    assert choose_evidence(main, auxs, Workspace(tasks=MINE)).name == chosen


def test_a_recipe_that_only_some_evidence_has():
    assert choose_evidence("emotion", [], Workspace(), "library").name == "library"
    with pytest.raises(UsageError, match="unknown recipe 'nothing'"):
        choose_evidence("emotion", [], Workspace(), "nothing")
