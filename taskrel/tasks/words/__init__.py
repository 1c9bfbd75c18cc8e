"""Words: vectors, vocabularies, pre-trained models, vectors of labels."""
