"""A saved model: predictions for new texts, without the data that it was trained on.

``load_model("my_model").predict(["a text"])``
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from taskrel.errors import UsageError
from taskrel.tasks.encode import MOST_TOKENS
from taskrel.tasks.task import ABSENT, Split, Task
from taskrel.tasks.text import PAIR_SEPARATOR, token_texts, tokenize
from taskrel.tasks.words.vocabulary import spelt_vocabulary
from taskrel.training.batches import Batch, Batcher
from taskrel.training.evaluation.spans import spans_of
from taskrel.training.inputs import batcher_of, frozen_of, state_inputs
from taskrel.training.pairs import cut_pairs
from taskrel.training.recipes.recipe import Transformer
from taskrel.training.saved.build import (
    WordRows,
    built_model,
    pretrained_of,
    set_pieces,
    set_table,
)
from taskrel.training.saved.files import read_model
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
        self._pretrained = pretrained_of(about, self._recipe, where)
        self._words = WordRows(about, words)
        self._model = built_model(
            about, self._recipe, self._pretrained, weights, self._words, where
        )

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
            set_table(self._model, table)
            return batcher
        part = cut_pairs(task, "test", self._recipe.max_tokens)
        if isinstance(self._recipe.encoder, Transformer):
            vocabulary = spelt_vocabulary([task])
            set_pieces(self._model, self._pretrained, vocabulary)
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
