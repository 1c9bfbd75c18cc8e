"""Scores of predictions, with bootstrap resamples over families."""
