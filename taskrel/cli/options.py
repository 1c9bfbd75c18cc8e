"""Command-line options that several commands have, the same in each."""

import argparse
import logging
import re
import sys


def name_list(text: str) -> list[str]:
    """One or more names separated by commas."""
    found = [name for name in (part.strip() for part in text.split(",")) if name]
    if not found:
        raise argparse.ArgumentTypeError(f"expected at least one name, found {text!r}")
    return found


def caps(text: str) -> dict[str, int]:
    """Names of tasks, each with a number of examples: "shop=500,topic=1000"."""
    found = {}
    for part in name_list(text):
        name, equals, number = part.partition("=")
        if not name or not equals:
            raise argparse.ArgumentTypeError(f"expected TASK=N, such as shop=500, found {part!r}")
        found[name.strip()] = positive(number.strip())
    return found


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    return _whole(text, 1)


def seed(text: str) -> int:
    """A whole number, 0 or more."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not re.fullmatch("-?[0-9]+", text):
        raise argparse.ArgumentTypeError(f"expected a whole number, found {text!r}")
    if not least <= int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"expected {least} or more (below 2^63), found {text}")
    return int(text)


class _Merged(argparse.Action):
    """An option that may be given several times, each time for other tasks."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        setattr(namespace, self.dest, getattr(namespace, self.dest) | values)


def add_caps(parser: argparse._ActionsContainer) -> None:
    """Options ``--limit``, ``--dev`` and ``--test``, caps of the tasks of ``--tasks``."""
    for option, what in (("limit", "training"), ("dev", "dev"), ("test", "test")):
        parser.add_argument(
            f"--{option}",
            type=caps,
            action=_Merged,
            default={},
            metavar="TASK=N",
            help=f"at most N {what} examples of a task of --tasks, drawn at random",
        )


def given_caps(args: argparse.Namespace) -> dict[str, dict[str, int]]:
    """The caps that are given, by option."""
    return {name: own for name in ("limit", "dev", "test") if (own := getattr(args, name))}


def add_workspace(parser: argparse._ActionsContainer) -> None:
    """Options of one's own tasks, of the data, and of where and how runs are trained."""
    parser.add_argument(
        "--tasks",
        type=name_list,
        default=[],
        metavar="DIR|NAMES",
        help="cards of your own: names, files or folders of cards, separated by commas",
    )
    add_caps(parser)
    parser.add_argument("--data", metavar="DIR", help="the data folder (default: TASKREL_DATA)")
    parser.add_argument(
        "--out", metavar="DIR", help="where runs are kept (default: the user's cache folder)"
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="processes, one thread each (default: one per core)",
    )


def add_volume(parser: argparse._ActionsContainer) -> None:
    """Options ``-q`` and ``-v``; `start_log` obeys them."""
    loud = parser.add_mutually_exclusive_group()
    loud.add_argument("-q", "--quiet", action="store_true", help="warnings and errors only")
    loud.add_argument("-v", "--verbose", action="store_true", help="log every run")


def start_log(args: argparse.Namespace) -> None:
    """Send the package's log to stderr, as loud as the options say."""
    level = logging.WARNING if args.quiet else logging.DEBUG if args.verbose else logging.INFO
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("taskrel").setLevel(level)


def old_name(parser: argparse._ActionsContainer, name: str, dest: str, **options) -> None:
    """A name that an option had in version 0.1; it still works, and no help mentions it."""
    parser.add_argument(
        name, dest=dest, help=argparse.SUPPRESS, default=argparse.SUPPRESS, **options
    )
