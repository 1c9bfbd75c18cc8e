"""Experiments: which tasks, recipes, seeds and comparisons, from a TOML file."""
