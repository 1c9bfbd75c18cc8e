"""One damaged input for each thing that taskrel reads: `CASES`, name → function.

A function gets a random generator, an empty folder and the `Made` files, damages something, and
returns what to call; that call must give a result or raise a `TaskrelError`.
"""

import bz2
import gzip
import json
import random
import shutil
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from fuzz.mutations import NASTY, as_toml, mutated_bytes, mutated_plain
from fuzz.reader_seeds import SEEDS, Seed
from made_study import write_study

from taskrel.cli.files.validation import write
from taskrel.cli.text.prediction import document, text
from taskrel.cli.text.validation.report import text as report
from taskrel.evidence import _rows, missing
from taskrel.io.json import to_json
from taskrel.io.paths import shipped
from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.features.profile import Profile
from taskrel.meta.predictor.file import digest, load_predictor
from taskrel.recommendation.recommendation import Recommendation
from taskrel.study.experiment.file import load_experiment
from taskrel.study.prepare import prepare_study
from taskrel.study.store.encoders import load_encoder, save_encoder
from taskrel.study.store.export import export_runs, import_runs
from taskrel.study.store.store import Store
from taskrel.tasks.card import load_card
from taskrel.tasks.guess.card import guess_card
from taskrel.tasks.load import load_task
from taskrel.tasks.readers import READERS
from taskrel.tasks.readers.corpora.wikitext import paragraphs
from taskrel.tasks.ready import check_files
from taskrel.tasks.text import split_sentences, tokenize
from taskrel.tasks.words.hashes import word_hashes
from taskrel.training.result import Encoder
from taskrel.validation.evidence_folder import read_validation

LITTLE = Path(__file__).parents[1] / "data" / "planted"
#: Shipped evidence whose files are damaged: the smallest, and one with figures of new tasks.
EVIDENCE = ("bingel2017", "planted_map")


@dataclass
class Made:
    """Valid files, made once.

    study : folder of a store with the runs of three tasks
    export : file of these runs
    encoder : file of an encoder
    """

    study: Path
    export: Path
    encoder: Path

    @classmethod
    def write(cls, folder: Path) -> "Made":
        """Make them in an empty folder."""
        features = {t: {"size": i + 1.0} for i, t in enumerate("abc")}
        info = {t: {"kind": "tagging", "family": t} for t in "abc"}
        write_study(folder / "study", features, lambda *_: 1.0, info=info, seeds=(0, 1))
        profile = Profile(np.array([1, 5]), np.array([2, 1]), np.ones(2, "f4"), 4, "tagging")
        digests = {t: f"digest-{t}" for t in features}
        with Store.write(folder / "study") as store:
            store.add_profiles("short", {t: (d, profile.to_bytes()) for t, d in digests.items()})
            store.add_pairs(
                "short", {("a", "b"): {"probe": 0.5, "text_cosine": float("nan")}}, digests
            )
            export_runs(store, folder / "runs.gz")
        weights = {"w": np.ones((2, 2), "f4")}
        save_encoder(
            folder / "x.safetensors", Encoder(word_hashes("ab"), np.ones((2, 2), "f4"), weights)
        )
        return cls(folder / "study", folder / "runs.gz", folder / "x.safetensors")


Case = Callable[[], Any]


# -- cards, experiments, corpora ------------------------------------------------------------


def card(rng: random.Random, folder: Path, made: Made) -> Case:
    """A card, as text or value by value; its corpus is intact."""
    reader = rng.choice(list(READERS))
    seed = rng.choice(SEEDS[reader])
    put(folder, seed.files)
    plain = seed.card(reader)
    if rng.random() < 0.7:
        plain = mutated_plain(rng, plain)
        written = as_toml(plain if isinstance(plain, dict) else {"x": plain}).encode(
            "utf-8", "replace"
        )
    else:
        written = mutated_bytes(rng, as_toml(plain).encode())
    (folder / "x.toml").write_bytes(written)
    return partial(load_files, folder / "x.toml", folder)


def corpus(rng: random.Random, folder: Path, made: Made) -> Case:
    """A file of a corpus; sometimes also the reader's options."""
    reader = rng.choice(list(READERS))
    return of_reader(reader, rng, folder)


def of_reader(reader: str, rng: random.Random, folder: Path) -> Case:
    """A damaged corpus for one reader."""
    seed: Seed = rng.choice(SEEDS[reader])
    files = dict(seed.files)
    for name in files and rng.sample(list(files), rng.choice((1, 1, len(files)))):
        inside, pack = _packing(rng, name, files[name])
        files[name] = pack(mutated_bytes(rng, inside))
    put(folder, files)
    plain = seed.card(reader)
    if not files or rng.random() < 0.3:
        plain["options"] = mutated_plain(rng, plain["options"])
    (folder / "x.toml").write_bytes(as_toml(plain).encode("utf-8", "replace"))
    return partial(load_files, folder / "x.toml", folder)


def guess(rng: random.Random, folder: Path, made: Made) -> Case:
    """A damaged file of which a card is to be written."""
    reader = rng.choice([reader for reader in READERS if SEEDS[reader][0].files])
    name, data = rng.choice([*rng.choice(SEEDS[reader]).files.items()])
    inside, pack = _packing(rng, name, data)
    file = folder / Path(name).name
    file.write_bytes(pack(mutated_bytes(rng, inside)))
    return lambda: load_task(guess_card({"all": file}, folder).card, folder)


def _packing(rng: random.Random, name: str, data: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """The text inside a packed file, mostly, and the function that packs it."""
    if name.endswith(".bz2") and rng.random() < 0.8:
        return bz2.decompress(data), bz2.compress
    if rng.random() < 0.05:
        return data, partial(gzip.compress, mtime=0)
    return data, bytes


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, name → bytes."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def load_files(path: Path, folder: Path) -> str:
    """Read the task of the card at `path`, whose files are in `folder`."""
    card = load_card(path)
    check_files(card)
    return repr(load_task(card, folder))


def experiment(rng: random.Random, folder: Path, made: Made) -> Case:
    """An experiment: a shipped one is read, one of little tasks is read and planned."""
    path = rng.choice(_experiments())
    data = path.read_bytes().replace(b"LITTLE", str(LITTLE).encode())
    if rng.random() < 0.7:
        plain = mutated_plain(rng, tomllib.loads(data.decode()))
        data = as_toml(plain).encode("utf-8", "replace")
    else:
        data = mutated_bytes(rng, data)
    (folder / path.name).write_bytes(data)
    if path.stem != "little":
        return partial(load_experiment, folder / path.name)
    return lambda: prepare_study(load_experiment(folder / path.name), data=str(folder))


@cache
def _experiments() -> list[Path]:
    little = Path(__file__).with_name("little.toml")
    return [*shipped("experiments").glob("*.toml"), *[little] * 5]


# -- texts ----------------------------------------------------------------------------------

_ODD = [
    *("a", "A", ".", ",", "@", "#", "'", "’", "-", "_", "/", ":", ";", "(", ")", "!", "?", "…", " ", "\n"),
    *("n't", "'s", "www.", "http://", ".com", ".co", "1", ",000", "x@y", "Dr.", "U.", "\u0301", "\u200d"),
    *("[[", "]]", "{{", "}}", "{|", "|}", "|", "<ref>", "</ref>", "<!--", "-->", "<br", "<b>", "''", "=="),
    *("[http://", "[//", "]", "File:", "&amp;", "&", "<", ">", "\u00a0", "é", "字", "😀", "\ufe0f", "\n\n"),
]  # fmt: skip


def long_text(rng: random.Random, folder: Path, made: Made) -> Case:
    """A long text of few pieces, for which a careless pattern takes quadratic time."""
    unit = "".join(rng.choice(_ODD) for _ in range(rng.randint(1, 4)))
    start, end = ("".join(rng.choice(_ODD) for _ in range(rng.randint(0, 3))) for _ in "ab")
    found = start + unit * (60_000 // len(unit)) + end

    def case():
        tokenize(found)
        split_sentences(found)
        list(paragraphs(found, Counter()))

    return case


# -- runs -----------------------------------------------------------------------------------


def store(rng: random.Random, folder: Path, made: Made) -> Case:
    """A store, its file damaged or its tables edited."""
    copied = folder / "study"
    copied.mkdir()
    path = Path(shutil.copy(made.study / "store.sqlite", copied))
    if rng.random() < 0.4:
        path.write_bytes(mutated_bytes(rng, path.read_bytes()))
    else:
        with closing(sqlite3.connect(path)) as db:
            for _ in range(rng.choice((1, 1, 2))):
                with suppress(sqlite3.Error, UnicodeEncodeError, OverflowError):
                    _edit(rng, db)
                    db.commit()
    return partial(_use_store, copied, made, rng.random() < 0.2)


def _edit(rng: random.Random, db: sqlite3.Connection) -> None:
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    table = rng.choice(tables)
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    column = rng.choice(columns)
    what = rng.random()
    if what < 0.55:
        values = db.execute(f'SELECT "{column}" FROM {table}').fetchall()
        (value,) = rng.choice(values or [("",)])
        rows = rng.choice(("", "WHERE rowid = 1", "WHERE rowid % 2"))
        db.execute(f'UPDATE {table} SET "{column}" = ? {rows}', (_other(rng, value),))
    elif what < 0.65:
        db.execute(f"DELETE FROM {table} {rng.choice(('', 'WHERE rowid = 1'))}")
    elif what < 0.7:
        db.execute(f"DROP TABLE {table}")
    elif what < 0.75:
        db.execute(f'ALTER TABLE {table} RENAME COLUMN "{column}" TO other')
    elif what < 0.8:
        db.execute(f"ALTER TABLE {table} ADD COLUMN other")
    elif what < 0.9:
        db.execute(f"DROP TABLE {table}")
        names = ", ".join(f'"{c}"' for c in columns)
        values = ", ".join(["x"] * len(columns))
        db.execute(
            f"CREATE VIEW {table} ({names}) AS WITH RECURSIVE n (x) AS "
            f"(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT {values} FROM n"
        )
    elif what < 0.95:
        db.execute(f"PRAGMA user_version = {rng.choice((-1, 0, 1, 2, 4, 2**31 - 1))}")
    else:
        db.execute(
            f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN INSERT INTO {table} SELECT * FROM {table}; END"
        )


def _other(rng: random.Random, value: Any) -> Any:
    """Another value for a cell: JSON is changed inside, bytes are damaged."""
    if isinstance(value, bytes) and rng.random() < 0.7:
        return mutated_bytes(rng, value)
    if isinstance(value, str) and value[:1] in ("{", "[") and rng.random() < 0.7:
        return json.dumps(mutated_plain(rng, json.loads(value)))
    other = rng.choice(NASTY)
    return json.dumps(other) if isinstance(other, dict | list) else other


def _use_store(folder: Path, made: Made, write: bool) -> None:
    before = (folder / "store.sqlite").read_bytes()
    if write:
        with Store.write(folder) as found:
            import_runs(made.export, found)
            list(found.rows())
        return
    try:
        with Store.read(folder) as found:
            for name in ("status", "errors", "digests", "recipes", "seconds"):
                getattr(found, name)()
            for digest_, *_ in found.recipes():
                for name in ("infos", "profiles", "pairs", "scores", "curves", "dev_curves"):
                    getattr(found, name)(digest_)
            export_runs(found, folder / "again.gz")
        _use_evidence(find_evidence(folder))
    finally:
        assert (folder / "store.sqlite").read_bytes() == before, "a reader changed the store"


def export(rng: random.Random, folder: Path, made: Made) -> Case:
    """An export, its bytes or its rows damaged; an intact row that is read must be the same."""
    data = made.export.read_bytes()
    intact = None
    if rng.random() < 0.4:
        data = mutated_bytes(rng, data)
        intact = _rows_of(made.study)
    else:
        lines = [json.loads(line) for line in gzip.decompress(data).splitlines()]
        if rng.random() < 0.1:
            del lines[rng.randrange(len(lines)) :]
        else:
            at = rng.randrange(len(lines))
            lines[at] = (
                [lines[at][0], [_cell(rng, v) for v in lines[at][1]]]
                if isinstance(lines[at], list) and rng.random() < 0.6
                else mutated_plain(rng, lines[at])
            )
        packed = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        if rng.random() < 0.3:
            packed = mutated_bytes(rng, packed)
        data = gzip.compress(packed, mtime=0)
    path = folder / "runs.gz"
    path.write_bytes(data)
    (folder / "study").mkdir()

    def case():
        with Store.write(folder / "study") as found:
            try:
                import_runs(path, found)
            except BaseException:
                assert not list(found.rows()), "a refused export was imported in part"
                raise
            if intact is not None:
                assert list(found.rows()) == intact, "a damaged export was imported"
        _use_store(folder / "study", made, write=False)

    return case


def _cell(rng: random.Random, value: Any) -> Any:
    if rng.random() < 0.7:
        return value
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.dumps(mutated_plain(rng, json.loads(value)))
    return rng.choice(NASTY)


@cache
def _rows_of(study: Path) -> list:
    with Store.read(study) as found:
        return list(found.rows())


def encoder(rng: random.Random, folder: Path, made: Made) -> Case:
    """The file of a kept encoder."""
    path = folder / "x.safetensors"
    path.write_bytes(mutated_bytes(rng, made.encoder.read_bytes()))
    return partial(load_encoder, path)


# -- evidence -------------------------------------------------------------------------------


def evidence(rng: random.Random, folder: Path, made: Made) -> Case:
    """A file of an evidence folder."""
    copied = Path(shutil.copytree(shipped("experiments") / rng.choice(EVIDENCE), folder / "x"))
    for name in ("predictor.json", "validation.json"):
        (copied / name).unlink()
    path = rng.choice(
        [p for p in sorted(copied.iterdir()) if p.suffix in (".json", ".csv", ".npz")]
    )
    data = path.read_bytes()
    if path.suffix == ".json" and rng.random() < 0.7:
        data = json.dumps(mutated_plain(rng, json.loads(data))).encode()
    elif path.suffix == ".csv" and rng.random() < 0.7:
        lines = [line.split(",") for line in data.decode().split("\n")]
        row = rng.choice(lines)
        row[rng.randrange(len(row))] = str(rng.choice(NASTY))
        data = "\n".join(map(",".join, lines)).encode("utf-8", "replace")
    else:
        data = mutated_bytes(rng, data)
    path.write_bytes(data)
    return lambda: _use_evidence(find_evidence(copied))


def _use_evidence(found) -> None:
    to_json(_rows(found)).encode()
    repr((found, found._repr_html_(), found.families, found.measured(), missing(found))).encode()
    digest(found)


@cache
def _shipped(name: str):
    return find_evidence(name)


def predictor(rng: random.Random, folder: Path, made: Made) -> Case:
    """The saved predictor of an evidence; what it answers is printed."""
    known = _shipped(rng.choice(EVIDENCE))
    path = _damaged_json(rng, known.folder / "predictor.json", folder)
    main = rng.choice(known.measured_tasks)
    known = replace(known, folder=folder)

    def case():
        answers = load_predictor(path, known).ranked(main)
        for some in (answers, answers[:1]):
            answer = Recommendation(main, tuple(some), known)
            document(answer).encode()
            text(answer).encode()
        for p in answers:
            assert 0 <= p.probability <= 1, p

    return case


def validation(rng: random.Random, folder: Path, made: Made) -> Case:
    """The validation of an evidence; it is printed and written."""
    known = _shipped(rng.choice(EVIDENCE))
    _damaged_json(rng, known.folder / "validation.json", folder)
    known = replace(known, folder=folder)

    def case():
        found = read_validation(known)
        report(found).encode()
        write(found, folder / "out")

    return case


def _damaged_json(rng: random.Random, path: Path, folder: Path) -> Path:
    data = path.read_bytes()
    if rng.random() < 0.75:
        data = json.dumps(mutated_plain(rng, json.loads(data))).encode()
    else:
        data = mutated_bytes(rng, data)
    (folder / path.name).write_bytes(data)
    return folder / path.name


CASES: dict[str, Callable[[random.Random, Path, Made], Case]] = {
    f.__name__: f
    for f in (
        card, experiment, corpus, guess, long_text, store, export, encoder, evidence, predictor, validation,
    )
}  # fmt: skip
