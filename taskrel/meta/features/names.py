"""Every feature by name: what it is in words, and the group it belongs to.

Task features are columns of `Evidence.tasks`, pair features of `Evidence.pairs`.
Each is computed by one small function of the module that its table comes from.
"""

from taskrel.meta.features.curve import CURVE_FEATURES
from taskrel.meta.features.dataset import DATASET_FEATURES, MORE_DATASET_FEATURES
from taskrel.meta.features.robust_curve import ROBUST_CURVE_FEATURES

#: Of a main task on the encoder of an auxiliary, see `encoder_scores`.
ENCODER_SCORES = {
    "probe": "linear probe of main's labels on aux's encoder",
    "probe_accuracy": "accuracy of a linear probe on aux's encoder",
    "probe_log_likelihood": "log-likelihood of a linear probe on aux's encoder",
    "logme": "LogME of main's labels on aux's encoder",
    "h_score": "H-score of main's labels on aux's encoder",
}
#: Name → what it is, in words. All are directed (main, aux) unless marked as symmetric.
PAIR_FEATURES = {
    "size_ratio": "log of main size over aux size",
    "vocabulary_share": "share of main's words that aux has",
    "text_jsd": "divergence of the two training texts",  # symmetric
    "text_cosine": "cosine of the mean word vectors",  # symmetric
    "same_kind": "same kind of labels",  # symmetric
    "label_similarity": "label agreement on common texts",  # symmetric
    **ENCODER_SCORES,
    "contamination": "share of main's test texts in aux's training texts",
}

#: Of those, the scores that follow the measured gains most closely.
TRANSFERABILITY = ("probe_accuracy", "probe_log_likelihood", "logme")

#: The same and others in two words, for a table.
SHORT = {
    "size_ratio": "size ratio",
    "vocabulary_share": "common words",
    "text_jsd": "text divergence",
    "text_cosine": "text similarity",
    "same_kind": "kind of labels",
    "label_similarity": "label agreement",
    "probe": "probe",
    "probe_accuracy": "probe accuracy",
    "probe_log_likelihood": "probe likelihood",
    "logme": "LogME",
    "h_score": "H-score",
    "contamination": "common test texts",
}

#: Features that need both corpora or a trained encoder; a new task has none of them.
ENCODER_FEATURES = ("label_similarity", *ENCODER_SCORES, "contamination")

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
    "SHORT",
    "TASK_FEATURES",
    "TRANSFERABILITY",
]
