"""Training: recipes, batches, schedules, optimisers, metrics, the loop."""
