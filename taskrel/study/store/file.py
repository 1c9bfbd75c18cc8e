"""The file of a store: opened by one writer or many readers, checked, upgraded."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from taskrel.errors import StoreError
from taskrel.study.store.schema import ADDED, TABLES, VERSION

NAME = "store.sqlite"


def open_to_write(folder: Path) -> tuple[Path, sqlite3.Connection, sqlite3.Connection]:
    """Path, connection and lock of the store in an existing folder; a missing store is created.

    The lock is held until it is closed or this process ends, however it ends.

    Raises `StoreError` where another writer has the lock, or the file is no taskrel store.
    """
    path = folder / NAME
    lock = _connected(folder / ".writer", timeout=0)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as e:
        lock.close()
        if e.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _not_made(path, e) from None
        raise StoreError(
            f"store {path}: another taskrel run is writing to it; wait for it, or name another folder "
            "with --out"
        ) from None
    except sqlite3.DatabaseError as e:  # the lock's file was overwritten
        lock.close()
        raise StoreError(
            f"store {path}: {folder / '.writer'} is damaged ({e}); delete it"
        ) from None
    new = not path.exists()
    db = _connected(path, timeout=60)
    try:
        if new or not path.stat().st_size:
            db.executescript(
                f"BEGIN; {TABLES} {''.join(ADDED.values())} "
                f"PRAGMA user_version = {VERSION}; COMMIT;"
            )
        if (version := _checked_version(db, path)) < VERSION:
            db.executescript(f"BEGIN; {_lacking(version)} PRAGMA user_version = {VERSION}; COMMIT;")
    except (OSError, sqlite3.Error) as e:
        db.close()
        lock.close()
        raise _not_made(path, e) from None
    except BaseException:
        db.close()
        lock.close()
        raise
    return path, db, lock


def _connected(path: Path, timeout: float) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, timeout=timeout)
    except sqlite3.Error as e:
        raise _not_made(path, e) from None


def _not_made(path: Path, problem: Exception) -> StoreError:
    return StoreError(
        f"store {path}: cannot be made or opened ({problem}); check that the disk has space and the "
        "folder is writable, or name another folder with --out"
    )


def open_to_read(path: Path) -> tuple[Path, sqlite3.Connection]:
    """Path and read-only connection of an existing store, given as a file or its folder."""
    path = path / NAME if path.is_dir() else path
    if not path.is_file():
        raise StoreError(f"store {path}: no such file; taskrel run makes one")
    if path.with_name(f"{path.name}-journal").exists():
        _roll_back(path)
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=60)
    except sqlite3.Error as e:
        raise StoreError(f"store {path}: cannot be opened ({e})") from None
    try:
        # A temporary table is this reader's own: the file stays as it is.
        lacking = _lacking(_checked_version(db, path))
        db.executescript(lacking.replace("CREATE TABLE", "CREATE TEMP TABLE"))
    except sqlite3.Error as e:
        db.close()
        raise StoreError(f"store {path}: cannot be opened ({e})") from None
    except BaseException:
        db.close()
        raise
    return path, db


def _roll_back(path: Path) -> None:
    """Let SQLite undo the unfinished transaction of a killed writer; a live one is unaffected."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=60)) as db:
        db.execute("SELECT count(*) FROM sqlite_master")


def _lacking(version: int) -> str:
    """SQL of the tables that a store of this version lacks."""
    return "".join(tables for added, tables in ADDED.items() if added > version)


def _checked_version(db: sqlite3.Connection, path: Path) -> int:
    """Schema version of the file; raises `StoreError` where it is no taskrel store."""
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        damage = str(db.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.OperationalError as e:
        raise StoreError(
            f"store {path}: cannot be opened now ({e}); try again, and check that its folder is "
            "writable"
        ) from None
    except sqlite3.DatabaseError as e:
        damage, version = str(e), VERSION
    if version > VERSION:
        raise StoreError(
            f"store {path}: written by a newer taskrel (schema {version}, this "
            f"one knows {VERSION}); update taskrel or name another folder"
        )
    what = damage if damage != "ok" else "no taskrel store" if version < 1 else ""
    if what := what or _edited(db, version):
        raise StoreError(
            f"store {path}: it is corrupt, or no store at all ({what}); name a study's folder, or move "
            "a damaged file away to start again"
        )
    return version


def _edited(db: sqlite3.Connection, version: int) -> str:
    """What a store of this version does not have, which somebody must have edited; "" if nothing.

    A view or trigger could run for ever, so none is ever asked.
    """
    for kind, name in db.execute("SELECT type, name FROM sqlite_master"):
        if kind in ("view", "trigger"):
            return f"{kind} {str(name)[:40]!r}, which no store has"
    with closing(sqlite3.connect(":memory:")) as model:
        model.executescript(TABLES + "".join(t for v, t in ADDED.items() if v <= version))
        for (table,) in model.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = f'PRAGMA table_xinfo("{table}")'
            if db.execute(columns).fetchall() != model.execute(columns).fetchall():
                return f"table {table!r} is missing or has other columns"
    return ""
