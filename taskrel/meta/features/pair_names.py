"""Names of the pair features, apart from the code that computes them.

A prediction from shipped evidence reads names only, and must not wait for torch.
"""

#: Name → what it is, in words. All are directed (main, aux) but where said otherwise.
PAIR_FEATURES = {
    "size_ratio": "log of main size over aux size",
    "vocabulary_share": "share of main's words that aux has",
    "text_jsd": "divergence of the two training texts",  # symmetric
    "text_cosine": "cosine of the mean word vectors",  # symmetric
    "same_kind": "same kind of labels",  # symmetric
    "label_similarity": "label agreement on common texts",  # symmetric
    "probe": "linear probe of main's labels on aux's encoder",
    "contamination": "share of main's test texts in aux's training texts",
}

#: Those that need the corpora or a trained encoder, which a new task's profile cannot give.
ENCODER_FEATURES = ("label_similarity", "probe", "contamination")

#: Name → what it is, of features that need the beginning of the joint run itself: never read
#: where nobody asks for probes. Directed. Columns of an evidence that has some, and else of none.
START_FEATURES = {
    "start_gain": "gain on dev at the start of the joint run",
    "start_loss": "lead in dev loss at the start of the joint run",
}
