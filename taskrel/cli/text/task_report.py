"""What was read of tasks, as text."""

from collections.abc import Iterable, Mapping

from taskrel.tasks.inspect.report import Report, warning_text

#: Of so many tasks at most the whole reports are shown.
FULL = 3


def reports_text(reports: Mapping[str, Report], warnings: Iterable[str]) -> str:
    """The reports of a few tasks and what else there is to warn of; of many the warnings alone.

    warnings : about all tasks, those of a report with the task's name before a colon
    """
    shown = reports if len(reports) <= FULL else {}
    own = {f"{name}: {text}" for name, report in shown.items() for text in report.warnings}
    others = [warning_text(text) for text in warnings if text not in own]
    return "\n\n".join([*map(str, shown.values()), *(["\n".join(others)] if others else [])])
