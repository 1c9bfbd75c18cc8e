"""Reading the tasks of an experiment: each corpus once, automated tasks from those read."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from taskrel.study.experiment.experiment import Entry
from taskrel.tasks.automated.make import automated
from taskrel.tasks.automated.names import split_name
from taskrel.tasks.card import Card, load_card
from taskrel.tasks.parsed import read_task
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")


def read_tasks(
    entries: Iterable[Entry], folder: Path, given: Mapping[str, Task] = MappingProxyType({})
) -> dict[str, Task]:
    """Read the tasks of `entries`, in their order, by name; all cards before any corpus.

    folder : the data folder
    given : tasks in memory, by the name that an entry has for its card
    """
    entries = tuple(entries)
    bases = {e.base: given[e.base.card] for e in entries if e.base.card in given}
    cards = {e.base: load_card(e.base.card) for e in entries if e.base not in bases}
    tasks = {}
    for entry in entries:
        base, what = entry.base, split_name(entry.card)[1]
        if base not in bases:
            bases[base] = read_task(
                _without(cards[base], base),
                folder,
                limit=base.limit,
                dev=base.dev,
                test=base.test,
                seed=base.seed,
                name=base.name,
            )
        tasks[entry.name] = automated(bases[base], what) if what else bases[base]
        log.info("read %s", _one_line(tasks[entry.name]))
    return tasks


def _without(card: Card, entry: Entry) -> Card:
    """The card with the absent labels of the entry added."""
    absent = (*card.labels.absent, *entry.absent)
    return msgspec.structs.replace(card, labels=msgspec.structs.replace(card.labels, absent=absent))


def _one_line(task: Task) -> str:
    sizes = ", ".join(f"{s} {len(task.splits[s])}" for s in ("train", "dev", "test"))
    out = "".join(f"; {what}: {n}" for what, n in task.left_out.items())
    spans = f" ({task.scheme.says})" if task.scheme else ""
    return f"{task.name}: {task.kind}, {task.n_labels} labels{spans}, {sizes}{out}"
