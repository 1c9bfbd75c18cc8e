"""What predicts: task features, evidence, predictor."""
