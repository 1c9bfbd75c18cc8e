"""What predicts gains: features, evidence, predictor."""
