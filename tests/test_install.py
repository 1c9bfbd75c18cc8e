import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: What cards, experiments and evidence are made of.
SHIPPED = {".toml", ".md", ".csv", ".json", ".npz", ".safetensors"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which the wheel is installed, and another one to stand in."""
    site = tmp_path_factory.mktemp("site")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "--target",
        str(site),
    ]
    subprocess.run([*pip, str(ROOT)], check=True)
    return site, tmp_path_factory.mktemp("elsewhere")


def python(installed, *args):
    site, elsewhere = installed
    done = subprocess.run(
        [sys.executable, *args],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(site)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_cards_and_experiments_come_from_the_wheel(installed):
    where = python(
        installed,
        "-c",
        "import taskrel, taskrel.io.paths as p; print(taskrel.__file__);"
        "print(p.shipped('tasks')); print(p.shipped('experiments'))",
    )
    assert all(line.startswith(str(installed[0])) for line in where.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tasks", "experiments"])
def test_the_wheel_ships_all_but_run_exports_and_scripts(installed, kind):
    package = installed[0] / "taskrel"
    found, there = (
        {p.relative_to(folder) for p in folder.rglob("*") if p.suffix in SHIPPED and p.is_file()}
        for folder in (package / "_shipped" / kind, ROOT / kind)
    )
    assert found == {p for p in there if p.parts[0] != "runs"}
    assert not {p.suffix for p in (package / "_shipped" / kind).rglob("*.*")} - SHIPPED
    assert (package / "py.typed").is_file()


@pytest.mark.slow
def test_the_default_is_planned_without_data(installed):
    out = python(installed, "-m", "taskrel.run_pairs", "--dry-run")
    assert "planted_fine" in out
    assert "84" in out  # 7 tasks alone and 21 pairs, three seeds


@pytest.mark.slow
def test_a_prediction_needs_no_data(installed):
    out = python(
        installed, "-m", "taskrel.predict", "--main", "emotion", "--aux", "sentiment", "--json"
    )
    document = json.loads(out)
    assert (document["main"], document["aux"], document["evidence"]) == (
        "emotion_1000",
        "sentiment",
        "text_transfer",
    )
    assert 0 < document["probability"] < 1


@pytest.mark.parametrize("command", ["run_pairs", "predict", "validate", "evidence", "fetch"])
def test_help_imports_nothing_heavy(command):
    """Help answers at once: neither torch nor pandas nor scikit-learn is imported for it."""
    code = (
        f"import sys, taskrel.{command} as c\n"
        "try: c.main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'pandas', 'sklearn', 'scipy', 'matplotlib', 'numpy'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"
