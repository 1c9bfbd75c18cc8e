"""Do rankings of auxiliaries under two encoders agree? Those of `library` and of `text_transfer`.

python experiments/library_minilm/orders.py
"""

import numpy as np
import pandas as pd

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import find_evidence

#: With fewer common auxiliaries a main task is left out.
FEW = 5


def by_card(evidence: Evidence) -> pd.DataFrame:
    """Mean gain by the cards of main task and auxiliary."""
    cards = {t: evidence.entries.get(t, {}).get("card", t) for t in evidence.tasks.index}
    gains = evidence.measured()["gain"].rename(index=cards)
    return gains.groupby(level=[0, 1]).mean().reset_index().pivot_table("gain", "main", "aux")


def main() -> None:
    """Print the rank correlation of the gains with common auxiliaries, main task by main task."""
    library, transfer = find_evidence("library"), find_evidence("text_transfer")
    text = {t for t in transfer.tasks.index if transfer.about["kind"][t] != "tagging"}
    one, other = by_card(library), by_card(transfer)
    found = {}
    for task in sorted({*one.index} & {*other.index}):
        both = pd.DataFrame({"library": one.loc[task], "transfer": other.loc[task]}).dropna()
        both = both[[aux in text for aux in both.index]]
        if len(both) >= FEW:
            found[task] = both.corr(method="spearman").iloc[0, 1], len(both)
            print(f"{task.ljust(20)} {found[task][0]:+.2f} ({len(both)} text-level auxiliaries)")
    values = np.array([value for value, _ in found.values()])
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    print(f"mean {values.mean():+.2f} ± {half:.2f}, {len(values)} main tasks")


if __name__ == "__main__":
    main()
