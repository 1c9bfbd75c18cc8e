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
    """Mean gain and mean pair score by the cards of main task and auxiliary, within a level."""
    about = evidence.about["kind"].map(label_level)
    cards = {t: evidence.entries.get(t, {}).get("card", t) for t in evidence.tasks.index}
    gains = evidence.measured().reset_index()
    gains = gains[gains["main"].map(about) == gains["aux"].map(about)]
    gains = gains.assign(main=gains["main"].map(cards), aux=gains["aux"].map(cards))
    return gains.groupby(["main", "aux"])[["gain", "mtl"]].mean()


def main(one: str, other: str) -> None:
    """Print the rank correlation of the gains with common auxiliaries, main task by main task."""
    a, b = (by_card(find_evidence(name)) for name in (one, other))
    common = a.add_suffix("_a").join(b.add_suffix("_b"), how="inner").dropna()
    common = common[common.groupby("main")["gain_a"].transform("size") >= FEW]
    found = []
    for task, own in common.groupby("main"):
        found.append(own["gain_a"].corr(own["gain_b"], method="spearman"))
        print(f"{task.ljust(20)} {found[-1]:+.2f} ({len(own)} auxiliaries)")
    half = 1.96 * np.std(found, ddof=1) / np.sqrt(len(found))
    print(f"mean {np.mean(found):+.2f} ± {half:.2f}, {len(found)} main tasks\n")
    best = common.groupby("main")[["mtl_a", "mtl_b"]].max().mean()
    for name, key in ((one, "a"), (other, "b")):
        gains, scores = common[f"gain_{key}"], common[f"mtl_{key}"]
        print(
            f"{name}: {100 * (gains > 0).mean():.0f} % of the {len(common)} common pairs gain, "
            f"median {gains.median():+.2f} %; mean score of pairs {scores.mean():.3f}, of each main "
            f"task's best {best[f'mtl_{key}']:.3f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
