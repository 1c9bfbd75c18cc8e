"""A saved model: predictions for new texts, without the data that it was trained on.

``load_model("my_model").predict(["a text"])``
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from taskrel.errors import DataError, RecipeError, UsageError, VectorsError
from taskrel.io.paths import data_folder
from taskrel.models.frozen.table import StateTable
from taskrel.models.pieces import Pieces
from taskrel.models.pretrained_model import load_model as load_transformer
from taskrel.models.sharing import GatedSharing, Sharing
from taskrel.models.transformer import longest_input
from taskrel.tasks.encode import MOST_TOKENS
from taskrel.tasks.task import ABSENT, Split, Task
from taskrel.tasks.text import PAIR_SEPARATOR, token_texts, tokenize
from taskrel.tasks.words.pretrained import Pretrained, find_pretrained
from taskrel.tasks.words.vectors import spellings
from taskrel.tasks.words.vocabulary import UNKNOWN, Vocabulary, spelt_vocabulary
from taskrel.training.batches import Batch, Batcher
from taskrel.training.build import build_model
from taskrel.training.evaluation.spans import spans_of
from taskrel.training.inputs import batcher_of, frozen_of, state_inputs
from taskrel.training.pairs import cut_pairs
from taskrel.training.recipes.recipe import Recipe, Transformer
from taskrel.training.saved.files import MORE, REMEDY, read_model
from taskrel.training.saved.parts import Saved

#: Texts of a batch.
BATCH = 128
Text = str | Sequence[str]


class Span(NamedTuple):
    """A span of a text: characters ``text[start:end]``; of given tokens, their numbers."""

    start: int
    end: int
    label: str


class Tagged(NamedTuple):
    """The prediction for a text with a label per token.

    tokens : the tokens; labels : one for each
    spans : where the labels mark spans: their place in the text, and their type
    """

    tokens: list[str]
    labels: list[str]
    spans: list[Span]


class SavedModel:
    """A trained model of one task; `load_model` reads one.

    Attributes
    ----------
    about : Saved
        What it is: task, labels, recipe, scores, versions.
    """

    def __init__(
        self, about: Saved, weights: dict[str, np.ndarray], words: tuple[str, ...], where: str
    ):
        self.about = about
        self._recipe = about.parsed_recipe(f"{where}, field 'recipe'")
        self._pretrained = _pretrained(about, self._recipe, where)
        self._words = _Words(about, words)
        self._model = _built(about, self._recipe, self._pretrained, weights, self._words, where)

    def __repr__(self) -> str:
        with_ = self.about.trained_with[1:]
        how = f"trained with {' and '.join(with_)}" if with_ else "trained alone"
        return f"SavedModel({self.about.stub.name}: {self.about.stub.kind}, {how})"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it chooses from."""
        return self.about.stub.labels

    def predict(self, texts: Iterable[Text]) -> list[Any]:
        """Predict the labels of texts.

        Parameters
        ----------
        texts : iterable
            Strings; for a task of pairs, tuples of two strings. A list of strings is a text that
            is divided into tokens already.

        Returns
        -------
        list
            For each text the label (classification), the list of labels (multilabel), the nearest
            label (regression), or `Tagged` (token-level tasks). None for a text without a token.

        Raises
        ------
        UsageError
            Where a text is none, or a pair is expected or not.
        """
        return [found for found, _ in self._predicted(texts)]

    def predict_with_probability(self, texts: Iterable[Text]) -> list[tuple[Any, float | None]]:
        """`predict`, with the probability of the label of each text.

        Of a classification alone; else None. It is the model's own and not calibrated.
        """
        return self._predicted(texts)

    def _predicted(self, texts: Iterable[Text]) -> list[tuple[Any, float | None]]:
        read = [self._read(number, text) for number, text in enumerate(texts)]
        full = [number for number, (tokens, _) in enumerate(read) if tokens]
        found: list[tuple[Any, float | None]] = [(None, None)] * len(read)
        if full:
            labels = self._labels([read[number][0] for number in full])
            for number, (codes, probability) in zip(full, labels, strict=True):
                found[number] = self._named(*read[number], codes), probability
        return found

    def _read(self, number: int, text: Text) -> tuple[list[str], list[tuple[int, int]]]:
        """Tokens of a text, and the place of each."""
        stub = self.about.stub
        what = f"text {number + 1}"
        if stub.pairs and not (isinstance(text, tuple) and len(text) == 2):
            raise UsageError(f"{what}: {stub.name} is about pairs; expected a tuple of two texts")
        if isinstance(text, tuple) and stub.pairs:
            first, second = (token_texts(part) for part in text)
            tokens = [*first, PAIR_SEPARATOR, *second] if first or second else []
            return tokens[:MOST_TOKENS], []
        if isinstance(text, str):
            found = tokenize(text)[:MOST_TOKENS]
            return [t.text for t in found], [(t.start, t.end) for t in found]
        if isinstance(text, list | tuple) and all(isinstance(t, str) for t in text):
            return [*text][:MOST_TOKENS], [(i, i + 1) for i in range(len(text))]
        raise UsageError(
            f"{what}: expected a string or a list of tokens, found {type(text).__name__}"
        )

    def _named(self, tokens: list[str], places: list[tuple[int, int]], codes: np.ndarray) -> Any:
        """The prediction of one text in words."""
        stub, labels = self.about.stub, self.labels
        if stub.kind == "multilabel":
            return [label for label, on in zip(labels, codes, strict=True) if on]
        if stub.kind == "classification":
            return labels[int(codes)]
        if stub.kind == "regression" and stub.unit != "token":
            return labels[int(codes[0])]
        names = [labels[int(np.ravel(code)[0])] for code in codes]
        return Tagged(tokens, names, self._spans(names, places))

    def _spans(self, names: Sequence[str], places: Sequence[tuple[int, int]]) -> list[Span]:
        stub = self.about.stub
        if stub.kind != "tagging" or stub.outside is None or stub.spans is None:
            return []
        scheme = stub.task().scheme
        return [
            Span(places[first][0], places[last - 1][1], kind)
            for first, last, kind in spans_of(names, stub.outside, scheme)
        ]

    @torch.no_grad()
    def _labels(self, texts: list[list[str]]) -> list[tuple[np.ndarray, float | None]]:
        """Codes of the labels of each text, and the probability of a classification's label."""
        task = self._task(texts)
        batcher = self._batcher(task)
        own, head = self.about.index, self._model.heads[self.about.index]
        found: list[tuple[np.ndarray, float | None]] = [(np.empty(0), None)] * len(texts)
        for examples, batch in batcher.ordered(BATCH):
            batch = Batch(*batch)
            logits = self._model(own, batch.tokens, batch.lengths)
            codes = head.predict(logits, batch.lengths).numpy()
            parts = (
                np.split(codes, np.cumsum(batch.lengths.numpy())[:-1]) if task.per_token else codes
            )
            for row, i in enumerate(examples):
                found[i] = (
                    parts[row],
                    self._probability(logits[row], codes[row] if not task.per_token else None),
                )
        return found

    def _probability(self, logits: torch.Tensor, code: Any) -> float | None:
        if self.about.stub.kind != "classification":
            return None
        if self._recipe.loss == "softmax":
            return float(logits.softmax(-1)[int(code)])
        return float(logits.sigmoid()[int(code)])

    def _task(self, texts: Sequence[Sequence[str]]) -> Task:
        """The texts as a task's split."""
        words = tuple(sorted({word for text in texts for word in text}))
        code = {word: i for i, word in enumerate(words)}
        tokens = np.array([code[word] for text in texts for word in text], np.int32)
        offsets = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
        stub = self.about.stub
        shape: tuple[int, ...] = (len(tokens),) if stub.task().per_token else (len(texts),)
        if stub.kind == "multilabel":
            targets = np.zeros((len(texts), len(self.labels)), np.uint8)
        else:
            targets = np.full(shape, ABSENT, np.int32)
        return stub.task(words, {"test": Split(tokens, offsets, targets)})

    def _batcher(self, task: Task) -> Batcher:
        """Batches of the texts; the model's table is set to what their rows stand for."""
        frozen = frozen_of(self._recipe, self._pretrained)
        if frozen is not None:
            batcher, table = state_inputs(task, "test", self._recipe, frozen)
            _set_table(self._model, table)
            return batcher
        part = cut_pairs(task, "test", self._recipe.max_tokens)
        if isinstance(self._recipe.encoder, Transformer):
            vocabulary = spelt_vocabulary([task])
            _set_pieces(self._model, self._pretrained, vocabulary)
            return batcher_of(task, part, vocabulary.rows[0], self._recipe)
        return batcher_of(task, part, self._words.rows(task.words), self._recipe)


def load_model(folder: str | Path) -> SavedModel:
    """Read a model that ``--save`` has written.

    Nothing in the folder is executed: weights are read from safetensors, the rest from JSON.

    Raises
    ------
    DataError
        Where a file is missing, damaged or newer than this code.
    VectorsError
        Where the pre-trained model that it reads is not installed, or is another one.
    """
    folder = Path(folder)
    return SavedModel(*read_model(folder), f"model {folder}")


class _Words:
    """Rows of the word table of a saved model."""

    def __init__(self, about: Saved, words: tuple[str, ...]):
        self.words = words
        n_table = len(words) - about.n_more
        pretrained = range(UNKNOWN + 1, UNKNOWN + 1 + about.n_pretrained)
        self.n_pretrained = about.n_pretrained
        self._vectors = {words[i]: i for i in (*pretrained, *range(n_table, len(words)))}
        self._learned = {words[i]: i for i in range(pretrained.stop, n_table)}
        self.n_table = n_table

    def rows(self, words: Sequence[str]) -> np.ndarray:
        """The row of each word, int64; that of unknown words where it has none."""
        return np.array([self._row(word) for word in words], np.int64)

    def _row(self, word: str) -> int:
        for form in spellings(word):
            if form in self._vectors:
                return self._vectors[form]
        return self._learned.get(word.lower(), UNKNOWN)


def _pretrained(about: Saved, recipe: Recipe, where: str) -> Pretrained | None:
    """The pre-trained model that it reads; None where it reads words."""
    if not (recipe.states or isinstance(recipe.encoder, Transformer)):
        return None
    name = recipe.states.model if recipe.states else recipe.encoder.model
    found = find_pretrained(name, data_folder(None))
    if found.sha256 != about.checksum:
        raise VectorsError(
            f"{where}: it reads the pre-trained model {name} with the checksum {about.checksum}, "
            f"found {found.sha256}; install the version that it was trained with"
        )
    return found


def _built(
    about: Saved,
    recipe: Recipe,
    pretrained: Pretrained | None,
    weights: dict[str, np.ndarray],
    words: _Words,
    where: str,
) -> Sharing:
    """The model with its weights, in evaluation mode."""
    more, vectors = weights.pop(MORE, None), weights.pop("vectors", None)
    tasks = [stub.task() for stub in about.tasks]
    own = about.index
    tensors = {name: torch.from_numpy(array) for name, array in weights.items()}
    try:
        table = _table(about, recipe, pretrained, words, weights)
        model = build_model(tasks, table, recipe, about.seed, pretrained=pretrained)
        state = model.load_state_dict(tensors, strict=False)
        lacking = [
            k
            for k in state.missing_keys
            if not k.startswith("heads.") or k.startswith(f"heads.{own}.")
        ]
        if lacking or state.unexpected_keys:
            name = (lacking or state.unexpected_keys)[0]
            raise ValueError(f"weight {name!r} is {'missing' if lacking else 'not expected'}")
        if vectors is not None:
            model.heads[own].vectors = torch.from_numpy(vectors)
        if more is not None:
            _extend(model, torch.from_numpy(more).float())
    except (RuntimeError, ValueError, KeyError, IndexError, RecipeError) as e:
        raise DataError(f"{where}: its files do not fit together ({e}); {REMEDY}") from None
    return model.eval()


def _table(
    about: Saved,
    recipe: Recipe,
    pretrained: Pretrained | None,
    words: _Words,
    weights: dict[str, np.ndarray],
) -> Vocabulary | StateTable:
    """A table of the right size, for building the model."""
    frozen = frozen_of(recipe, pretrained)
    if frozen is not None:
        return StateTable([np.zeros((1, about.width), np.float16)])
    if isinstance(recipe.encoder, Transformer):
        return spelt_vocabulary([])
    (first, *_) = (array for name, array in sorted(weights.items()) if name.startswith("words."))
    return Vocabulary(
        words.words[: words.n_table],
        np.zeros((words.n_pretrained, first.shape[1]), np.float32),
        (),
        (),
    )


def _extend(model: Sharing, more: torch.Tensor) -> None:
    """Add vectors of further words to each word table."""
    for module in model.modules():
        if isinstance(module, nn.Embedding) and module.sparse:
            rows = torch.cat([module.weight.detach(), more])
            module.weight = nn.Parameter(rows, requires_grad=False)


def _set_table(model: Sharing, table: StateTable) -> None:
    """Let the model read the states of a table."""
    if isinstance(model, GatedSharing):
        model.words = nn.ModuleList([table] * len(model.words))
    else:
        model.words = table


def _set_pieces(model: Sharing, pretrained: Pretrained, vocabulary: Vocabulary) -> None:
    """Let a transformer read the pieces of these words."""
    encoder = model.encoder
    _, tokenizer = load_transformer(pretrained.path, None)
    encoder.pieces = Pieces(tokenizer, vocabulary.words, longest_input(encoder.model, tokenizer))
