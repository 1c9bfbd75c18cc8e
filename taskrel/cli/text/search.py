"""The result of a search as text and as a JSON document: advice, table, scores on test."""

import textwrap
from typing import TYPE_CHECKING, Any

from taskrel.cli.text.table import interval, signed, table
from taskrel.io.json import to_json
from taskrel.meta.search.stop import AS_GOOD_ALONE, BUDGET, FIXED, FOUND, NO_MORE_SEEDS

if TYPE_CHECKING:
    from taskrel.recommendation.search.result import Candidate, SearchResult

#: Columns of the paragraphs.
WIDTH = 100
#: Rows of the table, unless all are asked for.
ROWS = 10
#: Name of single-task training in the table.
SINGLE = "(single-task)"

WHY = {
    FOUND: "The search ended because the best candidate is known well enough.",
    AS_GOOD_ALONE: "The search ended because single-task training is as good as any candidate.",
    BUDGET: "The search ended because its budget is spent. The same command with a larger budget "
    "goes on.",
    NO_MORE_SEEDS: "The search ended because every candidate has been trained as often as it can be.",
    FIXED: "",
}


def document(found: "SearchResult") -> str:
    """The JSON document of a search."""
    return to_json(plain(found))


def plain(found: "SearchResult") -> dict[str, Any]:
    """A search as plain data."""
    return {
        "schema": 1,
        "main": found.main,
        "metric": found.metric,
        "evidence": found.evidence,
        "best": found.best,
        "close": found.close,
        "epsilon": found.epsilon,
        "reason": found.reason,
        "text": advice(found),
        "test": {**vars(found.test), "gain": found.test.gain} if found.test else None,
        "noise": found.noise,
        "seconds": found.seconds,
        "runs": found.n_runs,
        "new_runs": found.new,
        "candidates": [vars(c) for c in found.candidates],
        "failed": found.failed,
        "missing": found.missing,
        "folder": str(found.folder),
        "model": vars(found.model) | {"folder": str(found.model.folder)} if found.model else None,
        "warnings": found.warnings,
    }


def text(found: "SearchResult", every: bool = False) -> str:
    """What ``search`` prints; `every`: all rows of the table."""
    paragraphs = [advice(found), on_test(found), WHY[found.reason]]
    if found.model:
        paragraphs.append(_model(found))
    rows = [_row(c) for c in found.candidates]
    kept = rows if every else _shown(found)
    notes = [
        *([f"{len(rows) - len(kept)} more with --all."] if len(kept) < len(rows) else []),
        "gain %: expected change of the score, in percent of the single-task score, from predictions "
        f"(evidence {found.evidence}) and runs together, with a 95 % interval. dev: mean score of "
        "the runs on dev, by which they are compared.",
        *(f"Not trained: {aux}: {why}." for aux, why in found.missing.items()),
        *(f"Failed: {aux or 'single-task'}: {why}." for aux, why in found.failed.items()),
        f"{found.n_runs} runs, {found.new} of them new ({_duration(found.seconds)}), in "
        f"{found.folder}.",
    ]
    return "\n\n".join(
        [
            "\n".join(map(_filled, filter(None, paragraphs))),
            table(kept),
            "\n".join(map(_filled, notes)),
        ]
    )


def advice(found: "SearchResult") -> str:
    """What to train, and how sure that is."""
    close = f"{100 * found.close:.0f} %"
    if found.best is None:
        return (
            f"Train {found.main} alone. With a probability of {close}, no candidate improves it by "
            f"more than {found.epsilon:g} %."
        )
    c = found[found.best]
    return (
        f"Train {found.main} with {c.aux}: expected gain {signed(c.gain)} % of the single-task score "
        f"{interval(c.low, c.high)}. With a probability of {close}, no other candidate is better by more "
        f"than {found.epsilon:g} %."
    )


def on_test(found: "SearchResult") -> str:
    """Scores on test of what was chosen; "" where it is single-task training."""
    test = found.test
    if test is None:
        return ""
    return (
        f"On test, which no choice has seen: {test.chosen:.4f} with {found.best} "
        f"({_runs(test.n_chosen)}) and {test.alone:.4f} alone ({_runs(test.n_alone)}), a gain of "
        f"{signed(test.gain)} %."
    )


def _model(found: "SearchResult") -> str:
    model = found.model
    assert model is not None
    how = f"with {model.aux}" if model.aux else "alone"
    score = model.scores["test"][found.metric]
    return (
        f"The model is in {model.folder}: trained {how}, seed {model.seed}, {found.metric} "
        f"{score:.4f} on test. It labels texts with: taskrel apply {model.folder} < texts.txt"
    )


def _shown(found: "SearchResult") -> list[dict[str, Any]]:
    """The first rows, and that of single-task training."""
    return [_row(c) for number, c in enumerate(found.candidates) if number < ROWS or c.aux is None]


def _row(c: "Candidate") -> dict[str, Any]:
    return {
        "aux": c.aux or SINGLE,
        "runs": c.runs,
        "dev": None if c.dev is None else f"{c.dev:.4f}",
        "gain %": signed(c.gain),
        "95 % interval": interval(c.low, c.high) if c.aux else None,
        "P(best)": c.best,
    }


def _runs(n: int) -> str:
    return f"{n} run{'' if n == 1 else 's'}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _filled(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, break_on_hyphens=False)
