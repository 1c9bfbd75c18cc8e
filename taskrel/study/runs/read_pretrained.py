"""Reading word vectors and finding transformers for the recipes of a study."""

from pathlib import Path

from taskrel.errors import VectorsError
from taskrel.tasks.words.pretrained import Pretrained, find_pretrained
from taskrel.tasks.words.vector_files import find_vectors
from taskrel.tasks.words.vectors import Vectors, read_vectors, wanted_words
from taskrel.training.recipes.recipe import Recipe, Transformer


class PretrainedReader:
    """Reads each vector file once, the vectors of the study's words alone; finds transformers.

    folder : the data folder
    words : words of the study's texts and labels
    """

    def __init__(self, folder: Path, words: set[str]):
        self.folder, self.wanted = folder, wanted_words(words)
        self.read: dict[str, Vectors] = {}

    def __call__(self, recipe: Recipe) -> Vectors | Pretrained | None:
        """Return the vectors or the transformer that `recipe` names; None if it names none.

        Raises `VectorsError` where they are missing, malformed or have none of the words.
        """
        if isinstance(recipe.encoder, Transformer):
            return find_pretrained(recipe.encoder.model, self.folder)
        if recipe.states:
            return find_pretrained(recipe.states.model, self.folder)
        name = recipe.vectors
        if not name:
            return None
        if name not in self.read:
            path = find_vectors(name, self.folder)
            self.read[name] = read_vectors(path, self.wanted)
            if not self.read[name].words:
                raise VectorsError(
                    f"word vectors {path}: the file has none of the study's words; "
                    "check that it is the right file, in the right language"
                )
        return self.read[name]
