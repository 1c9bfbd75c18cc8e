"""How it learns: batches, schedules, optimisers, metrics, the loop."""
