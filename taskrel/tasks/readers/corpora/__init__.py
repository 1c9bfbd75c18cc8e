"""Readers of single corpora, each in its own format."""
