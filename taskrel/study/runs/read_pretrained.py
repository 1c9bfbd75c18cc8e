"""Reading word vectors and transformers: each vector file once, and only the study's words."""

from pathlib import Path

from taskrel.errors import VectorsError
from taskrel.tasks.words.pretrained import Pretrained, find_pretrained
from taskrel.tasks.words.vectors import Vectors, read_vectors, wanted_words
from taskrel.training.recipes.recipe import Recipe, Transformer


class PretrainedReader:
    """Reads each vector file once, and only the words of the study; finds transformers."""

    def __init__(self, folder: Path, words: set[str]):
        self.folder, self.wanted = folder, wanted_words(words)
        self.read: dict[str, Vectors] = {}

    def __call__(self, recipe: Recipe) -> Vectors | Pretrained | None:
        """The vectors or transformer that a recipe names; None where all is learned."""
        if isinstance(recipe.encoder, Transformer):
            return find_pretrained(recipe.encoder.model, self.folder)
        name = recipe.vectors
        if not name:
            return None
        if name not in self.read:
            here = Path(name).expanduser()
            self.read[name] = read_vectors(
                here if here.exists() else self.folder / name, self.wanted
            )
            if not self.read[name].words:
                raise VectorsError(
                    f"word vectors {name}: the file has none of the study's words; check that it is the "
                    "right file, in the right language"
                )
        return self.read[name]
