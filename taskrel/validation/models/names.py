"""Names of the compared models: the keys that results carry.

Light to import: whoever reads a stored validation must not wait for scikit-learn.
"""

#: What `predict` answers with: P(gain), and the ranking of the auxiliaries.
PREDICTOR = ("full", "ranker")
#: The same without the features that need an encoder: what answers about a new task.
NEW_PREDICTOR = ("new_full", "new_ranker")
#: Groups of columns, each with the paper's classifier at a fixed penalty.
GROUPS = ("all_features", "data_features", "curve_features", "pair_features", "aux_and_pair")
NOISE = "noise"
BASELINES = (
    "majority",
    "all_positive",
    "main_identity",
    "aux_identity",
    NOISE,
    "aux_mean",
    "aux_rank",
    "no_features",
    "main_size",
    "size_ratio",
    "text_cosine",
    "same_kind",
)
#: All keys, in the order of the results.
KEYS = (*GROUPS, *PREDICTOR, *NEW_PREDICTOR, *BASELINES)
