"""The store: one SQLite file per study; exports; kept encoders."""
