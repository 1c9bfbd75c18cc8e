"""Files that have one split each: ``train.csv``, ``dev.csv``, ``test.csv``."""

import re
from pathlib import Path

from taskrel.errors import DataError
from taskrel.tasks.readers.rows import SPLITS as NAMES


def split_files(path: Path) -> dict[str, Path]:
    """Split → file, of a folder, or of the files next to a file that end alike.

    Raises `DataError` where there is no file for training, or two files for one split.
    """
    folder = path if path.is_dir() else path.parent
    found: dict[str, Path] = {}
    for file in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        split = split_of(file)
        if split is None or (path != folder and _rest(file) != _rest(path)):
            continue
        if split in found:
            raise DataError(
                f"{folder}: two files are for the {split} split: {found[split].name} and "
                f"{file.name}; move one of them"
            )
        found[split] = file
    if "train" not in found:
        raise DataError(
            f"{folder}: expected a file per split, such as train.csv, dev.csv and test.csv, "
            f"found {'none for training' if found else 'none with such a name'}; name one file "
            "without --folder, and dev and test are cut from it"
        )
    return {split: found[split] for split in NAMES if split in found}


def split_of(path: Path) -> str | None:
    """The split that a file's name has as a word of its own."""
    words = _words(path)
    return next((split for split, names in NAMES.items() if {*names} & {*words}), None)


def _rest(path: Path) -> list[str]:
    """The words of a file's name without the one that names the split."""
    return [word for word in _words(path) if not any(word in names for names in NAMES.values())]


def _words(path: Path) -> list[str]:
    return re.split(r"[^a-z0-9]+", path.name.lower())
