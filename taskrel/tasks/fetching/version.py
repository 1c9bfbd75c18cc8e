"""The version of a partly downloaded file: the server's mark, in a file next to the part.

A server that gets the mark (``If-Range``: RFC 9110, section 13.1.5) sends the rest only if
the file is still the same, and the whole file otherwise, so that versions are not mixed.
"""

import json
from email.message import Message
from pathlib import Path


def mark(headers: Message) -> str:
    """Mark of this version: a strong ETag, else the date of the last change, else ""."""
    etag, date = (headers.get(name, "").strip() for name in ("ETag", "Last-Modified"))
    # a weak ETag, which starts with W/, may stay the same when bytes change
    found = etag if etag.startswith('"') else date
    return found if found.isascii() and found.isprintable() else ""


def keep_mark(part: Path, url: str, headers: Message) -> None:
    """Save the mark of the version that `url` sends; raises `OSError`."""
    if found := mark(headers):
        _beside(part).write_text(json.dumps({"url": url, "mark": found}), "utf-8")
    else:
        forget(part)


def kept_mark(part: Path) -> tuple[str, str]:
    """Address and mark of the version of `part`; both "" if they are not known."""
    try:
        noted = json.loads(_beside(part).read_text("utf-8"))
        return str(noted["url"]), str(noted["mark"])
    except (OSError, ValueError, LookupError, TypeError):  # missing or incomplete
        return "", ""


def contradicts(headers: Message, kept: str) -> bool:
    """Whether the answer's mark is another one than `kept`.

    Some servers ignore ``If-Range``, and others do not repeat the mark.
    """
    given = headers.get("ETag" if kept.startswith('"') else "Last-Modified", "").strip()
    return bool(kept and given and given != kept)


def forget(part: Path) -> None:
    """Remove the saved mark; raises `OSError`."""
    _beside(part).unlink(missing_ok=True)


def _beside(part: Path) -> Path:
    return part.with_name(f"{part.name}.version")
