"""What learns: encoders, gates, heads, sharing."""
