"""taskrel: will this extra task help mine? Ask before you train the pair."""

__version__ = "0.2.0"
