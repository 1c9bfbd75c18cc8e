"""A validation as text."""
