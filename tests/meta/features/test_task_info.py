from taskrel.meta.features.dataset import DATASET_FEATURES, MORE_DATASET_FEATURES
from taskrel.meta.features.task_info import task_info
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task


def test_what_a_store_keeps_is_plain_and_without_text(tmp_path):
    task = load_task(load_card("planted_fine"), tmp_path)
    info = task_info(task, None)
    assert info["family"] == task.family
    assert info["features"].keys() == DATASET_FEATURES.keys() | MORE_DATASET_FEATURES.keys()
    assert info["features"]["size"] == len(task.splits["train"])
    assert info["metric"] == task.metric
    assert not {*task.words} & {str(value) for value in info.values()}
