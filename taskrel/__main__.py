"""``python -m taskrel``: the same as the script ``taskrel``."""

import sys

from taskrel.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
