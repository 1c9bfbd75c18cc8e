"""The script ``taskrel``: one command with subcommands, each a module of the package."""

import importlib
import sys
from collections.abc import Sequence

from taskrel import __version__
from taskrel.cli.command import BAD_INPUT, DONE
from taskrel.errors import nearest

#: Subcommand → its module, and what it does in a line.
COMMANDS = {
    "predict": ("taskrel.predict", "predict the gain of pairs of tasks before they are trained"),
    "search": ("taskrel.search_pairs", "find the best auxiliary task within a budget"),
    "apply": ("taskrel.apply", "label texts with a model that was saved"),
    "run": ("taskrel.run_pairs", "train every task alone and in pairs, and show the gains"),
    "card": ("taskrel.card", "write the card of a file of your own"),
    "fetch": ("taskrel.fetch", "download the files that tasks are read from"),
    "evidence": ("taskrel.evidence", "make evidence from a study, for predictions"),
    "validate": ("taskrel.validate", "show how good predictions from an evidence are"),
}


def usage() -> str:
    """The list of subcommands."""
    width = max(map(len, COMMANDS))
    lines = [f"  taskrel {name:<{width}}  {what}" for name, (_, what) in COMMANDS.items()]
    modules = [f"  python -m {module}" for module, _ in COMMANDS.values()]
    return "\n".join(
        [
            "taskrel: will this extra task help mine? Ask before you train the pair.",
            "",
            *lines,
            "",
            "taskrel COMMAND --help explains one. The same commands as modules:",
            "",
            *modules,
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns its exit code, or 2 for one that does not exist."""
    name, *rest = (sys.argv[1:] if argv is None else list(argv)) or ["--help"]
    if name in ("-h", "--help", "help"):
        print(usage())
        return DONE
    if name == "--version":
        print(f"taskrel {__version__}")
        return DONE
    if name not in COMMANDS:
        what = nearest(name, COMMANDS)
        print(f"taskrel: unknown command {name!r}; {what}", file=sys.stderr)
        return BAD_INPUT
    module = importlib.import_module(COMMANDS[name][0])
    return module.main(rest, prog=f"taskrel {name}")


if __name__ == "__main__":
    sys.exit(main())
