"""The rooms of the package: data flow down, imports point up; no folder is a long list."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "taskrel"
#: A room imports those before it. Modules at the top level may import all.
ROOMS = (
    "io",
    "tasks",
    "models",
    "training",
    "study",
    "meta",
    "validation",
    "recommendation",
    "plots",
    "cli",
)
#: Modules of the top level that every room may import.
FOR_ALL = {"", "errors"}
#: Rooms that import fewer than those before them: pictures are of tables, whatever made these.
ONLY = {"plots": {"io"}}
MODULES_IN_A_FOLDER, FILES_AT_THE_TOP = 15, 16

MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path):
    """Names of the package's modules that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == "taskrel"}


def room(name):
    """The room of ``taskrel.study.store``, or its module at the top level; "" for taskrel."""
    first = name.split(".")[1]
    if (PACKAGE / first).is_dir() or (PACKAGE / f"{first}.py").is_file():
        return first
    assert name.count(".") == 1, name
    return ""  # what taskrel/__init__.py itself defines


def allowed(own):
    return FOR_ALL | ONLY.get(own, set(ROOMS[: ROOMS.index(own)])) | {own}


def test_every_folder_is_a_room():
    folders = {p.name for p in PACKAGE.iterdir() if p.is_dir() and any(p.glob("*.py"))}
    assert folders == set(ROOMS)


@pytest.mark.parametrize("own", ROOMS)
def test_imports_point_up(own):
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in MODULES
        if path.relative_to(PACKAGE).parts[0] == own
        for name in sorted(imports(path))
        if room(name) not in allowed(own)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rule_is_one_that_can_be_broken(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "from taskrel import __version__\nfrom taskrel.errors import UsageError\nimport numpy\n"
        "def f():\n    from taskrel.cli.main import main\n    import taskrel.io.paths\n"
    )
    assert {room(name) for name in imports(path)} == {"", "errors", "cli", "io"}
    assert "cli" not in allowed("plots") and "tasks" not in allowed("plots")
    assert {"plots", "cli"}.isdisjoint(allowed("validation") | allowed("recommendation"))


def test_no_folder_is_a_long_list():
    folders = {path.parent for path in MODULES}
    long = {
        str(folder.relative_to(PACKAGE)): n
        for folder in folders
        if (n := len([p for p in folder.glob("*.py") if p.name != "__init__.py"]))
        > (FILES_AT_THE_TOP if folder == PACKAGE else MODULES_IN_A_FOLDER)
    }
    assert not long
    assert len([p for p in PACKAGE.iterdir() if p.is_file()]) <= FILES_AT_THE_TOP
