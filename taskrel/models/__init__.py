"""Models: encoders, gates, heads, and what several tasks share."""
