"""How often an interval covered what it was meant to cover, in words."""

from typing import Any


def coverage_in_words(interval: dict[str, Any]) -> str:
    """Coverage with its interval and its range over main tasks, as far as the document has them.

    >>> coverage_in_words({"coverage": 0.79, "low": 0.66, "high": 0.94,
    ...                    "by_main": {"a": 0.12, "b": 1.0}})
    '79% [66%, 94%] (12% to 100% by main task)'
    """
    found = f"{interval['coverage']:.0%}"
    if interval.get("low") is not None:
        found += f" [{interval['low']:.0%}, {interval['high']:.0%}]"
    by_main = interval.get("by_main")
    if by_main:
        found += f" ({min(by_main.values()):.0%} to {max(by_main.values()):.0%} by main task)"
    return found
