"""Recipes: everything about a run except its tasks and its seed."""
