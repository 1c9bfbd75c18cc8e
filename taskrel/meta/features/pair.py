"""Pair features from two profiles, so also for a task that is in no evidence.

The others need the corpora or a trained encoder: see `label_similarity`, `linear_probe` and
`tasks.overlap.contamination`.
"""

import numpy as np

from taskrel.meta.features.profile import Profile
from taskrel.tasks.task import PER_TOKEN


def profile_features(main: Profile, aux: Profile) -> dict[str, float]:
    """Those of `names.PAIR_FEATURES` that follow from the profiles of main and auxiliary.

    ``text_cosine`` is NaN where word vectors are learned.
    """
    return {
        "size_ratio": size_ratio(main, aux),
        "vocabulary_share": vocabulary_share(main, aux),
        "text_jsd": text_jsd(main, aux),
        "text_cosine": text_cosine(main, aux),
        "same_kind": same_kind(main, aux),
    }


def size_ratio(main: Profile, aux: Profile) -> float:
    """Natural logarithm of main's training examples over aux's; 0 where they have as many."""
    return float(np.log(main.size / aux.size))


def vocabulary_share(main: Profile, aux: Profile) -> float:
    """Share of main's distinct training words that aux's training text has, in [0, 1].

    Words are lower-cased and identified by hash bucket. A word that aux lacks shares a bucket
    with one of its words with probability (aux's words / `BUCKETS`), by chance (20,000: 2 %).
    """
    return float(np.isin(main.buckets, aux.buckets, assume_unique=True).mean())


def text_jsd(main: Profile, aux: Profile) -> float:
    """Jensen–Shannon divergence of the two training bags of words in nats, in [0, ln 2].

    JSD(P, Q) = H(½P + ½Q) − ½H(P) − ½H(Q), of hashed lower-cased words
    (Lin 1991, eq. 4.1). Symmetric.
    """
    every = np.union1d(main.buckets, aux.buckets)
    p, q = np.zeros(len(every)), np.zeros(len(every))
    for share, profile in ((p, main), (q, aux)):
        share[np.searchsorted(every, profile.buckets)] = profile.counts / profile.counts.sum()
    return max(_entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2, 0.0)  # −1e-17: rounding


def text_cosine(main: Profile, aux: Profile) -> float:
    """Cosine of the mean word vectors of the two training texts, in [−1, 1].

    NaN where either has none (learned vectors, or no word of it has one) and
    where the two are of different vectors' widths. Symmetric.
    """
    a, b = main.vector.astype(float), aux.vector.astype(float)
    norm = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / norm) if len(a) == len(b) and norm else np.nan


def same_kind(main: Profile, aux: Profile) -> float:
    """1 where both tasks are token-level or both text-level, else 0. Symmetric."""
    return float((main.kind in PER_TOKEN) == (aux.kind in PER_TOKEN))


def _entropy(p: np.ndarray) -> float:
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())
