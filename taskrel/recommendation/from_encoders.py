"""Runs of a main task that start from the encoders that come with an evidence."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from taskrel.meta.evidence.encoders import Encoders
from taskrel.meta.evidence.evidence import Evidence
from taskrel.study.runs.plan import Run
from taskrel.study.store.encoders import kept_path, save_encoder
from taskrel.training.recipes.budget import budgets_of
from taskrel.training.result import Encoder


def runs_from_encoders(
    evidence: Evidence,
    main: str,
    encoders: Encoders,
    alone: Sequence[Run],
    size: int,
    folder: Path,
) -> dict[str, list[Run]]:
    """Auxiliary → its runs, one for each run of the main task alone.

    A run of seed s starts from encoder s mod n of the n that there are.

    encoders : of the auxiliaries; they are written into `folder`, where runs find them
    size : number of training texts of the main task
    """
    recipe = alone[0].recipe
    kept: dict[str, list[str]] = {}
    for (aux, _), encoder in sorted(encoders.items(), key=lambda item: item[0]):
        kept.setdefault(aux, []).append(_kept(encoder, folder))
    found: dict[str, list[Run]] = {}
    for aux, sums in kept.items():
        updates = tuple(budgets_of([size, int(evidence.tasks["size"][aux])], recipe))
        found[aux] = [
            replace(
                run,
                tasks=(main, aux),
                digests=(*run.digests, evidence.about["digest"][aux]),
                updates=updates,
                encoder=sums[run.seed % len(sums)],
            )
            for run in alone
        ]
    return found


def _kept(encoder: Encoder, folder: Path) -> str:
    """Checksum of an encoder, which is written into `folder` under that name."""
    digest = hashlib.sha256()
    for name, weights in sorted(encoder.weights.items()):
        digest.update(f"{name} {weights.shape}".encode() + weights.astype("<f4").tobytes())
    checksum = digest.hexdigest()
    if not (path := kept_path(folder, checksum)).exists():
        save_encoder(path, encoder)
    return checksum
