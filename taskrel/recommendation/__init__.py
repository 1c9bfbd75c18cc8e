"""Answers for one main task: evidence and a new task in, a ranking of auxiliary tasks out."""
