"""Schedules: the tasks that are updated in each step."""
