"""Where the vector file of a recipe is looked for, and the message if there is none."""

import pytest

from taskrel.errors import VectorsError
from taskrel.tasks.words.vector_files import GLOVE, find_vectors

NAME = GLOVE.files[0].path


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """The current folder, the data folder and the cache folder's data, in the order of looking."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = [tmp_path / "here", tmp_path / "data", tmp_path / "cache" / "taskrel" / "data"]
    for folder in found:
        folder.mkdir(parents=True)
    monkeypatch.chdir(found[0])
    return found


def put(folder, name=NAME):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("a 1\n")
    return path


def test_the_cache_folder_comes_last(folders):
    for folder in reversed(folders):
        path = put(folder)
        assert find_vectors(NAME, folders[1]).resolve() == path
        assert find_vectors(str(path), folders[1]) == path


@pytest.mark.parametrize(
    ("name", "remedy"),
    [(NAME, "get it with: taskrel fetch glove"), ("my/v.txt", "put a GloVe text file there")],
)
def test_where_it_was_looked_for(folders, name, remedy):
    _, data, cache = folders
    with pytest.raises(VectorsError) as caught:
        find_vectors(name, data)
    assert str(caught.value) == (
        f"word vectors {name}: no such file in the current folder, in {data} or in {cache}; {remedy}"
    )
    with pytest.raises(VectorsError, match=rf"no such file in the current folder, in {cache}; "):
        find_vectors(name, cache)


def test_an_absolute_path_is_looked_for_there_alone(folders, tmp_path):
    with pytest.raises(VectorsError, match=r"/no\.txt: no such file; put a GloVe text file there"):
        find_vectors(str(tmp_path / "no.txt"), folders[1])
