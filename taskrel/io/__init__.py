"""Strict TOML, paths of the package and the user, JSON."""
