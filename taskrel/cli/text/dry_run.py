"""The text of ``taskrel run --dry-run``: what was read, and the runs that a call would train."""

from pathlib import Path

from taskrel.cli.text.table import table
from taskrel.cli.text.task_report import reports_text
from taskrel.io.json import to_json
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.execute import pending
from taskrel.study.store.file import NAME
from taskrel.study.store.store import Store
from taskrel.tasks.load import describe


def dry_run(study: PlannedStudy, out: Path, retry_failed: bool, as_json: bool) -> str:
    """The runs that a call would train, and those that the store in `out` already has."""
    status = {}
    if (out / NAME).exists():
        with Store.read(out) as store:
            status = store.status()
    rows = []
    for part in study.parts:
        missing = pending(part.runs, status, retry_failed)
        rows.append(
            {
                "recipe": part.name,
                "runs": len(part.runs),
                "single-task": sum(len(r.tasks) == 1 for r in part.runs),
                "to train": len(missing),
                "steps": sum(r.steps for r in missing),
            }
        )
    if as_json:
        return to_json(
            {
                "schema": 1,
                "study": study.name,
                "dry_run": rows,
                "tasks": [
                    describe(study.tasks[name]) | report.to_dict()
                    for name, report in study.reports.items()
                ],
                "warnings": study.warnings,
            }
        )
    tasks = table(
        [describe(t) for t in study.tasks.values()],
        ["task", "kind", "metric", "labels", "train", "dev", "test"],
    )
    planned = table(rows)
    reports = reports_text(study.reports, study.warnings)
    return "\n\n".join(part for part in (tasks, reports, planned) if part)
