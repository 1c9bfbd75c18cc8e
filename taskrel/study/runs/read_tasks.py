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
    """Read the tasks of `entries`, in their order, by name: `read_bases`, then `make_tasks`."""
    entries = tuple(entries)
    return make_tasks(entries, read_bases(entries, folder, given))


def read_bases(
    entries: Iterable[Entry], folder: Path, given: Mapping[str, Task] = MappingProxyType({})
) -> dict[Entry, Task]:
    """Read the tasks that `entries` are, or are made from; all cards before any corpus.

    folder : the data folder
    given : tasks in memory, by the name that an entry has for its card
    """
    entries = tuple(entries)
    bases = {e.base: given[e.base.card] for e in entries if e.base.card in given}
    cards = {e.base: load_card(e.base.card) for e in entries if e.base not in bases}
    for base in dict.fromkeys(e.base for e in entries):
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
        log.info("read %s", _one_line(bases[base]))
    return bases


def make_tasks(entries: Iterable[Entry], bases: Mapping[Entry, Task]) -> dict[str, Task]:
    """The tasks of `entries` by name: what was read of each, or an automated task made of it."""
    tasks = {}
    for entry in entries:
        task, what = bases[entry.base], split_name(entry.card)[1]
        tasks[entry.name] = automated(task, what) if what else task
        if what:
            log.info("made %s", _one_line(tasks[entry.name]))
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
