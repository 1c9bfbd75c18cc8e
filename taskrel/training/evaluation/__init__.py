"""Scores on dev and test."""
