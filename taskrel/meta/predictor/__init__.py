"""The predictor: from the features of a pair to P(gain > 0), expected gain and interval."""
