"""Numbers of random examples: a few in the quick tests, many in the slow ones."""

import pytest


def examples(few: int, many: int) -> pytest.MarkDecorator:
    """Mark of a test that takes `n` for hypothesis' ``max_examples``."""
    return pytest.mark.parametrize("n", [few, pytest.param(many, marks=pytest.mark.slow)])
