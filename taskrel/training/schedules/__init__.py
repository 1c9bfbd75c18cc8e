"""Schedules: which task is trained at which step."""
