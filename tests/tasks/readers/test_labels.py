"""A label has one form, whatever type the value has."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from taskrel.tasks.readers.labels import is_missing, label_of


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (" pos\t", "pos"),
        ("\u00a0pos", "pos"),
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        ("1.00", "1"),
        ("1.5", "1.5"),
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
