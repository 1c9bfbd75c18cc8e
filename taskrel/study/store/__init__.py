"""The store: one SQLite file for each study; exports; encoders that are kept."""
