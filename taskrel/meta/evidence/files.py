"""Evidence as a folder of text files, schema 1; each file is checked when it is read.

=============  ========================================================================
evidence.json  schema (1), name, default (name of a recipe), recipes (name → plain
               recipe), symmetric (one run gives both gains of a pair), provenance
               (plain data with the title: sources, what is uncertain), entries (task →
               its entry in the experiment, of tasks that are not just the card of their
               name; left out where there are none), auxiliaries (tasks that are auxiliaries
               alone; left out where every task is both)
tasks.csv      a row per task: task, `ABOUT` (kind, metric, family, digest, stl) and the
               features `TASK_FEATURES`, under the default recipe
pairs.csv      a row per directed pair: main, aux and the features `PAIR_FEATURES`
gains.csv      a row per recipe, directed pair and seed: recipe, main, aux, seed, stl, mtl
               (fractions), gain (percent), difference, as `gains_per_seed` returns them, and
               where they are known scores on dev and the gain of smoothed scores
               (`with_smoothed`)
summary.csv    the result of `gains` on gains.csv, so that reading needs no statistics; computed
               again where it is missing
profiles.npz   the tasks' text-free profiles, if there are any
=============  ========================================================================

Columns are found by name; others are ignored. An empty cell is a missing value. Numbers are
written so that reading gives the same ones to the last bit.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taskrel.errors import EvidenceError, UsageError, nearest
from taskrel.io.json import read_json
from taskrel.io.paths import atomic
from taskrel.io.toml import convert
from taskrel.meta.evidence.evidence import ABOUT, Evidence
from taskrel.meta.evidence.pairs import directed_pairs
from taskrel.meta.evidence.tables import (
    check_names,
    check_pairs,
    check_scores,
    read_table,
    refuse,
    write_table,
)
from taskrel.meta.features.names import ENCODER_SCORES, PAIR_FEATURES, TASK_FEATURES
from taskrel.study.analysis.gains import CELLS, PER_SEED, gains
from taskrel.study.analysis.smoothed import DEV, SMOOTHED

if TYPE_CHECKING:
    import pandas as pd

NAME = "evidence.json"
PROFILES = "profiles.npz"
SCHEMA = 1
_PAIR = ("main", "aux")


class _Head(Struct, forbid_unknown_fields=True):
    """evidence.json."""

    schema: int
    name: str
    default: str
    recipes: dict[str, dict[str, Any]]
    symmetric: bool
    provenance: dict[str, Any] = {}
    entries: dict[str, dict[str, Any]] = {}
    auxiliaries: tuple[str, ...] = ()


def write_evidence(evidence: Evidence, folder: str | Path) -> None:
    """Write evidence into `folder`; evidence.json last, as an unfinished folder is no evidence."""
    folder = Path(folder)
    (default,) = evidence.summary["recipe"].unique()
    tables = {
        "tasks": evidence.about.join(evidence.tasks).reset_index(names="task"),
        "pairs": evidence.pairs.reset_index(),
        "gains": evidence.gains,
        "summary": gains(evidence.gains),
    }
    for stale in (NAME, *(() if evidence.profiles else (PROFILES,))):
        (folder / stale).unlink(missing_ok=True)
    for name, frame in tables.items():
        with atomic(folder / f"{name}.csv") as path:
            write_table(frame, path)
    if evidence.profiles:
        from taskrel.meta.features.profile import save_profiles

        save_profiles(folder / PROFILES, evidence.profiles)
    head = {
        "schema": SCHEMA,
        "name": evidence.name,
        "default": default,
        "recipes": evidence.recipes,
        "symmetric": evidence.symmetric,
        "provenance": evidence.provenance,
    }
    if evidence.entries:
        head["entries"] = evidence.entries
    if evidence.auxiliaries:
        head["auxiliaries"] = evidence.auxiliaries
    with atomic(folder / NAME) as path:
        path.write_text(
            json.dumps(head, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
        )


def read_evidence(folder: str | Path, recipe: str | None = None) -> Evidence:
    """Read an evidence folder.

    Parameters
    ----------
    folder : str or Path
        As `write_evidence` writes it.
    recipe : str or None
        Name of one of its recipes; None takes the default recipe. With another recipe, `folder`
        of the evidence is None, since a predictor in the folder is fitted to the default recipe.

    Raises
    ------
    UsageError
        Where there is no recipe of that name.
    EvidenceError
        Where a file, column or value is missing or wrong: see the module.
    """
    folder = Path(folder)
    head = _head(folder / NAME)
    name = head.default if recipe is None else recipe
    if name not in head.recipes:
        raise UsageError(
            f"unknown recipe {name!r} in evidence {folder}; {nearest(name, head.recipes)}"
        )
    tasks, about = _tasks(folder / "tasks.csv")
    _check_auxiliaries(head.auxiliaries, tasks.index, folder / NAME)
    per_seed = _gains(folder / "gains.csv", tasks.index, head.recipes)
    summary = _summary(folder / "summary.csv", per_seed)
    summary = summary[summary["recipe"] == name].reset_index(drop=True)
    if summary.empty:
        raise EvidenceError(f"evidence {folder}: gains.csv has no pair under recipe {name!r}")
    index = directed_pairs(tasks.index, head.auxiliaries, head.entries)
    found = Evidence(
        head.name,
        head.recipes[name],
        head.symmetric,
        tasks,
        about,
        _pairs(folder / "pairs.csv", tasks.index, index),
        per_seed,
        summary,
        _profiles(folder / PROFILES, about),
        head.recipes,
        head.provenance,
        head.entries,
        folder,
        head.auxiliaries,
    )
    if name == head.default:
        return found
    stl = summary.groupby("main")["stl"].mean().reindex(about.index)
    return replace(
        found,
        name=f"{head.name}, recipe {name}",
        about=about.assign(stl=stl),
        folder=None,
    )


def _head(path: Path) -> _Head:
    raw = read_json(path, dict, EvidenceError, "taskrel evidence writes it")
    schema = raw.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise EvidenceError(
            f"{path}: written by a newer taskrel (schema {schema}, this one knows "
            f"{SCHEMA}); update taskrel"
        )
    head = convert(raw, _Head, str(path), EvidenceError)
    if head.default not in head.recipes:
        raise EvidenceError(
            f"{path}: field 'default': unknown recipe {head.default!r}; "
            f"{nearest(head.default, head.recipes)}"
        )
    return head


def _tasks(path: Path) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Features of the tasks, and the columns `ABOUT`."""
    texts = [column for column in ABOUT if column != "stl"]
    table = read_table(path, ["task", *texts], ["stl", *TASK_FEATURES], key=["task"])
    check_scores(table, ["stl"], path)
    if len(table) < 2:
        raise EvidenceError(f"{path}: expected two tasks or more, found {len(table)}")
    table = table.set_index("task")
    return table[[*TASK_FEATURES]], table[[*ABOUT]]


def _check_auxiliaries(auxiliaries: tuple[str, ...], tasks: "pd.Index", path: Path) -> None:
    for task in auxiliaries:
        if task not in tasks:
            raise EvidenceError(
                f"{path}: field 'auxiliaries': {task!r} is not in tasks.csv; {nearest(task, tasks)}"
            )
    if set(auxiliaries) >= set(tasks):
        raise EvidenceError(f"{path}: field 'auxiliaries': expected a task that is not, found none")


def _pairs(path: Path, tasks: "pd.Index", index: "pd.MultiIndex") -> "pd.DataFrame":
    """Features of these pairs; those of a pair without a row are missing."""
    table = read_table(path, _PAIR, [*PAIR_FEATURES], key=_PAIR, optional=[*ENCODER_SCORES])
    check_pairs(table, tasks, path)
    return table.set_index([*_PAIR]).reindex(index)


def _gains(path: Path, tasks: "pd.Index", recipes: dict[str, Any]) -> "pd.DataFrame":
    texts = ["recipe", *_PAIR]
    more = [*DEV, SMOOTHED]
    numbers = [*(c for c in PER_SEED if c not in texts), *more]
    table = read_table(path, texts, numbers, key=[*texts, "seed"], optional=more)
    check_pairs(table, tasks, path)
    check_scores(table, ["stl", "mtl", *DEV], path)
    check_names(table, "recipe", recipes, NAME, path)
    refuse(
        table,
        table["seed"] % 1 != 0,
        "seed",
        path,
        lambda seed: f"expected a whole number, found {seed:g}",
    )
    known = [column for column in more if table[column].notna().any()]
    return table.astype({"seed": int})[[*PER_SEED, *known]]


def _summary(path: Path, per_seed: "pd.DataFrame") -> "pd.DataFrame":
    """The table of means; raises `EvidenceError` where it does not agree with gains.csv."""
    if not path.exists():
        return gains(per_seed)
    texts = ["recipe", *_PAIR, "verdict"]
    table = read_table(path, texts, [c for c in CELLS if c not in texts], key=texts[:3])
    cells = per_seed.groupby(texts[:3])["gain"].agg(["mean", "count"])
    stored = table.set_index(texts[:3])[["gain", "n_seeds"]].set_axis(cells.columns, axis=1)
    if len(stored) != len(cells) or not _close(stored.reindex(cells.index), cells):
        raise EvidenceError(
            f"{path}: does not agree with gains.csv next to it; delete it, and it is computed again"
        )
    table["verdict"] = table["verdict"].astype(object).where(table["verdict"] != "", None)
    return table.astype({"n_seeds": int})[CELLS]


def _close(a: "pd.DataFrame", b: "pd.DataFrame") -> bool:
    both_missing = a.isna() & b.isna()
    return bool((((a - b).abs() <= 1e-9 * (1 + b.abs())) | both_missing).all(axis=None))


def _profiles(path: Path, about: "pd.DataFrame") -> dict[str, Any]:
    if not path.exists():
        return {}
    from taskrel.meta.features.profile import load_profiles

    profiles = load_profiles(path)
    for task in profiles:
        if task not in about.index:
            raise EvidenceError(
                f"{path}: profile of {task!r}, which is not in tasks.csv; "
                f"{nearest(task, about.index)}"
            )
    return profiles
