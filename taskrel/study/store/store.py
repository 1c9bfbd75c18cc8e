"""The store: one SQLite file that keeps every run of a study.

Contract
--------
- A run is stored completely or not at all: one transaction per finished run, so a
  process killed at any moment loses only unfinished runs.
- One writer: a second one is refused. Readers open the file read-only, also
  while a study runs.
- Same identity, same run: it is never trained twice; failed runs keep their
  traceback and are retried on demand only.
- A store written by a newer taskrel is refused, never changed. A store of an older
  one is upgraded by the first writer, who deletes nothing; for readers, the tables
  that it lacks are empty.
"""

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from taskrel.errors import StoreError
from taskrel.io.json import from_json
from taskrel.io.paths import writable_folder
from taskrel.study.runs.plan import Run
from taskrel.study.store.file import open_to_read, open_to_write
from taskrel.study.store.rows import Fields, Info, Names, Score, Spec, check_score, checked
from taskrel.study.store.schema import DUMP
from taskrel.training.result import Curve, RunResult

#: Tables whose rows are no part of a run.
PLANNED = ("tasks", "recipes", "infos", "profiles", "pairs", "members")


class Store:
    """One study's runs; open it with `Store.write` or `Store.read`, close it when done."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, lock: sqlite3.Connection | None = None
    ):
        self.path, self._db, self._lock = path, connection, lock

    @classmethod
    def write(cls, folder: Path) -> "Store":
        """Open for writing, or create; raises `StoreError` where another writer has it open."""
        return cls(*open_to_write(writable_folder(folder)))

    @classmethod
    def read(cls, path: Path) -> "Store":
        """Open an existing store read-only, given as a file or its folder."""
        return cls(*open_to_read(path))

    def close(self) -> None:
        """Release the file."""
        self._db.close()
        if self._lock:
            self._lock.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    # -- writing ------------------------------------------------------------------------

    @contextmanager
    def _transaction(self):
        try:
            with self._db:
                yield self._db
        except sqlite3.Error as e:
            raise StoreError(
                f"store {self.path}: cannot be written ({e}); what was finished before is kept"
            ) from None

    def register(
        self,
        tasks: dict[str, tuple[str, dict]],
        recipe_name: str,
        recipe: dict,
        recipe_digest: str,
        runs: Iterable[Run],
    ) -> None:
        """Record the plan of a study: tasks, the recipe, its runs.

        tasks : name → (digest, info); info is plain data about the task under this recipe
            (the number of unknown words depends on the word vectors)
        """
        with self._transaction() as db:
            db.executemany(
                "REPLACE INTO tasks VALUES (?, ?)",
                [(name, digest) for name, (digest, _) in tasks.items()],
            )
            db.executemany(
                "REPLACE INTO infos VALUES (?, ?, ?)",
                [(recipe_digest, name, json.dumps(info)) for name, (_, info) in tasks.items()],
            )
            db.execute(
                "REPLACE INTO recipes SELECT ?, ?, ?, COALESCE(MAX(used), 0) + 1 FROM recipes",
                (recipe_digest, recipe_name, json.dumps(recipe)),
            )
            db.executemany(
                "INSERT OR IGNORE INTO members VALUES (?, ?)",
                [(recipe_digest, run.identity) for run in runs],
            )

    def finish(self, run: Run, result: RunResult, seconds: float, provenance: dict) -> None:
        """Keep a finished run, in one transaction."""
        identity = run.identity
        with self._transaction() as db:
            self._put(db, run, "done", None, seconds, provenance)
            db.executemany(
                "INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?)",
                [(identity, *key, value) for key, value in result.scores.items()],
            )
            db.executemany(
                "INSERT INTO curves VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        identity,
                        *key,
                        np.asarray(c.steps, "<i4").tobytes(),
                        np.asarray(c.values, "<f4").tobytes(),
                    )
                    for key, c in result.curves.items()
                ],
            )

    def fail(self, run: Run, error: str, seconds: float, provenance: dict) -> None:
        """Keep a failed run's traceback."""
        with self._transaction() as db:
            self._put(db, run, "failed", error, seconds, provenance)

    def add_profiles(self, recipe_digest: str, profiles: dict[str, tuple[str, bytes]]) -> None:
        """Keep profiles of tasks: name → (digest of the task, profile as bytes)."""
        with self._transaction() as db:
            db.executemany(
                "REPLACE INTO profiles VALUES (?, ?, ?, ?)",
                [(recipe_digest, task, *row) for task, row in profiles.items()],
            )

    def add_pairs(
        self,
        recipe_digest: str,
        features: dict[tuple[str, str], dict[str, float]],
        digests: Mapping[str, str],
    ) -> None:
        """Keep features of directed pairs: (main, aux) → features, NaN for missing.

        digests : digests of the tasks that they were measured on
        """
        rows = [
            (
                recipe_digest,
                main,
                aux,
                digests[main],
                digests[aux],
                json.dumps({k: None if math.isnan(v) else v for k, v in found.items()}),
            )
            for (main, aux), found in features.items()
        ]
        with self._transaction() as db:
            db.executemany("REPLACE INTO pairs VALUES (?, ?, ?, ?, ?, ?)", rows)

    @staticmethod
    def _put(
        db: sqlite3.Connection,
        run: Run,
        status: str,
        error: str | None,
        seconds: float,
        provenance: dict,
    ) -> None:
        db.execute(
            "REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, datetime('now'), ?)",
            (
                run.identity,
                json.dumps(run.spec),
                json.dumps(run.tasks),
                run.seed,
                status,
                error,
                seconds,
                json.dumps(provenance),
            ),
        )

    # -- reading ------------------------------------------------------------------------

    @contextmanager
    def _reading(self):
        try:
            yield
        except (sqlite3.DatabaseError, ValueError) as e:  # ValueError: a cell that was edited
            raise StoreError(f"store {self.path}: cannot be read ({e})") from None

    def _rows(self, type_: Any, sql: str, *values, json: Mapping[int, Any] | None = None) -> list:
        """Rows of a query as tuples of the type `type_`.

        json : position of a cell with JSON → its type
        """
        with self._reading(), closing(self._db.execute(sql, values)) as cursor:
            rows = msgspec.convert(cursor.fetchall(), list[type_])
            for i, inside in (json or {}).items():
                rows = [(*r[:i], from_json(r[i], inside), *r[i + 1 :]) for r in rows]
        return rows

    def status(self) -> dict[str, str]:
        """Identity → "done" or "failed" of every run ever tried."""
        return dict(self._rows(tuple[str, str], "SELECT id, status FROM runs"))

    def errors(self) -> pd.DataFrame:
        """Failed runs: columns run, tasks, seed, error (the traceback)."""
        rows = self._rows(
            tuple[str, str, int, str],
            "SELECT id, tasks, seed, error FROM runs WHERE status = 'failed'",
            json={1: Names},
        )
        return pd.DataFrame(rows, columns=["run", "tasks", "seed", "error"])

    def digests(self) -> dict[str, str]:
        """Name → content digest of every task, as last registered."""
        return dict(self._rows(tuple[str, str], "SELECT name, digest FROM tasks ORDER BY name"))

    def infos(self, recipe_digest: str) -> dict[str, dict]:
        """Name → info of every task of a recipe, as last registered with it."""
        rows = self._rows(
            tuple[str, str],
            "SELECT task, info FROM infos WHERE recipe = ? ORDER BY task",
            recipe_digest,
            json={1: Fields},
        )
        with self._reading():
            for _, info in rows:
                msgspec.convert(info, Info)
        return dict(rows)

    def profiles(self, recipe_digest: str) -> dict[str, bytes]:
        """Name → profile of the tasks of a recipe, on tasks as last registered."""
        return dict(
            self._rows(
                tuple[str, bytes],
                """
            SELECT p.task, p.profile FROM profiles p
            JOIN tasks t ON t.name = p.task AND t.digest = p.digest
            WHERE p.recipe = ? ORDER BY p.task""",
                recipe_digest,
            )
        )

    def pairs(self, recipe_digest: str) -> pd.DataFrame:
        """Features of directed pairs of a recipe, on tasks as last registered.

        Columns: main, aux and a float column per feature; NaN for missing.
        """
        rows = self._rows(
            tuple[str, str, str],
            """
            SELECT p.main, p.aux, p.features FROM pairs p
            JOIN tasks m ON m.name = p.main AND m.digest = p.main_digest
            JOIN tasks a ON a.name = p.aux AND a.digest = p.aux_digest
            WHERE p.recipe = ? ORDER BY p.main, p.aux""",
            recipe_digest,
            json={2: dict[str, float | None]},
        )
        features = pd.DataFrame([f for *_, f in rows], dtype=float)
        names = pd.DataFrame([pair for *pair, _ in rows], columns=["main", "aux"])
        return pd.concat([names, features], axis="columns")

    def recipes(self) -> list[tuple[str, str, dict]]:
        """(digest, name, recipe) of every recipe, the last used one first."""
        return self._rows(
            tuple[str, str, str],
            "SELECT digest, name, recipe FROM recipes ORDER BY used DESC",
            json={2: Fields},
        )

    def scores(self, recipe_digest: str) -> pd.DataFrame:
        """Scores of the finished runs of a recipe, on tasks as last registered.

        Columns: run, tasks (tuple of names), task, seed, split, checkpoint,
        metric, value (a fraction).
        """
        rows = self._rows(
            tuple[str, str, str, int, str, str, str, Score],
            f"""
            SELECT r.id, r.tasks, s.task, r.seed, s.split, s.checkpoint, s.metric, s.value
            FROM {self._current()} JOIN scores s ON s.run = r.id
            ORDER BY r.tasks, r.seed, s.task, s.split, s.checkpoint, s.metric""",
            recipe_digest,
            json={1: Names},
        )
        known = self.digests()
        with self._reading():
            for run, tasks, task, *_, metric, value in rows:
                check_score(metric, value)
                if task not in tasks or task not in known:
                    raise ValueError(
                        f"run {run[:12]}… has a score of {task!r}, which is no task of it"
                    )
        return pd.DataFrame(
            rows, columns=["run", "tasks", "task", "seed", "split", "checkpoint", "metric", "value"]
        )

    def single_runs(self, recipe_digest: str) -> dict[tuple[str, int], str]:
        """(task, seed) → identity of the finished single-task run of a recipe."""
        rows = self._rows(
            tuple[str, int, str],
            f"""
            SELECT r.tasks, r.seed, r.id FROM {self._current()}
            WHERE json_array_length(r.tasks) = 1 ORDER BY r.tasks, r.seed""",
            recipe_digest,
            json={0: Names},
        )
        return {(task, seed): identity for (task,), seed, identity in rows}

    def curves(self, recipe_digest: str, n_tasks: int = 1) -> dict[tuple, Curve]:
        """(task, seed, split, name) → curve, of the recipe's runs of so many tasks."""
        rows = self._rows(
            tuple[str, int, str, str, bytes, bytes],
            f"""
            SELECT c.task, r.seed, c.split, c.name, c.steps, c."values"
            FROM {self._current()} JOIN curves c ON c.run = r.id
            WHERE json_array_length(r.tasks) = ? ORDER BY c.task, r.seed""",
            recipe_digest,
            n_tasks,
        )
        with self._reading():
            return {tuple(key): _curve(steps, values) for *key, steps, values in rows}

    def dev_curves(self, recipe_digest: str, loss: bool = False) -> dict[tuple, Curve]:
        """(tasks, task, seed) → dev score (or loss) over the task's updates, of all runs."""
        rows = self._rows(
            tuple[str, str, int, bytes, bytes],
            f"""
            SELECT r.tasks, c.task, r.seed, c.steps, c."values"
            FROM {self._current()} JOIN curves c ON c.run = r.id
            WHERE c.split = 'dev' AND (c.name = 'loss') = ? ORDER BY r.tasks, c.task, r.seed""",
            recipe_digest,
            loss,
            json={0: Names},
        )
        with self._reading():
            return {tuple(key): _curve(steps, values) for *key, steps, values in rows}

    def seconds(self) -> dict[str, float]:
        """Identity → training time of every finished run in seconds, on whatever machine."""
        return dict(
            self._rows(
                tuple[str, float | None], "SELECT id, seconds FROM runs WHERE status = 'done'"
            )
        )

    # -- export and import --------------------------------------------------------------

    def rows(self) -> Iterator[tuple[str, tuple]]:
        """Yield (table, row) of all finished runs and of what they refer to, in order.

        Training losses of multi-task runs are left out: they are most of the bytes of a store,
        and nothing is computed from them.
        """
        for table, where in DUMP.items():
            order = "1, 2, 3" if table == "pairs" else "1, 2"
            for row in self._rows(tuple, f"SELECT * FROM {table} {where} ORDER BY {order}"):
                with self._reading():
                    row = checked(table, row)
                yield table, row

    def add_rows(self, rows: Iterable[tuple[str, tuple]]) -> int:
        """Import what `rows` of another store yields; returns the number of new runs.

        Existing runs, tasks and recipes stay as they are. Raises `StoreError` where a new run
        lacks the test score of one of its tasks, or of its main task where the recipe scores no
        other; then nothing is imported.
        """
        known = {identity for identity, s in self.status().items() if s == "done"}
        new: dict[str, tuple[str, ...]] = {}  # run → its scored tasks
        scored: set[tuple[str, str]] = set()  # runs and their tasks with a test score
        with self._transaction() as db:
            for table, row in rows:
                if table == "runs" and row[0] not in known:
                    names = from_json(row[2], Names)
                    main_only = from_json(row[1], Spec).recipe.evaluate == "main"
                    new[row[0]] = names[:1] if main_only else names
                    db.execute("DELETE FROM runs WHERE id = ?", row[:1])  # a failed try
                if table == "scores" and row[2] == "test":
                    scored.add(row[:2])
                if table in PLANNED or row[0] in new:
                    marks = ", ".join("?" * len(row))
                    db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)
            for run, tasks in new.items():
                for task in tasks:
                    if (run, task) not in scored:
                        raise StoreError(
                            f"store {self.path}: run {run[:12]}… of the import has no test score of "
                            f"{task!r}, so rows are missing; get the file again"
                        )
        return len(new)

    @staticmethod
    def _current() -> str:
        """Finished runs of one recipe all of whose tasks are as last registered."""
        return """(
            SELECT r.* FROM runs r JOIN members m ON m.run = r.id AND m.recipe = ?
            WHERE r.status = 'done' AND NOT EXISTS (
                SELECT 1 FROM json_each(r.spec, '$.tasks') d
                WHERE d.value NOT IN (SELECT digest FROM tasks))) r"""


def _curve(steps: bytes, values: bytes) -> Curve:
    if len(steps) != len(values):
        raise ValueError("a curve has not as many steps as values")
    return Curve(np.frombuffer(steps, "<i4").tolist(), np.frombuffer(values, "<f4").tolist())
