"""The script `taskrel`: its list, its subcommands, names that do not exist."""

import subprocess
import sys

import pytest

from taskrel import __version__
from taskrel.cli.main import COMMANDS, main


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"], ["help"]])
def test_the_list_names_every_command_twice(argv, capsys):
    assert main(argv) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    for name, (module, what) in COMMANDS.items():
        assert ["taskrel", name, *what.split()] in lines
        assert ["python", "-m", module] in lines


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"taskrel {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["predcit"], "unknown command 'predcit'; did you mean predict?"),
        (
            ["frob", "--help"],
            "unknown command 'frob'; known: apply, card, evidence, fetch, predict, run, search, validate",
        ),
    ],
)
def test_an_unknown_command(argv, says, capsys):
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"taskrel: {says}")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_subcommands_usage_names_the_script(name, capsys):
    with pytest.raises(SystemExit) as e:
        main([name, "--help"])
    assert e.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: taskrel {name} [-h]")


def test_a_subcommands_exit_code_is_the_scripts(capsys):
    assert main(["predict", "--main", "mwe", "--aux", "mwe"]) == 2
    assert capsys.readouterr().err == (
        "taskrel predict: main and auxiliary task are both 'mwe'; name two tasks\n"
    )


@pytest.mark.parametrize(("args", "code"), [([], 0), (["--help"], 0), (["frob"], 2)])
def test_the_package_itself_is_the_script(args, code):
    done = subprocess.run(
        [sys.executable, "-m", "taskrel", *args], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    said = done.stdout if code == 0 else done.stderr
    assert "python -m taskrel.run_pairs" in said if code == 0 else "unknown command 'frob'" in said
