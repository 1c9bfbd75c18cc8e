from taskrel.study.experiment.experiment import Entry
from taskrel.study.runs import read_tasks as module
from taskrel.study.runs.read_tasks import read_tasks
from taskrel.tasks.automated.make import automated

SMALL = Entry("planted_topic", limit=20, as_="small")


def test_automated_tasks_come_from_what_their_base_has_and_it_is_read_once(monkeypatch, tmp_path):
    read, real = [], module.read_task

    def read_task(card, *args, **options):
        read.append((card.name, options["limit"]))
        return real(card, *args, **options)

    monkeypatch.setattr(module, "read_task", read_task)
    tasks = read_tasks(
        [
            SMALL.automated("next_word"),
            SMALL,
            SMALL.automated("missing_word"),
            Entry("planted_topic:next_word", limit=10),
        ],
        tmp_path,
    )
    assert list(tasks) == [
        "small:next_word",
        "small",
        "small:missing_word",
        "planted_topic_10:next_word",
    ]
    assert all(task.name == name for name, task in tasks.items())
    assert read == [("planted_topic", 20), ("planted_topic", 10)]
    assert tasks["small:next_word"].digest == automated(tasks["small"], "next_word").digest
    assert len(tasks["planted_topic_10:next_word"].splits["train"]) == 10
