"""Automated auxiliary tasks, which are made from the texts of another task."""
