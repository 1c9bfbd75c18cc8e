"""Runs and tables in an experiment file, and the messages for mistakes in them."""

import pytest

from taskrel.errors import RecipeError, UsageError
from taskrel.study.experiment.experiment import Runs
from taskrel.study.experiment.file import parse_experiment
from taskrel.study.experiment.published import Contrast, Convergence, Published, Side, tasks_of

RAW = {
    "schema": 1,
    "name": "x",
    "tasks": ["pos", {"card": "pos", "limit": 500}],
    "seeds": [0, 1],
    "recipes": {"long": {"steps": 100, "dropout": 0.1}, "short": {"like": "long", "steps": 10}},
}


GROUPS = RAW | {
    "tasks": ["pos", "ccg", "chunk"],
    "runs": {"pairs": ["pos", "ccg"]},
    "recipes": {
        "long": {"steps": 100, "runs": {"pairs": [], "groups": {"all": ["pos", "ccg", "chunk"]}}},
        "passes": {"like": "long", "epochs": 3},
        "short": {"steps": 10},
    },
}


def test_runs_are_a_recipes_own_or_the_experiments():
    experiment = parse_experiment(GROUPS, "x.toml")
    own = Runs(pairs=(), groups={"all": ("pos", "ccg", "chunk")})
    assert experiment.runs == {"long": own, "passes": own, "short": Runs(pairs=("pos", "ccg"))}
    assert parse_experiment(RAW, "x.toml").runs == {"long": Runs(), "short": Runs()}


def test_a_recipes_own_runs_replace_the_inherited_ones_whole():
    recipes = GROUPS["recipes"] | {
        "alone": {"like": "long", "runs": {"pairs": []}},
        "none": {"like": "alone", "runs": {"alone": ["ccg"]}},
    }
    experiment = parse_experiment(GROUPS | {"recipes": recipes}, "x.toml")
    assert experiment.runs["alone"] == Runs(pairs=())
    assert experiment.runs["none"] == Runs(alone=("ccg",))


def test_errors_in_a_recipes_own_runs_name_the_recipe():
    recipes = {"long": {"runs": {"pair": []}}}
    with pytest.raises(RecipeError, match=r"^x\.toml, recipe long: unknown field 'pair'"):
        parse_experiment(GROUPS | {"recipes": recipes}, "x.toml")


ROWS = [
    {"model": "alone", "task": "pos", "scores": {"accuracy": 0.5, "weighted_recall": 0.25}},
    {"model": "together", "task": ["pos", "ccg"], "recipe": "passes", "group": "all"},
    {"model": "majority", "task": "chunk", "baseline": "majority"},
]


def test_published_rows_name_the_first_default_recipe_where_they_name_none():
    raw = GROUPS | {"default": ["short", "long"], "published": ROWS, "source": "a report"}
    experiment = parse_experiment(raw, "x.toml")
    assert experiment.source == "a report"
    assert experiment.published == (
        Published("alone", "pos", {"accuracy": 0.5, "weighted_recall": 0.25}, "short"),
        Published("together", ("pos", "ccg"), {}, "passes", "all"),
        Published("majority", "chunk", {}, "short", baseline="majority"),
    )
    assert [tasks_of(row) for row in experiment.published] == [("pos",), ("pos", "ccg"), ("chunk",)]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            {"recipe": "shrt"},
            "field 'published.recipe': unknown recipe 'shrt'; did you mean short?",
        ),
        ({"task": "chnk"}, "field 'published.task': unknown task 'chnk'; did you mean chunk?"),
        ({"task": ["pos", "chnk"]}, "field 'published.task': unknown task 'chnk'"),
        ({"group": "any"}, "field 'published.group': unknown group 'any'; known: all"),
        (
            {"recipe": "short", "group": "all"},
            "field 'published.group': unknown group 'all'; there are none",
        ),
        (
            {"baseline": "minority"},
            "field 'published[0].baseline': expected '' or 'majority' or 'random'",
        ),
        ({"score": {}}, "unknown field 'score' in [published[0]]"),
    ],
)
def test_published_rows_that_fit_nothing_are_named(row, says):
    with pytest.raises(RecipeError) as e:
        parse_experiment(GROUPS | {"published": [{"model": "m", "task": "pos"} | row]}, "x.toml")
    assert str(e.value).startswith("x.toml: ") and says in str(e.value)


@pytest.mark.parametrize("name", ["", "pos"])
def test_groups_are_called_unlike_single_auxiliaries(name):
    with pytest.raises(RecipeError, match=r"field 'runs\.groups"):
        parse_experiment(GROUPS | {"runs": {"groups": {name: ["pos", "ccg", "chunk"]}}}, "x.toml")


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ({"pairs": ["pos", "ccq"]}, "field 'runs.pairs': unknown task 'ccq'; did you mean ccg?"),
        ({"mains": ["ccq"]}, "field 'runs.mains': unknown task 'ccq'; did you mean ccg?"),
        ({"auxiliaries": ["ccq"]}, "field 'runs.auxiliaries': unknown task 'ccq'"),
        ({"pairs": ["pos"], "mains": ["ccg"]}, "field 'runs': expected either 'pairs', every two"),
        ({"alone": ["poz"]}, "field 'runs.alone': unknown task 'poz'"),
        ({"groups": {"all": ["pos", "chnk"]}}, "field 'runs.groups.all': unknown task 'chnk'"),
        ({"groups": {"all": ["pos"]}}, "'runs.groups.all': expected two or more different tasks"),
        ({"groups": {"all": ["pos", "pos", "ccg"]}}, "two or more different tasks, found pos, pos"),
        ({"groups": {"all": []}}, "two or more different tasks, found none"),
        ({"groups": ["pos"]}, "field 'runs.groups': expected `object`"),
        ({"group": {}}, "unknown field 'group'"),
    ],
)
def test_runs_that_cannot_be_are_named(runs, says):
    with pytest.raises(RecipeError) as e:
        parse_experiment(GROUPS | {"runs": runs}, "x.toml")
    assert str(e.value).startswith("x.toml") and says in str(e.value)


AGAINST = GROUPS | {"runs": {"pairs": ["pos", "ccg"], "against": "short"}}


def test_gains_against_another_recipe():
    experiment = parse_experiment(AGAINST, "x.toml")
    # A recipe's own runs replace the experiment's; those of the baseline are its own.
    assert {name: runs.against for name, runs in experiment.runs.items()} == {
        "long": "",
        "passes": "",
        "short": "",
    }
    recipes = {"long": {"steps": 9}, "short": {"steps": 10}}
    experiment = parse_experiment(AGAINST | {"recipes": recipes}, "x.toml")
    assert {name: runs.against for name, runs in experiment.runs.items()} == {
        "long": "short",
        "short": "",
    }


CONTRAST = {"name": "c", "task": "pos", "a": {"recipe": "passes", "group": "all"}, "b": {}}


def test_what_is_said_of_scores():
    experiment = parse_experiment(
        GROUPS
        | {
            "default": "short",
            "metrics": ["accuracy", "similarity_2"],
            "contrasts": [CONTRAST],
            "convergence": {"reference": "short", "share": [0.5, 0.95]},
        },
        "x.toml",
    )
    assert experiment.metrics == ("accuracy", "similarity_2")
    assert experiment.convergence == Convergence("short", (0.5, 0.95))
    assert experiment.convergence.references == ("short",)
    assert Convergence(("a", "b")).references == ("a", "b")
    assert Convergence("short", 0.9).shares == (0.9,)
    assert experiment.contrasts == (Contrast("c", "pos", Side("passes", "all"), Side("short")),)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"runs": {"against": "shrt"}},
            "field 'runs.against': unknown recipe 'shrt'; did you mean",
        ),
        (
            {"metrics": ["acuracy"]},
            "field 'metrics': unknown metric 'acuracy'; did you mean accuracy",
        ),
        (
            {"metrics": ["similarity_a"]},
            "unknown metric 'similarity_a'; did you mean similarity_0?",
        ),
        (
            {"published": [{"model": "m", "task": "pos", "scores": {"similarity_0": 0.5}}]},
            "unknown metric 'similarity_0'",
        ),
        (
            {"convergence": {"reference": ["short", "lng"]}},
            "field 'convergence.reference': unknown recipe 'lng'; did you mean long?",
        ),
        ({"convergence": {"reference": "short", "share": 1.5}}, "field 'convergence.share'"),
        ({"convergence": {"reference": "short", "share": []}}, "field 'convergence.share'"),
        ({"convergence": {"share": 0.5}}, "field 'convergence.reference' is missing"),
        (
            {"contrasts": [CONTRAST | {"task": "chnk"}]},
            "field 'contrasts.task': unknown task 'chnk'; did you mean chunk?",
        ),
        ({"contrasts": [CONTRAST | {"metric": "F1"}]}, "field 'contrasts.metric': unknown metric"),
        (
            {"contrasts": [CONTRAST | {"b": {"recipe": "shrt"}}]},
            "field 'contrasts.b.recipe': unknown recipe 'shrt'; did you mean short?",
        ),
        (
            {"contrasts": [CONTRAST | {"b": {"recipe": "short", "group": "all"}}]},
            "field 'contrasts.b.group': unknown group 'all'; there are none",
        ),
        (
            {"contrasts": [CONTRAST | {"b": CONTRAST["a"]}]},
            "expected two recipes or groups, found the same runs on both sides of 'c'",
        ),
        ({"contrasts": [CONTRAST, CONTRAST]}, "expected different names, found 'c' twice"),
    ],
)
def test_what_cannot_be_said_of_scores_is_named(change, says):
    with pytest.raises(RecipeError) as e:
        parse_experiment(
            GROUPS | {"recipes": GROUPS["recipes"] | {"short": {"steps": 10}}} | change, "x.toml"
        )
    assert str(e.value).startswith("x.toml") and says in str(e.value)


def test_all_tasks_together():
    experiment = parse_experiment(GROUPS, "x.toml").with_group_of_all()
    assert experiment.runs["short"] == Runs(
        pairs=("pos", "ccg"), groups={"all": ("pos", "ccg", "chunk")}
    )
    with pytest.raises(
        UsageError, match="expected three or more tasks for a run of all tasks, found 2"
    ):
        parse_experiment(RAW, "x.toml").with_group_of_all()
