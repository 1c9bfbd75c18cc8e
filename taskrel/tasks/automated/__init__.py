"""Automated auxiliary tasks, made from the texts of another task."""
