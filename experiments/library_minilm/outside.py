"""Text-level tasks that the library does not have: predictions first, then measured gains.

    TASKREL_DATA=/path/to/data python experiments/library_minilm/outside.py OUT

Five of the tasks have cards; five are made of other corpora of the data folder: the genre of a
sentence, and whether it names a disease or an entity. Each has 500 training texts; of those of an
aspect, only some mention it and have a label. The main task is trained from the shipped encoders of
all text-level auxiliaries, five seeds each; runs are kept in OUT, so that the command can be repeated.
"""

import gzip
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from scipy.stats import spearmanr, t

import taskrel as tr
from taskrel.meta.evidence.evidence import Evidence
from taskrel.tasks.task import label_level

SEEDS = 5
SIZES = {"train": 500, "dev": 300, "test": 1000}
#: Brown categories of SemCor's documents, by the letter in their name.
BROWN = {"abc": "press", "defgh": "general prose", "j": "learned", "klmnpr": "fiction"}
CARDS = ("food", "service", "ambience", "price", "anecdotes")


def main(out: Path) -> None:
    """Print, for each task, the rank correlation of its measured gains with what foretells them."""
    evidence = tr.load_evidence("text_transfer")
    auxs = [
        name
        for name in evidence.auxiliaries
        if label_level(evidence.about.loc[name, "kind"]) == "text"
    ]
    ranks = mean_ranks(evidence, auxs)
    rows = []
    for task in tasks():
        cards = {} if isinstance(task, tr.Task) else {"cards": [task]}
        caps = {} if isinstance(task, tr.Task) else {"caps": {"limit": {task: SIZES["train"]}}}
        answer = tr.recommend(
            task,
            auxs,
            evidence=evidence,
            measure=True,
            seeds=SEEDS,
            path=out,
            progress=False,
            **cards,
            **caps,
        )
        table = pd.DataFrame(
            [(p.aux, p.score, p.probability, p.gain, p.low, p.high) for p in answer],
            columns=["aux", "score", "probability", "gain", "low", "high"],
        ).set_index("aux")
        table = table.assign(measured=measured_gains(answer.search.folder, answer.main)).dropna()
        rows.append(row(answer.main, table, ranks))
        print(pd.DataFrame(rows[-1:]).to_string(index=False, header=len(rows) == 1), flush=True)
    found = pd.DataFrame(rows).set_index("main")
    family = ["restaurants" if name.startswith(CARDS) else name for name in found.index]
    of_family = found.groupby(family).mean()
    half = t.ppf(0.975, len(of_family) - 1) * of_family.sem()
    print(f"\nmean over {len(of_family)} corpora, with 95 % intervals:")
    for name, mean in of_family.mean().items():
        print(f"{name.ljust(15)} {mean:+.2f} ± {half[name]:.2f}")


def measured_gains(folder: Path, main: str) -> pd.Series:
    """Mean gain on test by auxiliary, of the runs that a study's folder has."""
    evidence = tr.load_evidence(folder)
    return evidence.measured()["gain"].loc[main]


def row(main: str, table: pd.DataFrame, ranks: pd.Series) -> dict:
    """What is printed of one task."""
    best = table["score"].nlargest(3).index
    measured = table["measured"]
    predicted = spearmanr(table["score"], measured).statistic
    mean_rank = spearmanr(ranks[table.index], measured).statistic
    inside = (table["low"] <= measured) & (measured <= table["high"])
    return {
        "main": main,
        "predicted": predicted,
        "mean rank": mean_rank,
        "difference": predicted - mean_rank,
        "gain of first": measured[table["score"].idxmax()],
        "mean gain": measured.mean(),
        "largest": measured.max(),
        "regret of 3": measured.max() - measured[best].max(),
        "P(gain)": table["probability"].mean(),
        "gained": (measured > 0).mean(),
        "in interval": inside.mean(),
    }


def mean_ranks(evidence: Evidence, auxs: list[str]) -> pd.Series:
    """Mean rank of each auxiliary over the main tasks of the evidence."""
    measured = evidence.measured().reset_index()
    own = measured[measured["aux"].isin(auxs)]
    return own.assign(rank=own.groupby("main")["gain"].rank(pct=True)).groupby("aux")["rank"].mean()


def tasks() -> Iterator[tr.Task | str]:
    """The tasks, one after the other; of those with a card its name."""
    data = Path(os.environ["TASKREL_DATA"])
    yield from CARDS
    for name, found in (
        ("gum_genre", conllu(data, "gum/en_gum_open-{}.conllu", r"GUM_([a-z]+)_")),
        ("ewt_genre", conllu(data, "ewt/en_ewt-ud-{}.conllu", r"([a-z]+)-")),
        ("semcor_genre", semcor(data / "semcor" / "SEM.BI.gz")),
        ("names_disease", named(data, "bc5cdr/{}.tsv", ("train", "devel", "test"), "Disease")),
        (
            "names_entity",
            named(
                data,
                "wnut17/{}",
                ("wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"),
                "",
            ),
        ),
    ):
        frame = pd.DataFrame(found, columns=["split", "text", "label"])
        frame = frame[frame["text"].str.split().str.len() >= 5].drop_duplicates("text")
        capped = [
            frame[frame["split"] == split].sample(frac=1, random_state=0).head(size)
            for split, size in SIZES.items()
        ]
        yield tr.Task.from_frame(
            pd.concat(capped), name=name, text="text", label="label", split="split", family=name
        )


def conllu(data: Path, pattern: str, genre: str) -> Iterator[tuple[str, str, str]]:
    """Sentences of CoNLL-U files, and the genre that the document's name begins with."""
    for split in SIZES:
        label = ""
        for line in (data / pattern.format(split)).read_text(encoding="utf-8").splitlines():
            if line.startswith("# newdoc id = "):
                label = re.match(genre, line.removeprefix("# newdoc id = "))[1]
            elif line.startswith("# text = "):
                yield split, line.removeprefix("# text = "), label


def semcor(path: Path) -> Iterator[tuple[str, str, str]]:
    """Sentences of SemCor with the group of their Brown category; split by document."""
    with gzip.open(path, "rt", encoding="latin-1") as f:
        for line in f:
            name, *words = line.rstrip("\n").split("\t")
            document = name.split("-", 1)[1]
            letter = document.split("-")[1][0]
            group = next(label for letters, label in BROWN.items() if letter in letters)
            number = int(re.search(r"\d+", document)[0])
            split = "test" if number % 4 == 0 else "dev" if number % 4 == 1 else "train"
            yield split, " ".join(word.split(" ")[0] for word in words), group


def named(
    data: Path, pattern: str, files: tuple[str, str, str], what: str
) -> Iterator[tuple[str, str, str]]:
    """Sentences of files with a token and a label per line; whether a label ends in `what`."""
    for split, file in zip(SIZES, files, strict=True):
        words: list[str] = []
        found = False
        for line in (data / pattern.format(file)).read_text(encoding="utf-8").splitlines():
            if line.strip():
                word, *_, label = line.split("\t")
                words.append(word)
                found |= label.strip() != "O" and label.strip().endswith(what)
            elif words:
                yield split, " ".join(words), "yes" if found else "no"
                words, found = [], False


if __name__ == "__main__":
    main(Path(sys.argv[1]))
