"""Warnings of likely mistakes in what was read, each one sentence with its remedy.

Thresholds are such that of the shipped cards few have a warning, and each of those is true.
"""

from collections.abc import Iterator, Mapping

from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.inspect.counts import SplitCounts
from taskrel.tasks.inspect.labels import label_doubts, listed
from taskrel.tasks.overlap import split_overlap
from taskrel.tasks.readers.source import DOUBT
from taskrel.tasks.task import SPLITS, Task

#: Smallest number of test texts without a warning.
FEW = 50
#: Inventories up to this size should be whole in every split.
SMALL_INVENTORY = 20
#: Larger inventories have rare labels; a smaller share of a split's labels that training never
#: shows is no mistake there.
UNSEEN = 0.01
#: A sentence or a text is suspiciously long from this many tokens on, if it is also this many
#: times as long as the median; a sentence of `LONG` tokens always is.
LONG_SENTENCE, LONG, LONG_MEDIANS = 100, 1000, 20
#: Share of different words with a blank from which on columns were probably divided wrongly.
BLANKS = 0.01
#: Share of training texts that repeat an earlier one, from which on it is probably not the text.
REPEATED = 0.5
#: Smaller training splits repeat texts by chance.
SMALL = 10


def doubts(task: Task, counts: Mapping[str, SplitCounts]) -> list[str]:
    """Sentences about a task's labels, splits and texts; none where all looks right.

    counts : by split, see `split_counts`

    Labels of a regression are words, and so are not looked at; nor are automated tasks.
    """
    if is_automated(task.name):
        return []
    found = [
        f"{n:,} {what.removeprefix(DOUBT)}" for what, n in task.left_out.items() if DOUBT in what
    ]
    if task.kind != "regression":
        found += label_doubts(task, counts)
        found += [text for split in ("dev", "test") for text in _of_split(task, counts, split)]
    found += [*_lengths(task, counts), *_blanks(task), *_repeated(counts["train"])]
    return [*found, *_leaks(task), *_few(counts)]


def _few(counts: Mapping[str, SplitCounts]) -> Iterator[str]:
    n = counts["test"].examples
    if n < FEW:
        yield (
            f"only {n} test text{'' if n == 1 else 's'}, so that each is {100 / n:.1f} % of the "
            "score; a larger test split gives a more reliable one"
        )


def _of_split(task: Task, counts: Mapping[str, SplitCounts], split: str) -> Iterator[str]:
    """Labels that dev or test has and training lacks, or else the other way round."""
    present, train = counts[split].labels, counts["train"].labels
    small = len(task.labels) <= SMALL_INVENTORY
    new = [name for name in present if name in task.unseen]
    inside = {name: n for name, n in present.items() if name not in (task.outside, "O")}
    share = sum(present[name] for name in new) / max(1, sum(inside.values()))
    # A label that occurs once cannot be in two splits.
    lacking = [name for name, n in train.items() if n > 1 and name not in present]
    if len(present) < 2:
        what = f"only one label, {next(iter(present))!r}" if present else "no label"
        yield (
            f"{split} has {what}, so that its {task.metric} says nothing; cut the splits anew, "
            "with cut.stratify = true, or give other files"
        )
    elif new and (small or share >= UNSEEN):
        yield (
            f"{split} has {listed(new)} that training never shows ({_percent(share)} of its labels"
            f"{'' if len(inside) == len(present) else ' other than outside'}), so that no model "
            "can predict them; check the files, or rename labels with [labels] map"
        )
    elif lacking and small:
        yield (
            f"{split} has no example of {listed(lacking)} that training has, so that its score "
            "says nothing about this; check the files, or cut with cut.stratify = true"
        )


def _lengths(task: Task, counts: Mapping[str, SplitCounts]) -> Iterator[str]:
    for split in SPLITS:
        part = counts[split]
        far = part.longest > LONG_MEDIANS * part.median
        tagging = task.kind == "tagging"
        if part.longest >= (LONG_SENTENCE if far and tagging else LONG) and (far or tagging):
            what = "sentence" if task.per_token else "text"
            yield (
                f"a {what} of {split} has {part.longest:,} tokens (median {part.median:g}); check "
                f"whether what divides the {what}s, such as blank lines, was lost"
            )


def _blanks(task: Task) -> Iterator[str]:
    words = [word for word in task.words if " " in word.strip(" ") or "\t" in word]
    if any("\t" in word for word in words) or len(words) > BLANKS * len(task.words):
        yield (
            f"{len(words):,} of {len(task.words):,} different tokens contain a blank or a TAB, "
            f"such as {words[0]!r}; check options.separator"
        )


def _repeated(train: SplitCounts) -> Iterator[str]:
    if train.examples >= SMALL and train.repeated > REPEATED * train.examples:
        yield (
            f"{train.repeated:,} of {train.examples:,} training texts repeat an earlier one; name "
            'another column if this is not the text, or set repeats = ["text"] in the card'
        )


def _leaks(task: Task) -> Iterator[str]:
    for split, found in split_overlap(task).items():
        if found.many:
            yield (
                f'{found.in_words(f"{split} texts")} are also in training; leaks = ["text"] in the '
                "card takes them out of training"
            )


def _percent(share: float) -> str:
    return "less than 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"
