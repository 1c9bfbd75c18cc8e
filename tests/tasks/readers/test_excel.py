"""Excel: sheets, numbers, blank rows, and what is no Excel file."""

import sys

import pandas as pd
import pytest

from taskrel.errors import DataError, UsageError

ROWS = [["a 1", 1], [5, "up"], [None, "up"], ["nan", None], [None, None], ["d", 2.0], ["e", True]]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "x.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        pd.DataFrame([["read", "me"]]).to_excel(book, sheet_name="Notes", index=False, header=False)
        rows = pd.DataFrame(ROWS, columns=["text", "label"], dtype=object)
        rows.to_excel(book, sheet_name="Data", index=False)
    return path


def test_rows(read, path):
    examples, tally = read("excel", path, "classification", sheet="Data")
    assert [tuple(e[:2]) for e in examples] == [
        (["a", "1"], "1"),
        (["5"], "up"),
        ([], None),
        (["nan"], None),
        (["d"], "2"),
        (["e"], "True"),
    ]
    assert tally == {"blank rows": 1, "texts without a label": 1}


def test_sheets_that_are_not_read_are_named(read, tmp_path):
    with pd.ExcelWriter(tmp_path / "x.xlsx", engine="openpyxl") as book:
        for name in ("Data", "Notes", "Old"):
            pd.DataFrame({"text": ["a"], "label": [name]}).to_excel(book, sheet_name=name)
    examples, tally = read("excel", tmp_path / "x.xlsx", "classification")
    assert [e.target for e in examples] == ["Data"]
    assert tally == {
        "note: sheets that are not read ('Notes', 'Old'): without a name the first sheet is read; "
        "for another set sheet = 'Notes' in [options]": 2
    }
    examples, tally = read("excel", tmp_path / "x.xlsx", "classification", sheet="Old")
    assert ([e.target for e in examples], tally) == (["Old"], {})


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "expected rows under the header .*'read', 'me'.* found none; options.sheet"),
        ({"sheet": "data"}, "options.sheet: no sheet 'data'; known: 'Notes', 'Data'"),
        (
            {"sheet": "Data", "label": "lbl"},
            "row 2: there is no field 'lbl' .*; did you mean label",
        ),
    ],
)
def test_refused(read, path, options, complaint):
    with pytest.raises(DataError, match=complaint):
        read("excel", path, "classification", **options)


@pytest.mark.parametrize("raw", [b"text,label\na,b\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b""])
def test_other_files(read, tmp_path, raw):
    (tmp_path / "x.xlsx").write_bytes(raw)
    with pytest.raises(
        DataError, match=r"not an Excel file that openpyxl reads .*save it as \.xlsx"
    ):
        read("excel", tmp_path / "x.xlsx", "classification")


def test_an_empty_sheet(read, tmp_path):
    pd.DataFrame().to_excel(tmp_path / "x.xlsx")
    with pytest.raises(DataError, match="found an empty sheet"):
        read("excel", tmp_path / "x.xlsx", "classification")


def test_without_openpyxl(read, path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r'install openpyxl: pip install "taskrel\[data\]"'):
        read("excel", path, "classification")
