"""Options of readers: none names a file outside the data folder."""

import pytest

from taskrel.errors import CardError
from taskrel.tasks.card import parse_card
from taskrel.tasks.options import reader_of

PATHS = [  # reader, kind, options that name a file, the field in the message
    ("delimited", "classification", lambda path: {"labels_file": path}, "labels_file"),
    ("parallel", "classification", lambda path: {"labels": {"a": path}}, "labels"),
    ("parallel", "classification", lambda path: {"labels": {}, "names": path}, "names"),
    ("compression", "tagging", lambda path: {"compressions": {"a": path}}, "compressions"),
    ("streusle", "tagging", lambda path: {"layer": "mwe", "splits": {"dev": path}}, "splits"),
]


def card(reader, kind, options):
    raw = {"schema": 1, "name": "x", "title": "t", "kind": kind, "metric": "accuracy"}
    return parse_card(raw | {"reader": reader, "files": [{"path": "a"}], "options": options}, "x")


@pytest.mark.parametrize("path", ["../b", "a/../../b", "/etc/passwd", "C:\\b", "b\0"])
@pytest.mark.parametrize(("reader", "kind", "options", "field"), PATHS)
def test_options_name_files_inside_the_data_folder(reader, kind, options, field, path):
    reader_of(card(reader, kind, options("b/c.txt")))
    with pytest.raises(CardError) as caught:
        reader_of(card(reader, kind, options(path)))
    assert str(caught.value) == (
        f"card x, [options]: field {field!r}: expected a path inside the data folder, "
        f"with / between folders, found {path!r}"
    )
