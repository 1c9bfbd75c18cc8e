"""Say which commands there are."""

import sys

COMMANDS = """taskrel: will this extra task help mine? Ask before you train the pair.

  python -m taskrel.fetch --help        get the files that tasks are read from
  python -m taskrel.run_pairs --help    train every task alone and in pairs
  python -m taskrel.predict --help      say how likely a pair gains, from such a study"""

if __name__ == "__main__":
    print(COMMANDS)
    sys.exit(0 if len(sys.argv) == 1 or sys.argv[1] in ("-h", "--help") else 2)
