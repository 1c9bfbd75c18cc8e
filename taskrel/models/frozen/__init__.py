"""States of a frozen pre-trained model: computed once, kept, and read as word vectors."""
