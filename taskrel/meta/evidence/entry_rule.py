"""The entry rule: a main task has gains to learn from only where its models have learned it.

A single-task model near the majority, or below a model of the words alone, gains by leaving the
majority; that says nothing about the auxiliary.
"""

from dataclasses import replace

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.trivial_baselines import BASELINES

#: Key of `Evidence.provenance`: main task → why its gains are left out.
LEFT_OUT = "left_out"
#: Intended coverage of the interval of a mean single-task score.
LEVEL = 0.95


def learned_mains(evidence: Evidence) -> Evidence:
    """The same evidence without the gains of main tasks that its models have not learned.

    A main task stays where the lower end of the 95 % interval of its mean single-task score is
    above each of its baselines (`Profile.baselines`), and where none is known. With one seed it is
    the score itself. Those left out keep their features; provenance names them with the reason.
    """
    reasons = _reasons(evidence)
    if not reasons:
        return evidence
    gains, summary = (
        frame[~frame["main"].isin(reasons)] for frame in (evidence.gains, evidence.summary)
    )
    provenance = evidence.provenance | {LEFT_OUT: reasons}
    return replace(
        evidence,
        gains=gains.reset_index(drop=True),
        summary=summary.reset_index(drop=True),
        provenance=provenance,
    )


def _reasons(evidence: Evidence) -> dict[str, str]:
    """Main tasks to leave out, each with the reason in words."""
    from scipy.stats import t

    found = {}
    single = evidence.gains[["main", "seed", "stl"]].dropna().drop_duplicates()
    for task, scores in single.groupby("main")["stl"]:
        profile = evidence.profiles.get(str(task))
        baselines = (profile.baselines if profile else None) or {}
        n, mean = len(scores), scores.mean()
        half = t.ppf((1 + LEVEL) / 2, n - 1) * scores.std() / np.sqrt(n) if n > 1 else 0.0
        above = {name: value for name, value in baselines.items() if mean - half <= value}
        if above:
            name = max(above, key=above.__getitem__)
            found[str(task)] = (
                f"its single-task score, {mean:.3f} ± {half:.3f}, is not clearly above that of "
                f"{BASELINES[name]}, {above[name]:.3f}"
            )
    return found
