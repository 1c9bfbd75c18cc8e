"""Replay: searches on runs that are stored, to see what a search costs and what it finds."""
