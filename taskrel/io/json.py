"""JSON documents: plain data out, NaN and infinities as null."""

import json
import math
from typing import Any


def to_json(document: Any) -> str:
    """One JSON document; NaN and infinities become null."""
    return json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=1)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
