"""A data set of the Hugging Face hub as parquet files in the data folder, one per split."""

import logging
from pathlib import Path

from taskrel.errors import DataError, UsageError
from taskrel.io.paths import atomic, stays_inside
from taskrel.tasks.readers.rows import SPLIT_NAMES

log = logging.getLogger("taskrel")


def from_hub(name: str, data: Path) -> dict[str, Path]:
    """Download ``name`` or ``name:config``; return split → file. Labels keep their names.

    Raises `UsageError` where `datasets` is not installed, and `DataError` where the data set
    cannot be had or has no training split.
    """
    try:
        import datasets
    except ImportError:
        raise UsageError(
            f'hf:{name}: to get data sets of the hub, install datasets: pip install "taskrel[data]"'
        ) from None
    path, _, config = name.partition(":")
    if not stays_inside(f"{path}/{config}"):
        raise UsageError(
            f"hf:{name}: expected the name of a data set of the hub, such as hf:ag_news"
        )
    try:
        found = datasets.load_dataset(path, config or None)
    except Exception as e:  # whatever the hub answers
        reason = str(e).strip().partition("\n")[0]
        raise DataError(
            f"hf:{name}: cannot be had from the hub ({type(e).__name__}: {reason}); check the name, "
            "or name a configuration, as in hf:glue:sst2"
        ) from None
    files = {}
    for split, part in found.items():
        if split in SPLIT_NAMES:
            file = data / "hf" / path / config / f"{split}.parquet"
            with atomic(file) as temporary:
                _with_names(part).to_parquet(str(temporary))
            files[SPLIT_NAMES[split]] = file
    left_out = [split for split in found if split not in SPLIT_NAMES]
    if left_out and files:
        log.warning("hf:%s: splits left out: %s", name, ", ".join(left_out))
    if "train" not in files:
        raise DataError(f"hf:{name}: expected a split 'train', found {', '.join(found)}")
    return files


def _with_names(part):
    """The same rows with names in place of the numbers of labels; -1, no label, becomes None."""
    import datasets

    for column, feature in part.features.items():
        inner = getattr(feature, "feature", feature)
        if not isinstance(inner, datasets.ClassLabel):
            continue
        several, names = inner is not feature, inner.names

        def named(value, names=names, several=several):
            if several:
                return [named(v, names, False) for v in value]
            return None if value is None or value < 0 else names[value]

        values = [named(value) for value in part[column]]
        string = datasets.Value("string")
        new = datasets.Features(
            part.features | {column: datasets.List(string) if several else string}
        )
        part = part.remove_columns(column).add_column(column, values, feature=new[column])
    return part
