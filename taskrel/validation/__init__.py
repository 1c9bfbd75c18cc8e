"""Validation: how good predictions are, under several protocols and against baselines."""
