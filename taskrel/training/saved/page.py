"""The page of a saved model, for people: what it is, its numbers, how to use it."""

from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.training.recipes.in_words import recipe_in_words
from taskrel.training.saved.parts import Saved

#: Labels that the page names.
NAMED = 30


def page(saved: Saved) -> str:
    """The page as Markdown."""
    stub, others = saved.stub, saved.trained_with[1:]
    level = LEVEL_NAMES[
        label_level(f"{stub.kind} per token" if stub.unit == "token" else stub.kind)
    ]
    labels = ", ".join(f"`{label}`" for label in stub.labels[:NAMED])
    more = f" and {len(stub.labels) - NAMED} more" if len(stub.labels) > NAMED else ""
    how = recipe_in_words(saved.recipe)
    with_ = f"with {' and '.join(f'`{name}`' for name in others)}, in {how}"
    if not others:
        with_ = f"alone, with {how.split(', with ', 1)[-1]}"
    rows = "\n".join(
        f"| {metric} | {_cell(saved, 'dev', metric)} | {_cell(saved, 'test', metric)} |"
        for metric in saved.scores.get("test", {})
    )
    return f"""# {stub.name}

A {level} model ({stub.kind}) of taskrel. It was trained {with_}, seed {saved.seed}.

Labels: {labels}{more}.

| metric | dev | test |
|---|---|---|
{rows}

The weights were chosen on dev. Test was not used for any choice. The task's main metric is {stub.metric}.

```console
taskrel apply {stub.name} < texts.txt
```

```python
import taskrel as tr

tr.load_model("{stub.name}").predict(["a text", "another text"])
```

In both, the name stands for the path of this folder.{_needs(saved)}
"""


def _cell(saved: Saved, split: str, metric: str) -> str:
    value = saved.scores.get(split, {}).get(metric)
    return "–" if value is None else f"{value:.4f}"


def _needs(saved: Saved) -> str:
    """What must be installed to use the model."""
    model = saved.recipe.get("states", {}).get("model") or saved.recipe.get("encoder", {}).get(
        "model"
    )
    if not model:
        return ""
    return f" It reads the pre-trained model `{model}`, which has to be installed."
