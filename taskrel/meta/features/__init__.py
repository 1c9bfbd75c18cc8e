"""Features: what is known about tasks and pairs without multi-task training."""
