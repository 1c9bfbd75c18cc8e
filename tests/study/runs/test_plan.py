import hashlib
import json
from dataclasses import replace

import pytest
from made import multilabel_task, tagging_task, text_task
from msgspec.structs import replace as replaced

from taskrel.study.experiment.auxiliaries import Auxiliaries
from taskrel.study.experiment.experiment import PairSeeds, Runs
from taskrel.study.runs.plan import Run, plan
from taskrel.training.recipes.recipe import Adam, BiLSTM, Head, Recipe, States, Transformer

TASKS = [text_task("c"), tagging_task("b"), tagging_task("a")]
DIRECTED = Recipe(schedule="sequential")
RUN = Run(("a",), ("d1",), Recipe(), 0)
PAIR = Run(("a", "b"), ("d1", "d2"), Recipe(), 0)


def test_every_task_alone_and_each_unordered_pair_once():
    runs = plan(TASKS, Recipe(), [0, 1])
    assert [r.tasks for r in runs if r.seed == 1] == [
        ("a",),
        ("b",),
        ("c",),
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
    assert len({r.identity for r in runs}) == len(runs) == 12
    assert runs[3].digests == (TASKS[2].digest, TASKS[1].digest)


@pytest.mark.parametrize(
    ("options", "groups"),
    [
        ({"main": "b"}, [("a",), ("b",), ("c",), ("a", "b"), ("b", "c")]),
        ({"single": True}, [("a",), ("b",), ("c",)]),
    ],
)
def test_main_and_single_restrict_the_pairs(options, groups):
    assert [r.tasks for r in plan(TASKS, Recipe(), [0], **options)] == groups


def test_pairs_have_the_seeds_of_their_level_and_single_tasks_those_of_their_pairs():
    tasks = [*TASKS, text_task("d")]
    runs = Runs(seeds=PairSeeds(text_level=3, token_level=2, mixed=1))
    found = plan(tasks, Recipe(), [7, 8, 9], runs)
    assert [(r.tasks, r.seed) for r in found if r.seed != 7] == [
        (("a",), 8),
        (("b",), 8),
        (("c",), 8),
        (("d",), 8),
        (("a", "b"), 8),
        (("c", "d"), 8),
        (("c",), 9),
        (("d",), 9),
        (("c", "d"), 9),
    ]
    assert len([r for r in found if r.seed == 7]) == 4 + 6
    # No pairs, no such rule.
    assert len(plan(tasks, Recipe(), [7, 8], runs, single=True)) == 8


@pytest.mark.parametrize("options", [{"single": True}, {"main": "c"}])
def test_how_long_a_task_is_trained_alone_does_not_depend_on_what_is_asked_for(options):
    recipe = Recipe(schedule="transfer", steps=5, aux_steps=9, evaluate="main")
    runs = Runs(mains=("b", "c"), auxiliaries=("a", "b", "c"))
    planned = {r.identity for r in plan(TASKS, recipe, [0], runs)}
    found = plan(TASKS, recipe, [0], runs, **options)
    assert {r.tasks[0]: r.recipe.steps for r in found if len(r.tasks) == 1} == {
        "a": 9,
        "b": 5,
        "c": 5,
    }
    assert {r.identity for r in found} <= planned


def test_one_task_is_a_legal_study():
    assert [r.tasks for r in plan(TASKS[:1], Recipe(), [5])] == [("c",)]


def test_order_of_tasks_does_not_matter():
    assert plan(TASKS, Recipe(), [0]) == plan(TASKS[::-1], Recipe(), [0])


def test_identity_is_the_hash_of_the_canonical_spec():
    spec = {"schema": 1, "tasks": ["d1"], "recipe": {}, "vectors": None, "seed": 0, "device": "cpu"}
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    assert RUN.identity == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (RUN, replace(RUN, seed=1), False),
        (RUN, replace(RUN, digests=("d9",)), False),
        (RUN, replace(RUN, device="cuda"), False),
        (RUN, replace(RUN, vectors="abc"), False),
        (RUN, replace(RUN, recipe=Recipe(optimiser=Adam())), False),
        # A default that is written out, or where a vector file lies, changes nothing.
        (RUN, replace(RUN, recipe=Recipe(steps=2500)), True),
        (
            replace(RUN, vectors="abc"),
            replace(RUN, vectors="abc", recipe=Recipe(vectors="elsewhere.txt", width=300)),
            True,
        ),
        (RUN, replace(RUN, tasks=("renamed",)), True),  # the digest has the name in it
    ],
)
def test_what_is_part_of_the_identity(a, b, same):
    assert (a.identity == b.identity) is same


MANY = Recipe(
    vectors="g.txt",
    encoder=BiLSTM(units=64),
    optimiser=Adam(lr=0.002),
    dropout=0.3,
    threshold=0.3,
    pool="mean",
    steps=4000,
    checkpoint="last",
)
#: As computed before schedules, heads and losses became fields: finished runs stay valid.
PINNED = {
    "e2a5004cf40a3cec31b0278962fbc4107e4cd3fe0bed91dff14adb62210cff26": Run(
        ("a",), ("1",), Recipe(), 0
    ),
    "768b371810f9cf6a799f4f597f472163b42073bc6b072b4eb45b5c34337398d5": Run(
        ("a", "b"), ("1", "2"), Recipe(), 0
    ),
    "49044052fd3aad1aa7efb19ee02c445ddcea16fb7b00223f79ae20b93a5f3395": Run(
        ("a",), ("1",), MANY, 7, "abc"
    ),
    "b69045cc06809d5326dc4bbdceb4c6dd1a0b48b40aeb486f9179a3cfac0930e4": Run(
        ("a", "b", "c"), ("1", "2", "3"), MANY, 7, "abc", "cuda"
    ),
}


def test_identities_of_older_runs_are_what_they_were():
    assert [run.identity for run in PINNED.values()] == list(PINNED)


@pytest.mark.parametrize("schedule", ["simultaneous", "sequential"])
def test_single_runs_leave_sharing_and_schedule_out(schedule):
    other = Recipe(schedule=schedule)
    assert replace(RUN, recipe=other).identity == RUN.identity
    assert replace(PAIR, recipe=other).identity != PAIR.identity


@pytest.mark.parametrize(
    "fields",
    [
        {"head": Head(attention=2)},
        {"head": Head(hidden=2)},
        {"loss": "sigmoid"},
        {"loss": "sigmoid_sum"},
        {"class_weights": {"a": 2.0}},
        {"common_batches": True},
        {"epochs": 3},
    ],
    ids=str,
)
def test_every_other_new_field_is_part_of_the_identity(fields):
    for run in (RUN, PAIR):
        assert replace(run, recipe=Recipe(**fields)).identity != run.identity


def test_how_multi_label_losses_add_up_is_no_business_of_other_tasks():
    tasks = [*TASKS[:1], multilabel_task("m")]
    mean, total = (
        {r.tasks: r.identity for r in plan(tasks, Recipe(multilabel=how), [0])}
        for how in ("mean", "sum")
    )
    assert [group for group in mean if mean[group] == total[group]] == [("c",)]


def test_order_of_class_weights_is_no_part_of_the_identity():
    one, other = (
        replace(RUN, recipe=Recipe(class_weights=weights))
        for weights in ({"a": 2.0, "b": 3.0}, {"b": 3.0, "a": 2.0})
    )
    assert one.identity == other.identity


def test_order_of_tasks_is_part_of_a_directed_identity():
    there = replace(PAIR, recipe=DIRECTED)
    back = replace(there, tasks=("b", "a"), digests=("d2", "d1"))
    assert there.identity != back.identity


def test_a_transformer_is_identified_by_its_contents():
    one, moved = (
        replace(RUN, vectors="abc", recipe=Recipe(encoder=Transformer(m)))
        for m in ("here", "there")
    )
    assert one.identity == moved.identity
    assert one.identity != replace(one, vectors="abd").identity
    assert one.identity != replace(RUN, vectors="abc").identity
    smaller = Recipe(encoder=Transformer("here", dropout=0.0))
    assert one.identity != replace(one, recipe=smaller).identity


@pytest.mark.parametrize(
    ("recipe", "updates", "steps"),
    [
        (Recipe(steps=10), (), 20),
        (Recipe(steps=10, schedule="simultaneous"), (), 10),
        (Recipe(epochs=2), (8, 4), 12),
        (Recipe(epochs=2, schedule="simultaneous"), (8, 4), 8),
    ],
)
def test_steps_by_schedule_and_budget(recipe, updates, steps):
    run = replace(PAIR, recipe=recipe, updates=updates)
    assert run.steps == steps
    assert run.identity == replace(run, updates=()).identity


ALONE = [("a",), ("b",), ("c",)]


@pytest.mark.parametrize(
    ("runs", "recipe", "options", "groups"),
    [
        (
            Runs(groups={"all": ("c", "a", "b")}),
            Recipe(),
            {},
            [*ALONE, ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")],
        ),
        (Runs(pairs=("c", "a")), Recipe(), {}, [("a",), ("c",), ("a", "c")]),
        (
            Runs(pairs=(), groups={"x": ("c", "a"), "y": ("a", "c")}),
            Recipe(),
            {},
            [("a",), ("c",), ("a", "c")],
        ),
        (
            Runs(pairs=(), groups={"x": ("c", "a"), "y": ("a", "c"), "z": ("c", "b", "a")}),
            DIRECTED,
            {},
            [*ALONE, ("c", "a"), ("a", "c"), ("c", "b", "a")],
        ),
        (Runs(pairs=("a", "b")), DIRECTED, {}, [("a",), ("b",), ("a", "b"), ("b", "a")]),
        (Runs(pairs=()), Recipe(), {}, ALONE),
        (Runs(pairs=(), alone=("b",)), Recipe(), {}, [("b",)]),
        (Runs(mains=("b",)), Recipe(), {}, [*ALONE, ("a", "b"), ("b", "c")]),
        (Runs(mains=("b",)), DIRECTED, {}, [*ALONE, ("b", "a"), ("b", "c")]),
        (Runs(mains=("b",), auxiliaries=("b", "a")), DIRECTED, {}, [("a",), ("b",), ("b", "a")]),
        (Runs(auxiliaries=("a",)), DIRECTED, {}, [*ALONE, ("b", "a"), ("c", "a")]),
        (Runs(auxiliaries=("a", "b")), Recipe(), {}, [*ALONE, ("a", "b"), ("a", "c"), ("b", "c")]),
        (
            Runs(pairs=(), groups={"all": ("a", "b", "c")}),
            Recipe(),
            {"main": "b"},
            [*ALONE, ("a", "b", "c")],
        ),
        (Runs(pairs=(), groups={"all": ("a", "b", "c")}), DIRECTED, {"main": "b"}, []),
        (Runs(pairs=("a", "b", "c")), DIRECTED, {"main": "b"}, [*ALONE, ("b", "a"), ("b", "c")]),
        (
            Runs(pairs=(), groups={"x": ("c", "a", "b"), "y": ("b", "a")}),
            DIRECTED,
            {"main": "c"},
            [*ALONE, ("c", "a", "b")],
        ),
        # Tasks that are left out, by --only.
        (Runs(pairs=(), groups={"all": ("a", "b", "gone")}), Recipe(), {}, []),
        (Runs(pairs=("a", "b", "gone")), Recipe(), {}, [("a",), ("b",), ("a", "b")]),
        (Runs(pairs=(), alone=("gone", "c")), Recipe(), {}, [("c",)]),
        (Runs(pairs=(), alone=("c",)), Recipe(), {}, [("c",)]),
        (Runs(pairs=("a", "b"), alone=()), Recipe(), {}, [("a", "b")]),
        (Runs(pairs=("a", "b")), Recipe(), {"single": True}, ALONE),
        (
            Runs(pairs=("a", "b"), groups={"all": ("a", "b", "c")}, alone=("b",)),
            Recipe(),
            {"single": True},
            [("b",)],
        ),
    ],
)
def test_which_tasks_are_trained_together(runs, recipe, options, groups):
    planned = plan(TASKS, recipe, [0], runs, **options)
    assert [r.tasks for r in planned] == groups
    digest = {task.name: task.digest for task in TASKS}
    assert all(r.digests == tuple(digest[name] for name in r.tasks) for r in planned)


def test_budgets_in_epochs_are_those_of_each_task():
    tasks = [text_task("b", n=(40, 9, 9)), text_task("a", n=(21, 9, 9))]
    runs = plan(tasks, Recipe(epochs=3, batch=10), [0])
    assert [r.updates for r in runs] == [(9,), (12,), (9, 12)]


NEXT, MISSING = "a:next_word", "b:missing_word"
AUTOMATED = [*TASKS, text_task(NEXT), text_task(MISSING)]
NEXT_WORD = Auxiliaries(own=("next_word",))


@pytest.mark.parametrize(
    ("runs", "recipe", "options", "groups"),
    [
        # No automated task is a main one, so no two of them are a pair.
        (
            Runs(pairs=("a", NEXT, MISSING)),
            Recipe(),
            {},
            [("a",), (NEXT,), (MISSING,), ("a", NEXT), ("a", MISSING)],
        ),
        (
            Runs(pairs=("a", NEXT, MISSING)),
            DIRECTED,
            {},
            [("a",), (NEXT,), (MISSING,), ("a", NEXT), ("a", MISSING)],
        ),
        # In a group alone, its curve is wanted for nothing.
        (Runs(pairs=(), groups={"x": ("c", NEXT)}), DIRECTED, {}, [("c",), ("c", NEXT)]),
        (Runs(pairs=(), groups={"x": (NEXT, "c")}), Recipe(), {}, [("c",), (NEXT, "c")]),
        (Runs(pairs=(), alone=(NEXT,)), Recipe(), {}, [(NEXT,)]),
        (Runs(pairs=()), Recipe(), {"single": True}, [("a",), (NEXT,), ("b",), (MISSING,), ("c",)]),
        # Its own of each main task, whatever pairs the recipe trains.
        (Runs(pairs=()), Recipe(), {"aux": NEXT_WORD}, [("a",), (NEXT,), ("a", NEXT)]),
        (Runs(), DIRECTED, {"aux": NEXT_WORD}, [("a",), (NEXT,), ("a", NEXT)]),
        (Runs(), Recipe(), {"aux": NEXT_WORD, "main": "b"}, []),
        (
            Runs(),
            Recipe(),
            {"aux": Auxiliaries((NEXT,))},
            [("a",), (NEXT,), ("b",), ("c",), ("a", NEXT), (NEXT, "b"), (NEXT, "c")],
        ),
        (Runs(), Recipe(), {"aux": Auxiliaries(("a",)), "main": "b"}, [("a",), ("b",), ("a", "b")]),
        (Runs(), DIRECTED, {"aux": Auxiliaries(("a",))}, [*ALONE, ("b", "a"), ("c", "a")]),
        (
            Runs(pairs=(), groups={"x": ("a", "b", "c"), "y": ("a", "c")}),
            DIRECTED,
            {"aux": Auxiliaries(("b", "c"))},
            [*ALONE, ("a", "b", "c"), ("a", "c")],
        ),
        (
            Runs(pairs=(), groups={"x": ("a", "b", "c"), "y": ("a", "c")}),
            DIRECTED,
            {"aux": Auxiliaries(("c",))},
            [("a",), ("c",), ("a", "c")],
        ),
        # Gains against another recipe's runs need none of one's own.
        (Runs(pairs=("a", "b"), against="r"), Recipe(), {}, [("a", "b")]),
        (Runs(pairs=("a", "b"), against="r", alone=("b",)), Recipe(), {}, [("b",), ("a", "b")]),
        (Runs(pairs=("a", "b"), against="r"), Recipe(), {"single": True}, []),
    ],
)
def test_automated_tasks_and_chosen_auxiliaries(runs, recipe, options, groups):
    assert [r.tasks for r in plan(AUTOMATED, recipe, [0], runs, **options)] == groups


TRANSFER = Recipe(schedule="transfer", steps=20, aux_steps=50)


def test_a_transfer_starts_from_the_single_task_run_of_its_auxiliary():
    scope = Runs(mains=("a",), auxiliaries=("b", "c"))
    runs = {r.tasks: r for r in plan(TASKS, TRANSFER, [4], scope)}
    assert list(runs) == [("a",), ("b",), ("c",), ("a", "b"), ("a", "c")]
    assert runs["a", "b"].start.identity == runs["b",].identity
    assert runs["b",].recipe.steps == 50 and runs["a",].recipe.steps == 20
    assert runs["b",].start is None and runs["a", "b"].steps == 20


def test_an_auxiliary_with_a_multi_label_task_has_one_identity_in_both_places():
    tasks, recipe = [text_task("a"), multilabel_task("b")], replaced(TRANSFER, multilabel="sum")
    runs = {r.tasks: r for r in plan(tasks, recipe, [0], Runs(mains=("a",), auxiliaries=("b",)))}
    assert runs["a", "b"].start.identity == runs["b",].identity
    tasks = [multilabel_task("a"), text_task("b")]
    runs = {r.tasks: r for r in plan(tasks, recipe, [0], Runs(mains=("a",), auxiliaries=("b",)))}
    assert runs["a", "b"].start.identity == runs["b",].identity


def test_a_task_that_is_a_main_task_too_is_trained_alone_as_a_main_task():
    runs = {r.tasks: r for r in plan(TASKS, TRANSFER, [0])}
    assert runs["a",].recipe.steps == 20
    assert runs["a", "b"].start.identity != runs["b",].identity


def test_a_budget_of_auxiliaries_is_no_part_of_single_task_runs():
    alone = {
        replace(RUN, recipe=replaced(Recipe(), **fields)).identity
        for fields in ({}, {"aux_steps": 9}, {"evaluate": "main"}, {"schedule": "transfer"})
    }
    assert len(alone) == 1
    pair = {
        replace(PAIR, recipe=replaced(Recipe(), **fields)).identity
        for fields in ({}, {"aux_steps": 9}, {"evaluate": "main"}, {"schedule": "transfer"})
    }
    assert len(pair) == 4


def test_two_sizes_of_one_card_are_no_pair():
    scope = Runs(mains=("a",), auxiliaries=("b", "c"))
    cards = {"a": "shop", "b": "shop", "c": "topic"}
    assert [r.tasks for r in plan(TASKS, TRANSFER, [0], scope, cards=cards)] == [
        ("a",),
        ("c",),
        ("a", "c"),
    ]


def test_states_are_named_by_the_checksum_of_their_model():
    one, other = (
        replace(RUN, recipe=Recipe(states=States(name, dims=8)), vectors="v").spec for name in "xy"
    )
    assert one == other and one["recipe"] == {"states": {"dims": 8}}
