"""`Task.from_frame`, `from_dataset` and `from_examples`: tasks without a card.

The modules that make them are imported when they are called, because pandas takes its time.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.tasks.task import Task


class Constructors:
    """Class methods of `Task`."""

    @classmethod
    def from_frame(
        cls,
        df: "pd.DataFrame",
        *,
        name: str,
        text: Hashable = None,
        text_pair: Hashable = None,
        label: Hashable = None,
        labels: Hashable = None,
        flags: Sequence[Hashable] = (),
        tokens: Hashable = None,
        tags: Hashable = None,
        split: Hashable = None,
        label_separator: str = "",
        dev: float = 0.1,
        test: float = 0.1,
        seed: int = 0,
        kind: str | None = None,
        metric: str | None = None,
        outside: str | None = None,
        scheme: str = "auto",
        family: str = "",
        language: str = "en",
    ) -> "Task":
        """Make a task from a pandas DataFrame with one text per row.

        Texts without a token are left out, and missing values of labels (None, NaN, NA) are
        absent: they have no loss and no score. Both are counted in `left_out`. Labels become
        strings: 1, 1.0 and "1" are the same label.

        Parameters
        ----------
        df : pandas.DataFrame
            The index plays no part.
        name : str
            Name of the task.
        text, text_pair, label, labels, tokens, tags : names of columns
            `text` and `label`: classification. `text` and `labels`, a column of lists or sets:
            multilabel. `tokens` and `tags`, two columns of lists: tagging. `text_pair` is the
            second text where two are judged together.
        flags : names of columns
            Instead of `labels`: each is a label, and says 1 or 0, true or false, yes or no.
        split : name of a column, optional
            It has "train", "dev" (or "validation") or "test" in each row.
        label_separator : str
            Between the labels of one string in `labels`. A blank string has no label, a missing value is
            no list.
        dev, test : float
            Shares of the different texts that are cut from training, for splits that `split`
            does not give; by label if there is one label per text, and enough texts of each.
        seed : int
            Seed of the cut.
        kind : str, optional
            Follows from the columns.
        metric : str, optional
            Default: macro_f1; for tagging micro_f1 if `outside` is given, span_f1 if it is not
            and the labels mark spans, such as B-PER, I-PER and O, else accuracy.
        outside : str, optional
            Of tagging, the label that means "nothing here"; "O" for span_f1.
        scheme : str
            Of tagging, how labels mark spans: "auto", or a name such as "IOB2", see the list of
            fields of a card.
        family : str
            Tasks over the same texts share a family; default: the name.
        language : str
            Code of the language, "en" for English.

        Raises
        ------
        UsageError
            Where the arguments contradict each other, or the frame lacks a column.
        DataError
            Where a value does not fit, a split is empty, or training has only one label.

        Examples
        --------
        >>> import pandas as pd
        >>> from taskrel.tasks.task import Task
        >>> df = pd.DataFrame({"comment": [f"text {i}" for i in range(20)], "tone": [0, 1] * 10})
        >>> Task.from_frame(df, text="comment", label="tone", name="shop")
        Task(shop: classification, 2 labels, train 16, dev 2, test 2)
        """
        from taskrel.tasks.frames.arguments import Arguments
        from taskrel.tasks.frames.frame import task_from_frame

        return task_from_frame(
            df,
            Arguments(
                name=name,
                text=text,
                text_pair=text_pair,
                label=label,
                labels=labels,
                flags=flags,
                tokens=tokens,
                tags=tags,
                split=split,
                label_separator=label_separator,
                dev=dev,
                test=test,
                seed=seed,
                kind=kind,
                metric=metric,
                outside=outside,
                scheme=scheme,
                family=family,
                language=language,
            ),
        )

    @classmethod
    def from_dataset(cls, data: Any, *, name: str, **arguments: Any) -> "Task":
        """Make a task from a data set of the library `datasets`, or from a dict of splits.

        Its splits are kept: "train", "validation" (or "dev") and "test"; dev and test are cut
        from training where they are missing. The codes of a ClassLabel, and of a list of them,
        become its names; -1 is a missing label.

        Parameters
        ----------
        data : datasets.Dataset, datasets.DatasetDict or dict
            Of a dict, each split is a Dataset, a DataFrame, a dict of columns or a list of dicts.
        name : str
            Name of the task.
        **arguments
            The other arguments of `from_frame`, which also raises the same errors.

        Examples
        --------
        >>> from taskrel.tasks.task import Task
        >>> texts = {"comment": [f"text {i}" for i in range(20)], "tone": [0, 1] * 10}
        >>> data = {"train": texts, "validation": {"comment": ["a", "b"], "tone": [0, 1]}}
        >>> Task.from_dataset(data, text="comment", label="tone", name="shop")
        Task(shop: classification, 2 labels, train 18, dev 2, test 2)
        """
        from taskrel.tasks.frames.arguments import arguments_of
        from taskrel.tasks.frames.dataset import task_from_dataset

        return task_from_dataset(data, arguments_of("from_dataset", name, arguments))

    @classmethod
    def from_examples(cls, examples: Iterable[Any], *, name: str, **arguments: Any) -> "Task":
        """Make a task from a list of (text, label), (text, second text, label) or dicts.

        A list of labels makes the task multilabel; a list of tokens with a list of labels makes it
        tagging.

        Parameters
        ----------
        examples : iterable of tuples or of dicts
            The fields of dicts are named as columns are in `from_frame`; fields called as its
            arguments are ("text", "label", …) need not be named.
        name : str
            Name of the task.
        **arguments
            The other arguments of `from_frame`, which also raises the same errors.

        Examples
        --------
        >>> from taskrel.tasks.task import Task
        >>> Task.from_examples([(f"text {i}", i % 2) for i in range(20)], name="shop")
        Task(shop: classification, 2 labels, train 16, dev 2, test 2)
        """
        from taskrel.tasks.frames.arguments import arguments_of
        from taskrel.tasks.frames.examples import task_from_examples

        return task_from_examples(examples, arguments_of("from_examples", name, arguments))
