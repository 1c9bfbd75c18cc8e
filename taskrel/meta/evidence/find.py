"""Which evidence a name means: a shipped one, a folder, or a study."""

from pathlib import Path

from taskrel.errors import UsageError, nearest
from taskrel.io.paths import shipped
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.files import NAME, read_evidence

#: The store of a study, which can be used as evidence.
STORE = "store.sqlite"
#: Level of the main task's labels ("": not known) → shipped evidence to use where none is named, the
#: best first, as far as validation tells.
PREFERRED = {
    "": ("library", "text_transfer", "starter", "bingel2017"),
    "text": ("text_transfer", "library", "starter"),
    "token": ("token_transfer", "library", "starter", "bingel2017"),
}
#: Shipped evidence → that of the same tasks in the other training.
COUNTERPART = {"text_transfer": "text_joint", "text_joint": "text_transfer"}


def shipped_evidence() -> list[str]:
    """Names of the evidence that comes with the package."""
    return sorted(path.parent.name for path in shipped("experiments").glob(f"*/{NAME}"))


def counterpart(name: str) -> str | None:
    """The shipped evidence of the same tasks in the other training, if there is one."""
    other = COUNTERPART.get(name)
    return other if other in shipped_evidence() else None


def preferred_evidence(level: str = "") -> list[str]:
    """Names of the shipped evidence to use where none is named, the best first.

    level : of the main task's labels, a key of `LEVEL_NAMES`; "" where it is not known
    """
    there = shipped_evidence()
    found = [name for name in PREFERRED[level] if name in there]
    if not found:
        raise UsageError("the evidence that ships with taskrel is missing; install it again")
    return found


def find_evidence(name: str | Path | None = None, recipe: str | None = None) -> Evidence:
    """Evidence by the name of a shipped one, its folder, or a study's folder or store.

    Without a name it is the first of `preferred_evidence`. A shipped name comes first:
    ``./starter`` is a folder of that name.

    Raises `UsageError` where there is nothing of that name, and else what
    `read_evidence` or `evidence_from_store` raises.
    """
    known = shipped_evidence()
    name = preferred_evidence()[0] if name is None else name
    if str(name) in known:
        return read_evidence(shipped("experiments") / name, recipe)
    path = Path(name)
    if (path / NAME).exists():
        return read_evidence(path, recipe)
    if path.is_file() or (path / STORE).exists():
        from taskrel.meta.evidence.from_store import evidence_from_store

        return evidence_from_store(path, recipe)
    if path.is_dir():
        raise UsageError(
            f"evidence {path}: the folder has no {NAME} and no {STORE}; name an evidence folder, the "
            f"folder of a study, or a shipped evidence ({', '.join(known)})"
        )
    raise UsageError(
        f"unknown evidence {str(name)!r}: no folder or store of that name, and none "
        f"ships with taskrel; {nearest(str(name), known)}"
    )
