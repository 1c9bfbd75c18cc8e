"""How long a search takes, estimated from the time of a single-task run."""

import math
import os
from pathlib import Path

from taskrel.meta.evidence.evidence import SECONDS, Evidence
from taskrel.training.recipes.recipe import parse_recipe

#: Share of the runs of every pair with three seeds after which a search finds little more.
SHARE, SEEDS = 0.2, 3


def single_seconds(folder: Path, task: str) -> float | None:
    """Mean time of the single-task runs of a task in a study's folder; None where there is none."""
    from taskrel.study.store.store import Store

    with Store.read(folder) as store:
        seconds = store.seconds()
        digest = store.recipes()[0][0]
        runs = [
            identity for (name, _), identity in store.single_runs(digest).items() if name == task
        ]
    found = [seconds[identity] for identity in runs if seconds.get(identity)]
    return sum(found) / len(found) if found else None


def minutes_to_search(
    evidence: Evidence, n_auxs: int, seconds: float | None = None, jobs: int | None = None
) -> int | None:
    """Minutes in which a search among so many auxiliaries finds most of what there is to find.

    seconds : of a single-task run; None: the mean of the evidence's own runs
    jobs : runs at the same time; None: one per core

    None where the time of a run is not known, or nothing can be trained with the evidence's recipe.
    """
    from taskrel.meta.evidence.encoders import has_encoders

    seconds = seconds or evidence.provenance.get(SECONDS)
    if not seconds or not evidence.of_taskrel:
        return None
    recipe = parse_recipe(evidence.own_recipe, f"evidence {evidence.name}")
    updates = recipe.steps
    if not (recipe.schedule == "transfer" and has_encoders(evidence)):
        updates += recipe.aux_steps or recipe.steps
    runs = max(round(SHARE * SEEDS * (n_auxs + 1)), SEEDS)
    whole = runs * seconds * updates / recipe.steps / (jobs or os.cpu_count() or 1)
    return max(math.ceil(whole / 60), 1)
