"""What is written as TOML is read back."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.io.toml_text import to_toml

SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(-(2**62), 2**62),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"name": 'a "b" \\ c\n\x7f', "n": 1, "yes": True, "share": 0.1},
        {"files": [{"path": "a"}, {"path": "b", "split": "dev"}], "cut": {"by": ["text"]}},
        {"options": {"flags": {"a b": "x"}, "label": -1}},
    ],
)
def test_documents(document):
    assert tomllib.loads(to_toml(document)) == document


@given(st.dictionaries(KEYS, SCALARS | st.lists(SCALARS) | st.dictionaries(KEYS, SCALARS)))
def test_any_document(document):
    assert tomllib.loads(to_toml(document)) == document
