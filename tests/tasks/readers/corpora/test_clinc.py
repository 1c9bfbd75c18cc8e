import json

import pytest

from taskrel.errors import DataError

LISTS = {
    "train": [["play a song", "music"], ["how far is it", "distance"]],
    "val": [["louder", " music "], ["loud", ""]],
    "oos_val": [["what is love", "oos"]],
    "extra": [["hi", "greeting"], ["ho", "greeting"]],
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.json"
    path.write_text("\ufeff" + json.dumps(LISTS), "utf-8")
    return path


def test_lists_become_splits(read, file):
    lists = {"train": "train", "val": "dev", "oos_val": "dev"}
    examples, tally = read("clinc", file, "classification", lists=lists)
    assert [(" ".join(e.tokens), e.target, e.split) for e in examples] == [
        ("play a song", "music", "train"),
        ("how far is it", "distance", "train"),
        ("louder", "music", "dev"),
        ("loud", None, "dev"),
        ("what is love", "oos", "dev"),
    ]
    assert tally == {"texts of the list 'extra', which options.lists does not name": 2}


@pytest.mark.parametrize(
    ("text", "lists", "message"),
    [
        (None, {"vall": "dev"}, r"no list is called 'vall'; did you mean val\?"),
        ("[]", {}, "expected an object of lists of .* Expected `object`, got `array`"),
        ('{"val": [["one"]]}', {"val": "dev"}, r"of length 2.* - at `\$\[...\]\[0\]`"),
        ('{"val": [[1, 2]]}', {"val": "dev"}, "Expected `str`, got `int`"),
        ("{", {}, "expected an object of lists"),
    ],
)
def test_what_is_refused(read, file, text, lists, message):
    if text is not None:
        file.write_text(text)
    with pytest.raises(DataError, match=f"data.json: .*{message}"):
        read("clinc", file, "classification", lists=lists)
