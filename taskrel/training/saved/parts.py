"""What a saved model has: the file ``model.json``, and the stub of a task that it is built with."""

from typing import Any

import msgspec
from msgspec import Struct

from taskrel.tasks.span_schemes import Scheme
from taskrel.tasks.task import Split, Task
from taskrel.training.recipes.recipe import Recipe, parse_recipe

SCHEMA = 1


class Spans(Struct, frozen=True, forbid_unknown_fields=True):
    """How the labels of a tagging mark spans, as `span_schemes.Scheme`."""

    name: str
    style: str = ""
    lower: bool = False


class Stub(Struct, frozen=True, forbid_unknown_fields=True):
    """A task without its texts: what a model of it is built with."""

    name: str
    kind: str
    metric: str
    labels: tuple[str, ...]
    outside: str | None = None
    unit: str = "text"
    causal: bool = False
    pairs: bool = False
    spans: Spans | None = None

    @classmethod
    def of(cls, task: Task, pairs: bool) -> "Stub":
        """The stub of a task; `pairs`: whether its texts are pairs."""
        scheme = task.scheme
        return cls(
            task.name,
            task.kind,
            task.metric,
            task.labels,
            task.outside,
            task.unit,
            task.causal,
            pairs,
            Spans(scheme.name, scheme.style, scheme.lower) if scheme else None,
        )

    def task(self, words: tuple[str, ...] = (), splits: dict[str, Split] | None = None) -> Task:
        """A task in memory with these texts, if any."""
        return Task(
            self.name,
            self.kind,
            self.metric,
            words,
            self.labels,
            splits or {},
            outside=self.outside,
            unit=self.unit,
            causal=self.causal,
            scheme=Scheme(self.spans.name, self.spans.style, self.spans.lower)
            if self.spans
            else None,
        )


class Saved(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``model.json``.

    tasks : those of the model; the one that it predicts is number `index`
    trained_with : all tasks of the run, main task first, those before a transfer too
    recipe : plain data, fields that differ from their default
    checksum : of the word vectors or the transformer that the recipe names
    n_pretrained : words that have a pre-trained vector; they follow padding and unknown
    n_more : words of the vector file that no text of the run had; they come last
    width : features of a frozen state; 0 where it reads none
    scores : "dev" and "test" → metric → fraction, of the saved weights
    card : the task's entry in the experiment, as plain data
    versions : where and with what the model was trained
    """

    schema: int
    tasks: tuple[Stub, ...]
    index: int
    trained_with: tuple[str, ...]
    recipe: dict[str, Any]
    seed: int
    checksum: str | None
    n_pretrained: int = 0
    n_more: int = 0
    width: int = 0
    scores: dict[str, dict[str, float]] = {}
    card: dict[str, Any] = {}
    versions: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if not 0 <= self.index < len(self.tasks):
            raise ValueError("field 'index': expected the number of a task")
        if min(self.n_pretrained, self.n_more) < 0:
            raise ValueError("fields 'n_pretrained' and 'n_more': expected numbers of words")

    @property
    def stub(self) -> Stub:
        """The task that the model predicts."""
        return self.tasks[self.index]

    def parsed_recipe(self, where: str) -> Recipe:
        """The recipe; raises `RecipeError`, after `where`."""
        return parse_recipe(self.recipe, where)

    def plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return msgspec.to_builtins(self)
