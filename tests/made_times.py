"""Times of a function on inputs of two sizes, to tell linear from quadratic time."""

import gc
import time

FACTOR = 16


def time_ratio(make, function, n=1000):
    """Time for an input of size 16 n over that for size n: about 16 if linear, 256 if quadratic.

    The least ratio of several tries, because a busy machine only adds to a time.
    """
    least = float("inf")
    gc.disable()
    try:
        for _ in range(6):
            least = min(least, _seconds(function, make(FACTOR * n)) / _seconds(function, make(n)))
            if least < 1.5 * FACTOR:
                break
    finally:
        gc.enable()
    return least


def _seconds(function, argument):
    found = []
    for _ in range(2):
        start = time.process_time()
        function(argument)
        found.append(time.process_time() - start)
    return min(found)
