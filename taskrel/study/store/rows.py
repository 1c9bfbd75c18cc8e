"""What the cells of a store's tables must be: checked in an import, and where a store is read."""

import hashlib
import json
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from taskrel.errors import nearest
from taskrel.io.json import from_json
from taskrel.training.recipes.parts import Checkpoint

Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seconds = Annotated[float, Meta(ge=0)]
Score = Annotated[float, Meta(ge=-1.001, le=1.001)]  # see `check_score`
Names = Annotated[tuple[str, ...], Meta(min_length=1)]
Fields = dict[str, Any]


class Scoring(Struct, frozen=True):
    """Of a recipe, which tasks of a run have scores."""

    evaluate: Literal["all", "main"] = "all"


class Spec(Struct, frozen=True):
    """Of a run's specification, what is compared with its other cells."""

    tasks: Names
    seed: Seed
    recipe: Scoring = Scoring()


class Info(Struct, frozen=True):
    """Of what is noted about a task, what evidence is made of."""

    metric: str
    kind: str | None = ""
    train: Annotated[int, Meta(ge=1)] = 1  # examples
    family: str | None = ""
    features: dict[str, float | None] = {}
    entry: Fields = {}


#: Table → the types of its cells.
ROWS: dict[str, Any] = {
    "tasks": tuple[str, str],
    "recipes": tuple[str, str, str, Seed],
    "infos": tuple[str, str, str],
    "profiles": tuple[str, str, str, bytes],
    "pairs": tuple[str, str, str, str, str, str],
    "runs": tuple[str, str, str, Seed, Literal["done"], None, Seconds | None, str, str],
    "members": tuple[str, str],
    "scores": tuple[str, str, Literal["dev", "test"], Checkpoint, str, Score],
    "curves": tuple[str, str, Literal["train", "dev"], str, bytes, bytes],
}
#: Table → position of a cell with JSON → its type.
JSON: dict[str, dict[int, Any]] = {
    "recipes": {2: Fields},
    "infos": {2: Info},
    "pairs": {5: dict[str, float | None]},
    "runs": {1: Spec, 2: Names, 8: Fields},
}


def checked(table: str, row: Any) -> tuple:
    """The same row; `ValueError` says which cell is not what a store has."""
    if table not in ROWS:
        raise ValueError(f"unknown table {table!r}; {nearest(table, ROWS)}")
    cells = msgspec.convert(row, ROWS[table])
    found = {i: from_json(cells[i], type_) for i, type_ in JSON.get(table, {}).items()}
    if table == "runs":
        _check_run(cells, found[1], found[2])
    if table == "scores":
        check_score(cells[4], cells[5])
    if table == "curves" and (len(cells[4]) != len(cells[5]) or len(cells[4]) % 4):
        raise ValueError("expected a curve with as many steps as values")
    return cells


def check_score(metric: str, value: float) -> None:
    """Refuse a score that is no fraction; a similarity is a cosine, with its rounding."""
    if not 0 <= value <= 1 and not metric.startswith("similarity_"):
        raise ValueError(f"expected a score from 0 to 1, found {value:g}")


def _check_run(cells: tuple, spec: Spec, tasks: tuple[str, ...]) -> None:
    text = json.dumps(json.loads(cells[1]), sort_keys=True, separators=(",", ":"))
    if (
        hashlib.sha256(text.encode()).hexdigest() != cells[0]
        or spec.seed != cells[3]
        or len(spec.tasks) != len(tasks)
    ):
        raise ValueError("it does not match its identity, so the file has been changed")
