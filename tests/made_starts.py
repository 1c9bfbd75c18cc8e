"""Start features for made-up evidence: a lead in loss tells the gain, a score does not."""

from dataclasses import replace

import numpy as np

from taskrel.meta.evidence.evidence import Evidence


def with_made_starts(evidence: Evidence, noise: float = 0.1, lacking=()) -> Evidence:
    """The evidence with a start of every measured pair but for those in `lacking`.

    noise : standard deviation, as a share of that of the gains
    """
    rng = np.random.default_rng(7)
    gain = evidence.summary.set_index(["main", "aux"])["gain"].reindex(evidence.pairs.index)
    lead = gain / 100 + noise * gain.std() / 100 * rng.standard_normal(len(gain))
    pairs = evidence.pairs.assign(start_gain=rng.normal(size=len(gain)), start_loss=lead)
    pairs.loc[list(lacking), ["start_gain", "start_loss"]] = np.nan
    return replace(evidence, pairs=pairs)
