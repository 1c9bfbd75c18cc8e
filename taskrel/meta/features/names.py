"""Every feature by name: what it is in words, and the group it belongs to.

Task features are columns of `Evidence.tasks`, pair features of `Evidence.pairs`.
Each is computed by one small function of the module that its table comes from.
"""

from taskrel.meta.features.curve import CURVE_FEATURES
from taskrel.meta.features.dataset import DATASET_FEATURES, MORE_DATASET_FEATURES
from taskrel.meta.features.pair_names import ENCODER_FEATURES, PAIR_FEATURES, START_FEATURES
from taskrel.meta.features.robust_curve import ROBUST_CURVE_FEATURES

#: The 14 of Bingel & Søgaard (2017), from which they make 42 columns.
PAPER_FEATURES = DATASET_FEATURES | CURVE_FEATURES
#: All features of one task.
TASK_FEATURES = PAPER_FEATURES | MORE_DATASET_FEATURES | ROBUST_CURVE_FEATURES

__all__ = [
    "CURVE_FEATURES",
    "DATASET_FEATURES",
    "ENCODER_FEATURES",
    "MORE_DATASET_FEATURES",
    "PAIR_FEATURES",
    "PAPER_FEATURES",
    "ROBUST_CURVE_FEATURES",
    "START_FEATURES",
    "TASK_FEATURES",
]
