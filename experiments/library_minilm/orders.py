"""Whether rankings of auxiliaries agree under two encoders, or in transfer and joint training.

    python experiments/library_minilm/orders.py library text_transfer

The two arguments are evidence. Of each main task, auxiliaries of its own level are compared.
"""

import sys

import numpy as np
import pandas as pd

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import find_evidence
from taskrel.tasks.task import label_level

#: With fewer common auxiliaries a main task is left out.
FEW = 5


def by_card(evidence: Evidence) -> pd.DataFrame:
    """Mean gain by the cards of main task and auxiliary, of pairs within a level."""
    about = evidence.about["kind"].map(label_level)
    cards = {t: evidence.entries.get(t, {}).get("card", t) for t in evidence.tasks.index}
    gains = evidence.measured().reset_index()
    gains = gains[gains["main"].map(about) == gains["aux"].map(about)]
    gains = gains.assign(main=gains["main"].map(cards), aux=gains["aux"].map(cards))
    return gains.pivot_table("gain", "main", "aux")


def main(one: str, other: str) -> None:
    """Print the rank correlation of the gains with common auxiliaries, main task by main task."""
    a, b = (by_card(find_evidence(name)) for name in (one, other))
    found = {}
    for task in sorted({*a.index} & {*b.index}):
        both = pd.DataFrame({one: a.loc[task], other: b.loc[task]}).dropna()
        if len(both) >= FEW:
            found[task] = both.corr(method="spearman").iloc[0, 1], len(both)
            print(f"{task.ljust(20)} {found[task][0]:+.2f} ({len(both)} auxiliaries)")
    values = np.array([value for value, _ in found.values()])
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    print(f"mean {values.mean():+.2f} ± {half:.2f}, {len(values)} main tasks")


if __name__ == "__main__":
    main(*sys.argv[1:])
