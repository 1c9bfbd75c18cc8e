"""Experiment files: entries, recipes, names, shipped experiments."""

from pathlib import Path

import pytest

from taskrel.errors import RecipeError, UsageError
from taskrel.io.paths import shipped
from taskrel.io.toml import convert
from taskrel.study.experiment.experiment import Entry
from taskrel.study.experiment.file import entries, load_experiment, parse_experiment
from taskrel.tasks.card import load_card
from taskrel.training.recipes.recipe import Adadelta, Recipe

RAW = {
    "schema": 1,
    "name": "x",
    "tasks": ["pos", {"card": "pos", "limit": 500}],
    "seeds": [0, 1],
    "recipes": {"long": {"steps": 100, "dropout": 0.1}, "short": {"like": "long", "steps": 10}},
}


def test_entries_and_recipes():
    experiment = parse_experiment(RAW, "x.toml")
    assert [e.name for e in experiment.tasks] == ["pos", "pos_500"]
    assert experiment.recipes == {
        "long": Recipe(steps=100, dropout=0.1),
        "short": Recipe(steps=10, dropout=0.1),
    }
    assert experiment.default == ("long", "short")
    assert parse_experiment(RAW | {"default": "short"}, "x.toml").default == ("short",)
    assert not experiment.remove_leaks
    assert parse_experiment(RAW | {"remove_leaks": True}, "x.toml").remove_leaks


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry("pos:next_word"), "pos:next_word"),
        (Entry("my/shop.toml:next_char", limit=9), "shop_9:next_char"),
        (Entry("pos:next_word", limit=9, as_="tiny"), "tiny:next_word"),
        (Entry("pos"), "pos"),
        (Entry("my/cards/shop.toml"), "shop"),
        (Entry("pos", limit=9), "pos_9"),
        (Entry("pos", limit=9, as_="tiny"), "tiny"),
    ],
)
def test_name_of_an_entry(entry, name):
    assert entry.name == name


@pytest.mark.parametrize(
    ("entry", "plain"),
    [
        (Entry("pos"), {"card": "pos"}),
        (Entry("my/cards/shop.toml"), {"card": "shop"}),
        (Entry("my/shop.toml:next_char", limit=9), {"card": "shop:next_char", "limit": 9}),
        (
            Entry("pos", dev=5, seed=2, absent=("X",), as_="small"),
            {"card": "pos", "dev": 5, "seed": 2, "absent": ("X",), "as": "small"},
        ),
    ],
)
def test_an_entry_as_plain_data_names_no_folder(entry, plain):
    assert entry.plain == plain
    again = convert(plain, Entry, "here", RecipeError)
    assert (again.name, again.plain) == (entry.name, plain)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"task": []}, "unknown field 'task'; did you mean tasks?"),
        ({"schema": 2}, "field 'schema': expected 1, found 2"),
        ({"seeds": []}, "needs at least one task, seed and recipe"),
        ({"recipes": {}}, "needs at least one task, seed and recipe"),
        ({"tasks": ["pos", "pos"]}, "task 'pos' is listed twice; remove one, or name a variant"),
        ({"seeds": [1, 1]}, "seed 1 is listed twice; remove one"),
        ({"seeds": [-1]}, "field 'seeds[0]': expected"),
        ({"tasks": [{"card": "pos", "limits": 3}]}, "unknown field 'limits'"),
        (
            {"tasks": ["ccg", {"card": "pos", "absent": ["X"]}]},
            "'pos' with further absent labels is another task; name it with 'as'",
        ),
        (
            {"tasks": [{"card": "pos", "as": "a:next_word"}]},
            "'a:next_word' is the name of an automated task",
        ),
        ({"default": "shrt"}, "unknown recipe 'shrt'; did you mean short?"),
        ({"recipes": {"a": {"like": "b"}}}, "recipe 'b' is unknown"),
        (
            {"recipes": {"a": {"like": True}}},
            "field 'like': expected the name of a recipe, found True",
        ),
        ({"recipes": {"a": {"like": "b"}, "b": {"like": "a"}}}, "is like itself"),
        ({"recipes": {"a": {"stepz": 1}}}, "x.toml, recipe a: unknown field 'stepz'"),
    ],
)
def test_errors_name_file_and_field(change, says):
    with pytest.raises(RecipeError) as e:
        parse_experiment(RAW | change, "x.toml")
    assert str(e.value).startswith(("x.toml", "experiment x: "))
    assert says in str(e.value)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"epochs": 3}, Recipe(epochs=3)),
        ({"dropout": 0.5}, Recipe(steps=100, dropout=0.5)),
        ({"steps": 7}, Recipe(steps=7)),
    ],
)
def test_a_budget_replaces_the_one_it_inherits(own, expected):
    recipes = {
        "long": {"steps": 100},
        "new": {"like": "long"} | own,
        "last": {"like": "new", "steps": 7},
    }
    experiment = parse_experiment(RAW | {"recipes": recipes}, "x.toml")
    assert experiment.recipes["new"] == expected
    assert (experiment.recipes["last"].steps, experiment.recipes["last"].epochs) == (7, None)


def test_two_budgets_of_one_recipe_are_an_error():
    recipes = {"long": {"steps": 100, "epochs": 3}}
    with pytest.raises(
        RecipeError, match=r"^x\.toml, recipe long: expected one of the fields 'steps' and 'epochs'"
    ):
        parse_experiment(RAW | {"recipes": recipes}, "x.toml")


def test_absent_labels_of_an_entry():
    tasks = ["pos", {"card": "pos", "absent": ["X", "SYM"], "as": "words"}]
    experiment = parse_experiment(RAW | {"tasks": tasks}, "x.toml")
    assert experiment.tasks[1] == Entry("pos", absent=("X", "SYM"), as_="words")


def test_only_keeps_the_order_and_knows_the_names():
    experiment = parse_experiment(RAW, "x.toml")
    assert [e.name for e in experiment.only(["pos_500"]).tasks] == ["pos_500"]
    with pytest.raises(UsageError, match=r"unknown task 'poz' in experiment x; did you mean"):
        experiment.only(["poz"])


def test_names_files_and_folders_of_cards(tmp_path):
    (tmp_path / "a.toml").write_text("")
    (tmp_path / "b.toml").write_text("")
    found = entries([str(tmp_path), "pos", str(tmp_path / "a.toml")])
    assert [e.name for e in found] == ["a", "b", "pos", "a"]
    with pytest.raises(UsageError, match="no such folder"):
        entries([f"{tmp_path}/missing/"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"it has no \*\.toml"):
        entries([str(tmp_path / "empty")])


@pytest.mark.parametrize(
    "path", sorted(shipped("experiments").glob("*.toml")), ids=lambda p: p.stem
)
def test_shipped_experiments_name_shipped_cards(path):
    experiment = load_experiment(path.stem)
    assert experiment.name == path.stem
    for entry in experiment.tasks:
        assert load_card(entry.base.card).name == entry.base.card


def test_the_papers_recipe():
    """Section 3 of Bingel & Søgaard 2017, as far as it differs from the defaults."""
    experiment = load_experiment("bingel2017")
    paper = experiment.recipes["paper"]
    assert len(experiment.tasks) == 10
    assert (paper.steps, paper.batch, paper.checkpoint, paper.schedule) == (
        25_000,
        32,
        "last",
        "uniform",
    )
    assert (paper.encoder.layers, paper.encoder.units, paper.tune_vectors) == (1, 100, True)
    assert isinstance(paper.optimiser, Adadelta)
    assert paper.symmetric
    assert experiment.recipes["short"].steps == 2500


def test_a_folder_of_the_name_does_not_stand_in_the_way(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bingel2017").mkdir()
    assert load_experiment("bingel2017").name == "bingel2017"


def test_unknown_experiment_and_broken_file(tmp_path):
    with pytest.raises(UsageError, match=r"unknown experiment 'bingel'; did you mean bingel2017"):
        load_experiment("bingel")
    with pytest.raises(RecipeError, match=r"no\.toml: no such file"):
        load_experiment(tmp_path / "no.toml")
    bad = Path(tmp_path / "bad.toml")
    bad.write_text("a = ")
    with pytest.raises(RecipeError, match="not valid TOML"):
        load_experiment(bad)


SMALL = {"card": "pos", "limit": 9, "as": "small"}


def test_an_automated_task_is_made_from_the_entry_of_that_name():
    tasks = ["small:next_word", SMALL, "pos:next_word", {"card": "pos:next_char", "limit": 5}]
    experiment = parse_experiment(RAW | {"tasks": tasks}, "x.toml")
    assert experiment.tasks == (
        Entry("pos:next_word", limit=9, as_="small"),
        Entry("pos", limit=9, as_="small"),
        Entry("pos:next_word"),
        Entry("pos:next_char", limit=5),
    )
    assert [e.name for e in experiment.tasks] == [
        "small:next_word",
        "small",
        "pos:next_word",
        "pos_5:next_char",
    ]
    assert experiment.tasks[0].base == experiment.tasks[1]
    assert entries(["my/shop.toml", "shop:next_word"])[1] == Entry("my/shop.toml:next_word")


def test_automated_tasks_that_do_not_exist_are_named():
    with pytest.raises(UsageError, match="'small:next_wrod': no automated task is called"):
        entries(["small:next_wrod"])


def test_only_and_auxiliaries_may_name_what_a_task_yields():
    experiment = parse_experiment(RAW | {"tasks": [SMALL, "ccg", "ccg:next_word"]}, "x.toml")
    derived = Entry("pos:next_char", limit=9, as_="small")
    assert experiment.only(["small:next_char", "ccg"]).tasks == (Entry("ccg"), derived)
    assert experiment.with_automated(["small:next_char", "ccg", "ccg:next_word"]).tasks == (
        *experiment.tasks,
        derived,
    )
    for name, says in (
        ("small:next_wrod", "did you mean small:next_word"),
        ("smal", "did you mean small?"),
        ("pos:next_char", "unknown task"),
    ):
        with pytest.raises(UsageError, match=says):
            experiment.with_automated([name])


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", "/x", ".x", "", " ", "a\nb", "a\0b", "C:x"]
)
def test_names_that_no_file_can_have(name):
    said = "expected a name that can be part of a file's name"
    with pytest.raises(RecipeError) as caught:
        parse_experiment(RAW | {"name": name}, "x.toml")
    assert str(caught.value).startswith(f"x.toml: field 'name': {said}")
    with pytest.raises(RecipeError, match=f"^x.toml: field 'recipes': {said}"):
        parse_experiment(RAW | {"recipes": {name: {}}}, "x.toml")


def test_all_shipped_experiments_have_names_of_files():
    for path in shipped("experiments").glob("*.toml"):
        assert load_experiment(path).name == path.stem
