"""Evidence from the store of a study.

``evidence_from_store("runs/bingel2017")``
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel import __version__
from taskrel.errors import EvidenceError, UsageError, nearest
from taskrel.meta.evidence.evidence import ABOUT, SECONDS, Evidence
from taskrel.meta.evidence.pairs import directed_pairs, pairs_without_text
from taskrel.meta.features.curve import curve_features
from taskrel.meta.features.names import PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.features.pair import profile_features
from taskrel.meta.features.profile import Profile
from taskrel.meta.features.robust_curve import robust_curve_features
from taskrel.study.analysis.gains import gains, gains_per_seed
from taskrel.study.analysis.records import record_scores
from taskrel.study.analysis.smoothed import with_smoothed
from taskrel.study.store.store import Store
from taskrel.training.recipes.recipe import parse_recipe
from taskrel.training.result import Curve

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.planned import PlannedStudy

_NO_CURVE = Curve([], [])


def evidence_from_store(path: str | Path, recipe: str | None = None) -> Evidence:
    """Read evidence from a study's store, opened read-only.

    Scores are those of each task's main metric on test, with the checkpoint that the recipe
    names.

    Parameters
    ----------
    path : str or Path
        The study's folder, or the store in it.
    recipe : str or None
        Name of one of the store's recipes; None takes the last used one.

    Raises
    ------
    UsageError
        Where the store has no recipe of that name.
    EvidenceError
        Where no pair has been run under the recipe yet.
    """
    with Store.read(Path(path)) as store:
        digest, name, _ = _choose(store, recipe)
        scores = store.scores(digest)
        if not (scores.tasks.str.len() == 2).any():
            raise EvidenceError(
                f"store {store.path}: no pair has been trained under recipe {name!r} yet; taskrel run "
                "without --single trains pairs"
            )
        if not (scores.tasks.str.len() == 1).any():
            raise EvidenceError(
                f"store {store.path}: recipe {name!r} has no single-task runs, so its gains are "
                "relative to another recipe and no evidence can be made of it; name another recipe "
                "with --recipe"
            )
        # Of some auxiliaries, only the encoder may have been there.
        return _evidence(store, digest, sorted({task for tasks in scores.tasks for task in tasks}))


def evidence_of_tasks(
    path: str | Path, recipe_digest: str, names: Sequence[str], seed: int
) -> Evidence:
    """Evidence about these tasks from a store, even where no pair of them was trained.

    seed : only runs of this seed are read, whatever other runs the store has
    """
    with Store.read(Path(path)) as store:
        return _evidence(store, recipe_digest, names, seed)


def task_features(
    store: Store, recipe_digest: str, names: Iterable[str], only: int | None = None
) -> "pd.DataFrame":
    """Features of the named tasks under one recipe.

    Data-set features are those recorded in the store. Curve features are computed from the
    curves of the single-task runs, seed by seed, and averaged over the seeds that have them;
    `only` names one seed.

    Returns
    -------
    DataFrame of shape (n_tasks, n_features)
        Index task, columns `TASK_FEATURES`; NaN where a task's info or
        single-task runs are not in the store.
    """
    import pandas as pd

    runs: dict[tuple[str, int], dict[tuple[str, str], Curve]] = {}
    for (task, seed, split, name), curve in store.curves(recipe_digest).items():
        if only not in (None, seed):
            continue
        what = "loss" if name == "loss" else "score"
        runs.setdefault((task, seed), {})[split, what] = curve
    rows = pd.DataFrame(
        [{"task": task, **_curve_features(curves)} for (task, _), curves in runs.items()],
        columns=["task", *TASK_FEATURES],
    )
    noted = pd.DataFrame(
        {task: info.get("features", {}) for task, info in store.infos(recipe_digest).items()},
        dtype=float,
    ).T
    features = rows.groupby("task").mean().astype(float).combine_first(noted)
    features = features.reindex(index=list(names), columns=[*TASK_FEATURES])
    return features.astype(float).rename_axis("task")


def features_by_recipe(study: "PlannedStudy", path: Path) -> "pd.DataFrame":
    """Features of all tasks in the store of a study: recipe, task and a column per feature."""
    import pandas as pd

    with Store.read(path) as store:
        found = []
        for part in study.parts:
            table = task_features(store, part.digest, list(store.infos(part.digest)))
            table.insert(0, "recipe", part.name)
            found.append(table.reset_index(names="task"))
    return pd.concat(found, ignore_index=True)


def _curve_features(curves: dict[tuple[str, str], Curve]) -> dict[str, float]:
    """Curve features of one run, from its curves by split and "loss" or "score"."""
    train, dev_loss, dev_score = (
        (curve.steps, curve.values)
        for curve in (
            curves.get(key, _NO_CURVE)
            for key in (("train", "loss"), ("dev", "loss"), ("dev", "score"))
        )
    )
    return curve_features(*train) | robust_curve_features(train, dev_loss, dev_score)


def _evidence(store: Store, digest: str, names: Sequence[str], only: int | None = None) -> Evidence:
    name, fields = next((n, f) for d, n, f in store.recipes() if d == digest)
    study = store.path.resolve().parent.name
    own = {k: v for k, v in fields.items() if k not in ("vectors_sha256", "device")}
    recipe = parse_recipe(own, f"{study}, recipe {name}")
    scores = store.scores(digest)
    if only is not None:
        scores = scores[scores["seed"] == only]
    infos = store.infos(digest)
    metrics = {task: info["metric"] for task, info in infos.items()}
    record = record_scores(
        scores, fields.get("checkpoint", "best"), metrics, name=name, symmetric=recipe.symmetric
    )
    record = record[record["main"].isin(names) & record["aux"].isin(["", *names])]
    tasks = task_features(store, digest, names, only)
    about = _about(store, digest, names, record[record["aux"] == ""])
    profiles = {
        task: Profile.from_bytes(data)
        for task, data in store.profiles(digest).items()
        if task in names
    }
    auxs = _auxiliaries_alone(record[record["aux"] != ""])
    per_seed = with_smoothed(gains_per_seed(record), record, store.dev_curves(digest))
    provenance = {
        "title": f"study {study}, recipe {name}",
        "taskrel": __version__,
        "runs": int(scores["run"].nunique()),
        "seeds": sorted(int(s) for s in scores["seed"].unique()),
        SECONDS: _single_seconds(store, digest, [*record["main"].unique()], auxs),
    }
    # Stores of earlier versions have none.
    noted = {task: infos[task].get("entry", {}) for task in names if task in infos}
    entries = {task: entry for task, entry in noted.items() if entry not in ({}, {"card": task})}
    index = directed_pairs(names, auxs, entries)
    pairs = _pairs(store, digest, tasks["size"], about["kind"], profiles, index)
    return Evidence(
        f"{study}, recipe {name}",
        fields,
        recipe.symmetric,
        tasks,
        about,
        pairs,
        per_seed,
        gains(per_seed),
        profiles,
        {name: fields},
        provenance,
        entries,
        auxiliaries=auxs,
    )


def _single_seconds(
    store: Store, digest: str, mains: Sequence[str], auxs: Collection[str]
) -> float | None:
    """Mean time of the single-task runs of main tasks, on whatever machine."""
    seconds = store.seconds()
    found = [
        seconds[identity]
        for (task, _), identity in store.single_runs(digest).items()
        if task in mains and task not in auxs and seconds.get(identity)
    ]
    return round(sum(found) / len(found), 2) if found else None


def _auxiliaries_alone(pairs: "pd.DataFrame") -> tuple[str, ...]:
    """The auxiliaries, where none of them is a main task; else nothing."""
    auxs = set(pairs["aux"])
    return () if auxs & set(pairs["main"]) else tuple(sorted(auxs))


def _about(
    store: Store, recipe_digest: str, names: Sequence[str], single: "pd.DataFrame"
) -> "pd.DataFrame":
    """The columns `ABOUT` of the tasks, with their mean single-task score.

    single : scores of single-task runs, as `record_scores` returns them
    """
    import pandas as pd

    infos, digests = store.infos(recipe_digest), store.digests()
    stl = single.groupby("main")["score"].mean()
    rows = [
        {
            **{key: infos.get(task, {}).get(key) or "" for key in ("kind", "metric", "family")},
            "digest": digests[task],
            "stl": stl.get(task),
        }
        for task in names
    ]
    table = pd.DataFrame(rows, columns=[*ABOUT], index=pd.Index(names, name="task", dtype="str"))
    return table.astype({"stl": float})


def _pairs(
    store: Store,
    recipe_digest: str,
    size: "pd.Series",
    kind: "pd.Series",
    profiles: dict[str, Profile],
    index: "pd.MultiIndex",
) -> "pd.DataFrame":
    """Pair features: measured where they are, else from profiles, else from sizes and kinds."""
    import pandas as pd

    measured = store.pairs(recipe_digest).set_index(["main", "aux"])
    given = {
        (main, aux): profile_features(profiles[main], profiles[aux])
        for main, aux in index
        if main in profiles and aux in profiles
    }
    found = pairs_without_text(size, kind, index)
    for better in (pd.DataFrame.from_dict(given, orient="index"), measured):
        better = better.reindex(index=index, columns=[*PAIR_FEATURES]).astype(float)
        found = better.where(better.notna(), found)
    return found


def _choose(store: Store, name: str | None) -> tuple[str, str, dict]:
    """Digest, name and fields of the last used recipe (of that name)."""
    recipes = store.recipes()
    if not recipes:
        raise EvidenceError(f"store {store.path}: it has no runs yet; taskrel run trains them")
    for recipe in recipes:
        if name in (None, recipe[1]):
            return recipe
    raise UsageError(
        f"unknown recipe {name!r} in store {store.path}; {nearest(name or '', {r[1] for r in recipes})}"
    )
