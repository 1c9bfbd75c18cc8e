"""A few tasks are shown whole; of many only what there is to warn of."""

from made import tagging_task, text_task

from taskrel.cli.text.task_report import FULL, reports_text

REPORTS = {task.name: task.report() for task in (tagging_task(), text_task())}
WARNINGS = [f"{name}: {text}" for name, report in REPORTS.items() for text in report.warnings]
BETWEEN = "9 of 90 test texts of a are in the training split of b"


def test_few_tasks_are_shown_whole():
    shown = reports_text(REPORTS, [*WARNINGS, BETWEEN])
    *reports, last = shown.split("\n\n")
    assert reports == [str(report) for report in REPORTS.values()]
    assert all(report.warnings for report in REPORTS.values())
    assert last == f"  warning: {BETWEEN}"  # the others are at the end of each report


def test_of_many_tasks_only_warnings_are_shown():
    many = dict.fromkeys([f"t{i}" for i in range(FULL + 1)], text_task().report())
    assert reports_text(many, [BETWEEN, "t0: odd"]) == f"  warning: {BETWEEN}\n  warning: t0: odd"
    assert reports_text(many, []) == ""
