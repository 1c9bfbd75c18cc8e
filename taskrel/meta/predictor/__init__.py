"""What answers: from a pair's features to P(gain > 0), expected gain and interval."""
