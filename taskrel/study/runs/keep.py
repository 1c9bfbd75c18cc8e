"""Keep the model of a run: train it once more, and write it as a folder."""

import logging
from dataclasses import replace
from pathlib import Path

import msgspec

from taskrel.io.paths import data_folder
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.execute import provenance, start_of
from taskrel.study.runs.part import Part
from taskrel.study.runs.plan import Run
from taskrel.study.runs.workers import one_thread
from taskrel.study.store.encoders import load_encoder
from taskrel.study.store.store import Store
from taskrel.tasks.words.vector_files import find_vectors
from taskrel.tasks.words.vectors import Vectors, read_vectors
from taskrel.training.saved.files import write_model
from taskrel.training.saved.parts import Saved
from taskrel.training.saved.train import train_kept

log = logging.getLogger("taskrel")

#: What a saved model says of the machine it was trained on.
VERSIONS = ("taskrel", "code", "python", "torch", "numpy", "platform", "machine")


def keep_model(
    study: PlannedStudy,
    part: Part,
    run: Run,
    main: str,
    store: Path,
    folder: Path,
    data: str | Path | None = None,
) -> Saved:
    """Write the model of a finished run into `folder`, as it predicts one of its tasks.

    Training is repeatable on one machine, so that the weights are those whose scores the store
    has; a warning says where they are not.

    main : the task that the model is to predict
    store : folder of the study
    data : the data folder, where the vector file is

    Raises what `train_kept` and `write_model` raise.
    """
    path = start_of(run, store)
    start = load_encoder(path) if path and (run.encoder or path.exists()) else None
    with one_thread():
        kept = train_kept(
            [study.tasks[name] for name in run.read],
            main,
            run.recipe,
            run.seed,
            part.pretrained,
            start,
            _every_vector(part, data),
            [name for name in run.tasks if name not in run.read],
        )
    versions = {key: value for key, value in provenance().items() if key in VERSIONS}
    saved = msgspec.structs.replace(kept.saved, card=study.entries[main].plain, versions=versions)
    write_model(replace(kept, saved=saved), folder)
    _compare(part, run, main, saved, store)
    return saved


def _every_vector(part: Part, data: str | Path | None) -> Vectors | None:
    """All rows of the recipe's vector file, if it has one."""
    if part.vectors is None or not part.recipe.vectors:
        return None
    return read_vectors(find_vectors(part.recipe.vectors, data_folder(data)))


def _compare(part: Part, run: Run, main: str, saved: Saved, store: Path) -> None:
    """Warn where the model's scores are not those that the store has of the run."""
    with Store.read(store) as opened:
        scores = opened.scores(part.digest)
    own = scores[
        (scores["run"] == run.identity)
        & (scores["task"] == main)
        & (scores["checkpoint"] == part.recipe.checkpoint)
    ]
    for split, metric, value in zip(own["split"], own["metric"], own["value"], strict=True):
        again = saved.scores.get(split, {}).get(metric)
        if again is not None and abs(again - value) > 1e-4:
            log.warning(
                "warning: the saved model of %s has %s %.4f on %s, its run had %.4f, on another "
                "machine or with other versions; the saved scores are the model's own",
                main,
                metric,
                again,
                split,
                value,
            )
            return
