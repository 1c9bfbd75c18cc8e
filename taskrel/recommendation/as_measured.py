"""What evidence was measured with, to train more alike: its recipe, and what its tasks are."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from taskrel.errors import EvidenceError, UsageError, nearest
from taskrel.io.paths import cache_folder, shipped
from taskrel.io.toml import convert
from taskrel.meta.evidence.evidence import Evidence
from taskrel.study.experiment.experiment import Entry
from taskrel.study.experiment.file import entries
from taskrel.tasks.automated.names import split_name
from taskrel.tasks.card import card_paths
from taskrel.training.recipes.recipe import Recipe, parse_recipe

if TYPE_CHECKING:
    from taskrel.study.runs.part import Part

log = logging.getLogger("taskrel")


def recipe_of(evidence: Evidence) -> Recipe:
    """The recipe of the evidence's runs; `EvidenceError` where it is another system's."""
    if "vectors_sha256" not in evidence.recipe:
        raise EvidenceError(
            f"evidence {evidence.name}: it was not measured with a recipe of "
            "taskrel's, so nothing can be trained alike; name other evidence"
        )
    own = {k: v for k, v in evidence.recipe.items() if k not in ("vectors_sha256", "device")}
    return parse_recipe(own, f"evidence {evidence.name}")


def entry_of(name: str, cards: Sequence[str], evidence: Evidence) -> Entry:
    """What a task is made from: its card, capped where the evidence's task is.

    An automated task is made from the card of the one before the colon. A card among
    `cards` (names, files or folders) comes before the shipped one of the same name.

    Raises `UsageError` for a task that has no card.
    """
    given = {entry.name: entry for entry in entries(list(cards))}
    shipped_cards = card_paths(shipped("tasks"))
    base, what = split_name(name)
    if name in evidence.entries:
        entry = _noted(name, evidence)
    elif name in given:
        return given[name]
    elif what and base in evidence.entries:
        entry = _noted(base, evidence).automated(what)
    else:
        entry = Entry(name)
    card, what = split_name(entry.card)
    if card in given:
        own = given[card].automated(what) if what else given[card]
        return msgspec.structs.replace(entry, card=own.card)
    if card in shipped_cards:
        return entry
    own = "--tasks names cards of your own"
    if name in evidence.tasks.index:
        raise UsageError(
            f"task {name!r}: there is no card {card!r} here; "
            f"{nearest(card, {*given, *shipped_cards})}; {own}"
        )
    raise UsageError(
        f"task {name!r} is not in evidence {evidence.name}, and has no card; "
        f"{nearest(base, {*evidence.tasks.index, *given, *shipped_cards})}; {own}"
    )


def _noted(name: str, evidence: Evidence) -> Entry:
    return convert(
        evidence.entries[name], Entry, f"evidence {evidence.name}, entry of {name}", EvidenceError
    )


def check_vectors(part: "Part", evidence: Evidence) -> None:
    """Warn of other word vectors than the evidence's."""
    if part.checksum != evidence.recipe.get("vectors_sha256"):
        log.warning(
            "warning: word vectors %s are not the ones the evidence was measured with, so "
            "features and gains may lie elsewhere",
            part.recipe.vectors,
        )


def runs_folder(out: str | None) -> Path:
    """Folder of the store that keeps the runs; default in the user's cache."""
    return Path(out) if out else cache_folder() / "alone"
