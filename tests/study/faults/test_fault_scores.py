import numpy as np
import pytest
import torch
from made import multilabel_task, text_task

from taskrel.study.faults.mistakes import ORDERS, read_as
from taskrel.study.faults.scores import METRICS, SCORING, Answers
from taskrel.training.evaluation.metrics import score
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe
from taskrel.training.run import run
from taskrel.training.seeds import numpy_stream

TASKS = [multilabel_task(), text_task(n=(80, 40, 60))]
QUICK = Recipe(
    width=8,
    steps=60,
    batch=8,
    evaluations=4,
    encoder=BiLSTM(units=6),
    optimiser=Adam(lr=0.02),
    schedule="simultaneous",
    threshold=0.3,
    loss="sigmoid_sum",
)


@pytest.fixture(scope="module")
def looked():
    """For each task what every fault scores, what the run itself scores, and the heads' logits."""
    found = []

    def look(i, model, tests):
        before = {k: v.clone() for k, v in model.state_dict().items()}
        answers = Answers(TASKS, i, model, tests, QUICK, 0)
        scores = {name: fault(answers) for name, fault in SCORING.items()}
        for k, v in model.state_dict().items():
            assert torch.equal(v, before[k]), k
        found.append((scores, answers, answers.of(model.heads[1 - i], 1 - i, i)))

    result = run(TASKS, QUICK, 0, look=look)
    return found, result


@pytest.mark.parametrize("i", [0, 1])
def test_without_fault_it_is_the_score_of_record(looked, i):
    found, result = looked
    assert found[i][0]["none"] == {
        m: result.scores[TASKS[i].name, "test", "best", m] for m in METRICS
    }
    assert found[i][0]["none"]["weighted_f1"] > 0.35


def test_looking_does_not_change_the_run(looked):
    assert run(TASKS, QUICK, 0).scores == looked[1].scores


@pytest.mark.parametrize("i", [0, 1])
@pytest.mark.parametrize("name", ORDERS)
def test_faults_of_order_move_the_right_answers(looked, i, name):
    scores, answers, _ = looked[0][i]
    order = ORDERS[name](TASKS[i].splits["test"].lengths, numpy_stream(0, name, TASKS[i].name))
    expected = score(TASKS[i], "test", answers.right[order])
    assert scores[name] == {m: expected[m] for m in METRICS}
    assert scores[name] != scores["none"]


@pytest.mark.parametrize("i", [0, 1])
def test_wrong_head_answers_in_its_own_labels(looked, i):
    scores, _, other = looked[0][i]
    assert other.shape == ((20,), (60, 5))[i]
    expected = score(TASKS[i], "test", read_as(other, TASKS[i].kind, TASKS[i].n_labels))
    assert scores["wrong_head"] == {m: expected[m] for m in METRICS}


def test_a_head_that_was_never_trained_is_worse(looked):
    for scores, *_ in looked[0]:
        assert scores["fresh_head"]["accuracy"] < scores["none"]["accuracy"]


def test_concatenated_test_counts_the_other_texts(looked):
    scores, answers, _ = looked[0][1]
    # labels of the other task: its first one, if this task has as many; 4 letters, 5 vowels
    foreign = answers.of(answers.model.heads[1], 1, 0)
    gold = np.concatenate(
        [
            TASKS[1].splits["test"].targets,
            read_as(TASKS[0].splits["test"].targets, "classification", 4),
        ]
    )
    predicted = np.concatenate([answers.right, foreign])
    assert TASKS[1].n_labels == 4
    assert len(gold) == 80
    assert scores["concatenated_test"]["accuracy"] == pytest.approx(
        (gold == predicted)[gold >= 0].mean()
    )
