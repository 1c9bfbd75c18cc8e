"""Mistakes of training and scoring, and which of them leads to somebody's published scores."""
