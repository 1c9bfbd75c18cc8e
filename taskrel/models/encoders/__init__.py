"""Encoders: stacks of levels, from word vectors to states; one file per encoder."""
