"""A data set of the Hugging Face hub as parquet files in the data folder, one per split."""

import logging
from pathlib import Path

from taskrel.errors import DataError, UsageError
from taskrel.io.paths import atomic, stays_inside
from taskrel.tasks.readers.rows import split_named

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
    for own, part in found.items():
        if split := split_named(own):
            files[split] = data / "hf" / path / config / f"{own}.parquet"
            with atomic(files[split]) as temporary:
                part.to_parquet(str(temporary))
    left_out = [own for own in found if not split_named(own)]
    if left_out and files:
        log.warning("hf:%s: splits left out: %s", name, ", ".join(left_out))
    if "train" not in files:
        raise DataError(f"hf:{name}: expected a split 'train', found {', '.join(found)}")
    return files
