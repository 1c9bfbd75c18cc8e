"""Runs: planned, checked and executed."""
