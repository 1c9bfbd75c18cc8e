import json

import numpy as np
import pytest

from taskrel.cli.command import run_command
from taskrel.cli.text.table import table
from taskrel.errors import CardError
from taskrel.io.json import to_json


def raising(error):
    def function():
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "code", "says"),
    [
        (lambda: 0, 0, ""),
        (lambda: 1, 1, ""),
        (raising(CardError("pos.toml: no")), 2, "cmd: pos.toml: no\n"),
        (raising(KeyboardInterrupt()), 130, "\ncmd: interrupted; go on so\n"),
    ],
)
def test_exit_codes(function, code, says, capsys):
    assert run_command("cmd", function, resume="go on so") == code
    assert capsys.readouterr().err == says


def test_other_errors_are_bugs_and_pass():
    with pytest.raises(ZeroDivisionError):
        run_command("cmd", raising(ZeroDivisionError()))


def test_table_by_hand():
    rows = [{"task": "pos", "gain": 1.234, "n": 3}, {"task": "ccg", "gain": float("nan"), "n": 12}]
    assert table(rows, ["task", "gain", "n"]) == (
        "task  gain   n\n────  ────  ──\npos   1.23   3\nccg      –  12"
    )
    assert table([], ["a"]) == "a\n─"


def test_json_has_no_nan():
    document = {"a": float("nan"), "b": (np.float64("inf"), np.int64(3)), 4: None, "c": 0.5}
    assert json.loads(to_json(document)) == {"a": None, "b": [None, 3], "4": None, "c": 0.5}
