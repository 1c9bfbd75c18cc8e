"""Measure: profiles and pair features of a study's tasks, kept in its store.

Nothing in the store is measured again. With these features, evidence can be made from the store
without the corpora.
"""

import logging
import time
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np

from taskrel.meta.features.encoder_scores import encoder_scores
from taskrel.meta.features.label_similarity import LabelledTexts, label_similarity
from taskrel.meta.features.names import ENCODER_SCORES
from taskrel.meta.features.pair import profile_features
from taskrel.meta.features.profile import Profile, profile_of
from taskrel.meta.features.trivial_baselines import baseline_scores
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.device import default_jobs
from taskrel.study.runs.execute import trained
from taskrel.study.runs.part import Part
from taskrel.study.runs.workers import WorkerDied, results
from taskrel.study.store.encoders import encoder_path, save_encoder
from taskrel.study.store.store import Store
from taskrel.tasks.overlap import Shared, contamination
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.training.inputs import frozen_of, states_of

log = logging.getLogger("taskrel")

#: Fewer pairs take less time here than worker processes need to start.
FEW = 80
#: What a pair shares that `contamination` leaves out.
NONE = Shared(0, 0, 0)


def measure(study: PlannedStudy, out: Path, *, jobs: int | None = None, bar: bool = True) -> None:
    """Measure what the store in `out` lacks: profiles, and features of all directed pairs.

    A pair is left out until a single-task run of its auxiliary whose encoder is kept is done.
    Where the encoder is not there (because an older version did not keep it, or the run was
    imported), the run is trained again for it. Features of earlier versions, which had fewer scores,
    are measured again.
    """
    jobs = jobs or default_jobs(study.device)
    with Store.write(out) as store:
        for part in study.parts:
            profiles = _profiles(study, part, store)
            stored = store.pairs(part.digest)
            if not set(ENCODER_SCORES) <= set(stored.columns):  # of an earlier version
                stored = stored[:0]
            known = set(zip(stored["main"], stored["aux"], strict=True))
            comparable = part.comparable
            missing = [
                pair
                for pair in permutations(study.tasks, 2)
                if pair in comparable and pair not in known
            ]
            if missing:
                encoders = _encoders(study, part, store, {aux for _, aux in missing}, jobs, bar)
                _measure(
                    study,
                    part,
                    store,
                    profiles,
                    [pair for pair in missing if pair[1] in encoders],
                    encoders,
                    jobs,
                )


def _profiles(study: PlannedStudy, part: Part, store: Store) -> dict[str, Profile]:
    """Profiles of the study's tasks; missing ones are computed and added to the store.

    Those of earlier versions, which have no baselines, are computed again.
    """
    stored = {n: Profile.from_bytes(raw) for n, raw in store.profiles(part.digest).items()}
    kept = {name: profile for name, profile in stored.items() if profile.baselines is not None}
    new = {
        name: replace(
            profile_of(task, part.vectors, _train_states(task, part)),
            baselines=baseline_scores(task),
        )
        for name, task in study.tasks.items()
        if name not in kept
    }
    store.add_profiles(
        part.digest,
        {name: (study.tasks[name].digest, profile.to_bytes()) for name, profile in new.items()},
    )
    return {name: new.get(name) or kept[name] for name in study.tasks}


def _train_states(task: Task, part: Part) -> np.ndarray | None:
    """Frozen states of a task's training tokens, where the recipe reads them."""
    recipe = part.recipe
    if not recipe.states or not isinstance(part.pretrained, Pretrained):
        return None
    return states_of(task, "train", recipe.max_tokens, frozen_of(recipe, part.pretrained))[1]


def _encoders(
    study: PlannedStudy, part: Part, store: Store, names: set[str], jobs: int, bar: bool
) -> dict[str, dict[int, Path]]:
    """Seed → encoder file of those of these tasks whose single-task runs are done."""
    from tqdm import tqdm

    status = store.status()
    done = [
        run
        for run in part.kept_alone
        if run.tasks[0] in names and status.get(run.identity) == "done"
    ]
    paths: dict[str, dict[int, Path]] = {}
    for run in done:
        of_task = paths.setdefault(run.tasks[0], {})
        of_task[run.seed] = encoder_path(store.path.parent, run)
    lost = [run for run in done if not paths[run.tasks[0]][run.seed].exists()]
    if lost:
        log.info("%d single-task runs are trained again, for their encoders", len(lost))
        with tqdm(
            total=sum(run.steps for run in lost), unit="step", disable=None if bar else True
        ) as progress:
            for outcome in trained(
                lost,
                study.tasks,
                part.pretrained,
                jobs=jobs,
                device=study.device,
                progress=lambda n: progress.update(n - progress.n),
            ):
                (name,) = outcome.run.tasks
                encoder = outcome.result.encoder if outcome.result else None
                if encoder is None:
                    error = (outcome.error or "the run kept none").strip().splitlines()[-1]
                    log.error("no encoder of %s: %s", name, error)
                    del paths[name][outcome.run.seed]
                else:
                    save_encoder(paths[name][outcome.run.seed], encoder)
    return {name: of_task for name, of_task in paths.items() if of_task}


def _measure(
    study: PlannedStudy,
    part: Part,
    store: Store,
    profiles: dict[str, Profile],
    pairs: list[tuple[str, str]],
    encoders: dict[str, dict[int, Path]],
    jobs: int,
) -> None:
    """Measure these pairs; the features of a main task are stored as soon as all are there."""
    start, tasks = time.perf_counter(), study.tasks
    digests = {name: task.digest for name, task in tasks.items()}
    texts = {name: LabelledTexts(task) for name, task in tasks.items()}
    found_in = contamination(tasks)
    calls = []
    for main in tasks:
        auxs = [aux for m, aux in pairs if m == main]
        if auxs:
            kept = {aux: encoders[aux] for aux in auxs}
            calls.append((tasks[main], kept, part.recipe, part.pretrained))
    for number, scored in results(encoder_scores, calls, jobs if len(pairs) > FEW else 1):
        main = calls[number][0].name
        if isinstance(scored, WorkerDied):
            log.error(
                "no pair features of %s: a worker process ended twice; the same command tries again",
                main,
            )
            continue
        n_test = len(tasks[main].splits["test"])
        store.add_pairs(
            part.digest,
            {
                (main, aux): profile_features(profiles[main], profiles[aux])
                | {"label_similarity": label_similarity(texts[main], texts[aux])}
                | scores
                | {"contamination": found_in.get((main, aux), NONE).long / n_test}
                for aux, scores in scored.items()
            },
            digests,
        )
    log.info("features of %d pairs measured, %.1f s", len(pairs), time.perf_counter() - start)
