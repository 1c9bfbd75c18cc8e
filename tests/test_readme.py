"""Every code block of the README: Python is run, cards are read, commands are parsed or run."""

import importlib
import re
import shlex
from pathlib import Path

import pytest

from taskrel.cli.main import COMMANDS
from taskrel.cli.main import main as taskrel

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README.read_text("utf-8"), re.S | re.M)
#: Not of this package: installation and tests, which .ci/run runs.
OTHER = ("pip ", "export ")


def blocks(language):
    return [text for kind, text in BLOCKS if kind == language]


def commands():
    """Command lines of the console blocks, without comments."""
    lines = [
        line.partition(" #")[0].strip() for text in blocks("console") for line in text.splitlines()
    ]
    return [line for line in lines if line and not line.startswith(OTHER)]


def write_shop():
    """The file of the section on own data, in the working directory."""
    rows = [
        f'"{word} soup, table {i}",{label}'
        for i in range(60)
        for word, label in (("good", "praise"), ("cold", "complaint"))
    ]
    Path("my_data").mkdir()
    Path("my_data/shop.csv").write_text("comment,tone\n" + "\n".join(rows) + "\n", "utf-8")


def test_it_is_short_and_has_the_blocks_that_are_tested():
    assert len(README.read_text("utf-8").splitlines()) <= 160
    assert {kind for kind, _ in BLOCKS} == {"console", "text", "python"}
    assert len(commands()) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("code", blocks("python"))
def test_python(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    found: dict = {}
    exec(compile(code, "README.md", "exec"), found)
    assert found["study"].path == Path("runs/shop")
    assert len(found["study"].gains()) == 2
    assert repr(found["evidence"]) == "Evidence(library: 32 tasks, 992 pairs, 3 seeds)"


@pytest.mark.parametrize("line", commands())
def test_commands_parse(line):
    program, name, *options = shlex.split(line)
    assert program == "taskrel"
    module = importlib.import_module(COMMANDS[name][0])
    module.parser().parse_args(options)


def shown(*names):
    """Blocks of a command's output, of these commands."""
    return [text for text in blocks("text") if text.split()[2] in names]


@pytest.mark.parametrize("shown", shown("predict", "card"))
def test_the_output_is_what_the_command_prints(shown, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_shop()
    (line, *expected) = shown.rstrip("\n").splitlines()
    assert taskrel(shlex.split(line.removeprefix("$ taskrel"))) == 0
    assert expected.pop() == "..."
    assert capsys.readouterr().out.splitlines()[: len(expected)] == expected


def test_the_commands_of_a_search_parse():
    (text,) = shown("search")
    lines = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    assert [line.split()[1] for line in lines] == ["search", "apply"]
    for line in lines:
        test_commands_parse(line.partition(" <")[0])


@pytest.mark.slow
def test_own_data_as_the_readme_says(tmp_path, monkeypatch, capsys):
    """The card and the first command, on a file as it describes."""
    monkeypatch.chdir(tmp_path)
    write_shop()
    assert taskrel(["card", "my_data/shop.csv", "-q"]) == 0
    (line,) = [c for c in commands() if c.startswith("taskrel run --tasks")]
    assert taskrel([*shlex.split(line)[1:], "--steps", "5", "--seeds", "0", "-q"]) == 0
    assert "Single-task scores on test" in capsys.readouterr().out
    assert sorted(p.name for p in Path("runs/tasks").glob("*.csv")) == [
        "features.csv",
        "scores.csv",
    ]
