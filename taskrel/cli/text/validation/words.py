"""Names in words: of the models that a validation compares, and of groups of pairs."""

#: Key of a model in files → its name in tables (14 characters at most), and what it is.
MODELS = {
    "all_features": ("paper features", "the paper's classifier on its 42 columns"),
    "data_features": ("data features", "the same on the features of the data only"),
    "curve_features": ("curve features", "the same on the features of the loss curves only"),
    "pair_features": ("pair features", "the same on the features of the pair"),
    "aux_and_pair": ("aux and pair", "the same on the features of the auxiliary and of the pair"),
    "full": ("P(gain)", "the predictor's probability of a gain"),
    "ranker": ("ranker", "the predictor's ranking of the auxiliaries of one main task"),
    "new_full": (
        "P(gain), new",
        "P(gain) for a new task: without the features that need an encoder",
    ),
    "new_ranker": (
        "ranker, new",
        "the ranking for a new task: without the features that need an encoder",
    ),
    "majority": ("majority", "the more frequent outcome for every pair"),
    "all_positive": ("always gain", "a gain for every pair"),
    "main_identity": ("main identity", "logistic regression on which task is the main task"),
    "aux_identity": ("aux identity", "logistic regression on which task is the auxiliary"),
    "noise": ("noise features", "the paper's classifier on random numbers in place of features"),
    "aux_mean": ("aux mean gain", "the auxiliary's mean gain for other main tasks"),
    "aux_rank": ("aux mean rank", "the auxiliary's mean rank for other main tasks"),
    "no_features": ("no features", "the ranker on which task is the auxiliary, without features"),
    "main_size": ("main size", "logistic regression on the size of the main task"),
    "size_ratio": ("size ratio", "logistic regression on the ratio of the two sizes"),
    "text_cosine": ("text cosine", "logistic regression on the similarity of the texts"),
    "same_kind": ("same kind", "logistic regression on whether both tasks have labels of one kind"),
    # of the paper's Table 3
    "best_data": ("best data", "the paper's classifier on its best columns of the data"),
    "best_combined": ("best combined", "the paper's classifier on its best columns of all"),
}

#: Key of a group of pairs in files → in words.
PAIRS = {
    "a label per token, both": "both token-level",
    "labels of whole texts, both": "both text-level",
    "main per token, auxiliary per text": "main token-level, auxiliary text-level",
    "main per text, auxiliary per token": "main text-level, auxiliary token-level",
}


def model_name(key: str) -> str:
    """Name of a model in tables; the key itself for a model of another version."""
    return MODELS.get(key, (key, ""))[0]
