"""Strict TOML, and paths of the package and the user."""
