"""Sweep: many cases, escapes sorted by exception and place.

python tests/fuzz/run.py 1000 card store      # cases of each, names of cases (default: all)
"""

import collections
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.cases import CASES, Made
from fuzz.guard import Hang, outcome


def main(n: int, names: list[str], first: int = 0) -> None:
    """Run `n` cases of each name and print the escapes."""
    with tempfile.TemporaryDirectory() as base:
        (Path(base) / "made").mkdir()
        made = Made.write(Path(base) / "made")
        for name in names or CASES:
            buckets: collections.Counter = collections.Counter()
            start, slowest, refused = time.process_time(), 0.0, 0
            for seed in range(first, first + n):
                with tempfile.TemporaryDirectory(dir=base) as folder:
                    began = time.process_time()
                    try:
                        refused += isinstance(
                            outcome(
                                CASES[name](random.Random(f"{name} {seed}"), Path(folder), made)
                            ),
                            Exception,
                        )
                    except (Exception, Hang) as e:
                        frames = traceback.extract_tb(e.__traceback__)
                        own = [f for f in frames if "/taskrel/" in f.filename] or frames
                        key = (type(e).__name__, Path(own[-1].filename).name, own[-1].lineno)
                        buckets[key] += 1
                        if buckets[key] == 1:
                            print(f"  {name} {seed}: {key} {str(e)[:150]!r}", flush=True)
                    slowest = max(slowest, time.process_time() - began)
            print(
                f"{name}: {n} cases, {refused} refused, {sum(buckets.values())} escapes in "
                f"{len(buckets)} places, {time.process_time() - start:.0f} s, slowest {slowest:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
