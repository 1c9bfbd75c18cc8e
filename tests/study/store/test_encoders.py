import msgspec
import numpy as np
import pytest
from made import tagging_task, text_task

from taskrel.errors import StoreError
from taskrel.study.runs.execute import execute
from taskrel.study.runs.plan import plan
from taskrel.study.store.encoders import encoder_path, load_encoder, save_encoder
from taskrel.study.store.store import Store
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe
from taskrel.training.run import run

RECIPE = Recipe(
    width=4, steps=20, batch=4, evaluations=2, encoder=BiLSTM(units=3), optimiser=Adam(lr=0.05)
)
TASKS = {t.name: t for t in (tagging_task("a"), text_task("b"))}


def changed(**fields):
    return msgspec.structs.replace(RECIPE, **fields)


def equal(a, b):
    return (
        np.array_equal(a.hashes, b.hashes)
        and np.array_equal(a.rows, b.rows)
        and a.weights.keys() == b.weights.keys()
        and all(np.array_equal(a.weights[k], b.weights[k]) for k in a.weights)
    )


def test_there_and_back(tmp_path):
    encoder = run([TASKS["a"]], RECIPE, 0).encoder
    path = tmp_path / "encoders" / "x.safetensors"
    save_encoder(path, encoder)
    assert equal(load_encoder(path), encoder)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    raw = path.read_bytes()
    assert not any(word.encode() in raw for word in ("bai", "<pad>"))


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-3], lambda raw: b"", lambda raw: b"x" * 99])
def test_a_damaged_file_is_named(tmp_path, spoil):
    path = tmp_path / "x.safetensors"
    save_encoder(path, run([TASKS["a"]], RECIPE, 0).encoder)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(StoreError, match=r"x\.safetensors: cannot be read .* delete the file"):
        load_encoder(path)


def test_where_it_cannot_be_written_the_file_is_named(tmp_path):
    (tmp_path / "encoders").write_text("no folder")
    path = tmp_path / "encoders" / "x.safetensors"
    with pytest.raises(StoreError, match=r"x\.safetensors: cannot be written"):
        save_encoder(path, run([TASKS["a"]], RECIPE, 0).encoder)


def test_the_weights_are_those_of_the_checkpoint_of_record():
    """The best of several evaluations = the last of a run that stops there."""
    task, steps = TASKS["b"], 60
    recipe = changed(steps=steps, evaluations=6, optimiser=Adam(lr=0.2))
    best = run([task], recipe, 2)
    dev = best.curves["b", "dev", "accuracy"]
    stop = dev.steps[dev.values.index(max(dev.values))]
    assert stop < steps, "the best is the last: this seed proves nothing"
    short = changed(steps=stop, evaluations=stop // 10, optimiser=Adam(lr=0.2), checkpoint="last")
    assert equal(best.encoder, run([task], short, 2).encoder)
    last = run([task], msgspec.structs.replace(recipe, checkpoint="last"), 2)
    assert not equal(best.encoder, last.encoder)


def test_a_run_of_several_tasks_has_no_encoder_of_its_own():
    assert run(list(TASKS.values()), RECIPE, 0).encoder is None


def test_of_the_runs_of_a_study_those_asked_for_are_kept(tmp_path):
    runs = plan(list(TASKS.values()), RECIPE, [0, 1])
    wanted = {r.identity for r in runs if r.seed == 0 and len(r.tasks) == 1}
    with Store.write(tmp_path) as store:
        store.register({n: (t.digest, {}) for n, t in TASKS.items()}, "r", {}, "d", runs)
        list(execute(runs, TASKS, None, store, encoders=wanted))
        assert set(store.status().values()) == {"done"}
    assert {p.stem for p in (tmp_path / "encoders").iterdir()} == wanted
    assert all(encoder_path(tmp_path, r).exists() == (r.identity in wanted) for r in runs)
