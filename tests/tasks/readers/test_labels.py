"""A label has one form, whatever type the value has."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from taskrel.tasks.readers.labels import is_missing, label_of, printed_list


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (" pos\t", "pos"),
        ("\u00a0pos", "pos"),
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        ("1.00", "1"),
        ("1.50", "1.5"),
        (Decimal("1.50"), "1.5"),
        ("0.10", "0.1"),
        (".5", "0.5"),
        ("+1", "1"),
        ("-0.0", "0"),
        ("-1.0", "-1"),
        ("2.", "2"),
        ("100", "100"),
        ("1.10.2", "1.10.2"),
        ("007", "007"),
        ("0,5", "0,5"),
        ("1e3", "1e3"),
        (".", "."),
        ("-", "-"),
        (np.float32(0.1), "0.1"),
        ("v1.0", "v1.0"),
        (-1, "-1"),
        (0.5, "0.5"),
        (Decimal("2.0"), "2"),
        (np.int64(3), "3"),
        (np.float32(3), "3"),
        (True, "True"),
        (np.bool_(False), "False"),
        (float("inf"), "inf"),
        ("None", "None"),
        ("NA", "NA"),
    ],
)
def test_a_label(value, label):
    assert label_of(value) == label
    assert not is_missing(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        float("nan"),
        np.nan,
        np.float32("nan"),
        pd.NA,
        pd.NaT,
        "",
        "  ",
        "nan",
        "NaN",
        Decimal("nan"),
    ],
    ids=repr,
)
def test_missing(value):
    assert is_missing(value)
    assert label_of(value) is None


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("['pos', 'loud']", ["pos", "loud"]),
        (' ["a, b", "c"] ', ["a, b", "c"]),
        ("['a'\n 'b']", ["a", "b"]),  # NumPy
        ("[1 2]", ["1", "2"]),
        ("[1.0, 2]", ["1.0", "2"]),
        ("[pos, very good]", ["pos", "very good"]),
        ("('a',)", ["a"]),
        ("{'a', 'b'}", ["a", "b"]),
        (r"['it\'s', 'a\\b']", ["it's", "a\\b"]),
        (r'["\u00e9"]', ["é"]),
        (r"['\q']", [r"\q"]),
        ("[None, 'a', nan]", [None, "a", "nan"]),
        ("['1.0', 'nan', ' x']", ["1.0", "nan", " x"]),
        ("[]", []),
        ("set()", []),
        ("pos, loud", None),
        ("(pos)", None),
        ("{pos}", None),
        ("['a'", None),
        ("['a']]", None),
        ("[['a'], ['b']]", None),
        ("[,]", None),
        ("[" * 10_000 + "]" * 10_000, None),
        ("", None),
    ],
)
def test_printed_lists(text, items):
    assert printed_list(text) == items
