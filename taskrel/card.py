"""Look at a file of your own and write the card with which taskrel reads it.

    taskrel card shop.csv
    taskrel card shop.csv --text comment --label tone
    taskrel card reviews/ --folder                 # reviews/train.jsonl, dev.jsonl, test.jsonl
    taskrel card hf:ag_news                        # a data set of the Hugging Face hub

It asks nothing. It says what it found: format, encoding, which column is the text, which the
label and why, then what is read with the card, and what looks like a mistake. CSV, Excel,
parquet, Arrow, JSON, CoNLL, CoNLL-U, WebAnno, brat, and the exports of doccano, Label Studio,
Prodigy and spaCy are known. `python -m taskrel.card` is the same command.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.cli.command import DONE, run_command
from taskrel.cli.options import add_volume, start_log

if TYPE_CHECKING:
    from taskrel.tasks.guess.card import Guess


def parser(prog: str = "python -m taskrel.card") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("file", metavar="FILE|DIR|hf:NAME", help="the file, or brat's folder")
    p.add_argument(
        "--folder",
        action="store_true",
        help="there is a file per split: those of the folder FILE, or those next to the file FILE",
    )
    p.add_argument("--text", metavar="COLUMN", help="the text; a number from 1 without a header")
    p.add_argument("--text-pair", metavar="COLUMN", help="the second text of a pair")
    p.add_argument("--label", metavar="COLUMN", help="the label, or the labels")
    p.add_argument("--name", help="of the task (default: from the file's name)")
    p.add_argument(
        "--data",
        metavar="DIR",
        help="the data folder, which has the file (default: the file's own folder)",
    )
    p.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path(),
        help="folder of the card (default: the working directory)",
    )
    p.add_argument("--force", action="store_true", help="replace a card of this name")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.card") -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command("taskrel card", lambda: _run(args), resume="run the same command again")


def _run(args: argparse.Namespace) -> int:
    from taskrel.errors import UsageError
    from taskrel.io.json import to_json
    from taskrel.io.paths import atomic, writable_folder
    from taskrel.io.toml_text import to_toml
    from taskrel.tasks.load import load_task

    guess, data = _guess(args)
    path = writable_folder(args.out) / f"{guess.raw['name']}.toml"
    if path.exists() and not args.force:
        raise UsageError(
            f"{path} exists; name another task with --name, or replace it with --force"
        )
    report = load_task(guess.card, data).report()
    content = to_toml(guess.raw)
    with atomic(path) as temporary:
        temporary.write_text(content, "utf-8")
    if args.json:
        document = {"schema": 1, "card": str(path), "found": guess.said, "fields": guess.raw}
        print(to_json(document | {"report": report.to_dict()}))
        return DONE
    command = shlex.join(["taskrel", "run", "--tasks", str(path), "--data", str(data), "--single"])
    found = "\n".join(f"- {sentence}" for sentence in guess.said)
    print(f"{found}\n\n{report}\n\n{path}\n\n{content}\nTrain it: {command}")
    return DONE


def _guess(args: argparse.Namespace) -> "tuple[Guess, Path]":
    """The card, and the data folder."""
    from taskrel.errors import DataError
    from taskrel.io.paths import data_folder
    from taskrel.tasks.guess.card import guess_card
    from taskrel.tasks.guess.hub import from_hub
    from taskrel.tasks.guess.splits import split_files

    name = args.name
    if args.file.startswith("hf:"):
        data = data_folder(args.data, new=True)
        files = from_hub(args.file.removeprefix("hf:"), data)
        name = name or args.file.rpartition("/")[2].removeprefix("hf:").replace(":", "_")
    else:
        file = Path(args.file)
        if not file.exists():
            raise DataError(f"{file}: no such file or folder")
        data = data_folder(args.data) if args.data else file.parent
        if args.folder:
            files = split_files(file)
            data = data if args.data else files["train"].parent
        else:
            files = {"all": file}
    guess = guess_card(
        files, data, name=name, text=args.text, text_pair=args.text_pair, label=args.label
    )
    return guess, data


if __name__ == "__main__":
    sys.exit(main())
