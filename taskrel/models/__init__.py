"""What learns: encoders, heads, sharing."""
