"""Which version of a file a part of it is of: its server's mark, kept beside the part.

A server that is shown the mark (``If-Range``: RFC 9110, section 13.1.5) sends the rest
only while the file is the same, and else all of it, so that two versions are not joined.
"""

import json
from email.message import Message
from pathlib import Path


def mark(headers: Message) -> str:
    """What tells this version from others: a strong ETag, else the date of its last change."""
    etag, date = (headers.get(name, "").strip() for name in ("ETag", "Last-Modified"))
    # a weak ETag, which begins with W/, may stay when bytes change
    found = etag if etag.startswith('"') else date
    return found if found.isascii() and found.isprintable() else ""


def keep_mark(part: Path, url: str, headers: Message) -> None:
    """Note the version that the answer of `url` is of; raises `OSError`."""
    if found := mark(headers):
        _beside(part).write_text(json.dumps({"url": url, "mark": found}), "utf-8")
    else:
        forget(part)


def kept_mark(part: Path) -> tuple[str, str]:
    """Address and mark of the version that `part` is of, both "" where none is known."""
    try:
        noted = json.loads(_beside(part).read_text("utf-8"))
        return str(noted["url"]), str(noted["mark"])
    except (OSError, ValueError, LookupError, TypeError):  # not there, or not whole
        return "", ""


def contradicts(headers: Message, kept: str) -> bool:
    """Whether an answer is of another version than the one that was asked for.

    Not every server minds ``If-Range``, and one that does need not repeat the mark.
    """
    given = headers.get("ETag" if kept.startswith('"') else "Last-Modified", "").strip()
    return bool(kept and given and given != kept)


def forget(part: Path) -> None:
    """Keep no mark; raises `OSError`."""
    _beside(part).unlink(missing_ok=True)


def _beside(part: Path) -> Path:
    return part.with_name(f"{part.name}.version")
