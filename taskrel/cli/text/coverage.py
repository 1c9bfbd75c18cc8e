"""How often an interval contained the measured gain, in words."""

from typing import Any


def coverage_in_words(interval: dict[str, Any]) -> str:
    """Coverage with its interval and its range over main tasks, as far as they are known.

    >>> coverage_in_words({"coverage": 0.79, "low": 0.66, "high": 0.94,
    ...                    "by_main": {"a": 0.12, "b": 1.0}})
    '79 % of the measured gains [66, 94] (12–100 % per main task)'
    """
    found = f"{100 * interval['coverage']:.0f} % of the measured gains"
    if interval.get("low") is not None:
        found += f" [{100 * interval['low']:.0f}, {100 * interval['high']:.0f}]"
    by_main = interval.get("by_main")
    if by_main:
        low, high = (100 * end(by_main.values()) for end in (min, max))
        found += f" ({low:.0f}–{high:.0f} % per main task)"
    return found
