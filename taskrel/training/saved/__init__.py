"""Trained models as folders: written, read, and applied to new texts."""
