"""What ``taskrel run --dry-run`` prints: sizes, what was read, and what would be trained."""

import json

import pytest
from made_experiment import RECIPES, THREE, little

from taskrel.cli.text.dry_run import dry_run
from taskrel.study.experiment.experiment import Experiment
from taskrel.study.prepare import prepare_study


def study(entries, **options):
    return prepare_study(Experiment("x", entries, (0,), RECIPES, ("a",)), **options)


def test_of_few_tasks_the_whole_reports_are_shown(tmp_path):
    planned = study(THREE[:2])
    sizes, *reports, runs = dry_run(planned, tmp_path, False, False).split("\n\n")
    assert sizes.split()[:4] == ["task", "kind", "metric", "labels"]
    assert reports == [str(planned.tasks[name].report()) for name in ("fine", "coarse")]
    assert "first: " in reports[0] and "labels: " in reports[0]
    assert runs.split()[-5:] == ["a", "3", "2", "3", "12"]


def test_of_many_tasks_only_the_warnings_are_shown(tmp_path, monkeypatch):
    monkeypatch.setattr("taskrel.tasks.inspect.doubts.FEW", 101)
    planned = study((*THREE, little("topic", as_="own")))
    sizes, warnings, _ = dry_run(planned, tmp_path, False, False).split("\n\n")
    assert len(sizes.splitlines()) == 2 + 4
    assert " ".join(warnings.split()) == (
        "warning: own: only 100 test texts, so that each is 1.0 % of the score; a larger test split "
        "gives a more reliable one"
    )


@pytest.mark.parametrize("n", [2, 3])
def test_the_json_document_has_every_report(n, tmp_path):
    planned = study(THREE[:n])
    found = json.loads(dry_run(planned, tmp_path, False, True))
    assert [task["task"] for task in found["tasks"]] == [e.name for e in THREE[:n]]
    fine = found["tasks"][0]
    assert (fine["labels"], fine["train"]) == (12, 20)
    assert fine["splits"]["train"]["examples"] == 20 and "first" in fine["splits"]["test"]
    assert fine["warnings"] == planned.tasks["fine"].report().warnings
    assert found["warnings"] == planned.warnings
