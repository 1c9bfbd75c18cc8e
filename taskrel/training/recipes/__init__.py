"""Recipes: all settings of a run except its tasks and its seed."""
