"""What predicts: features, evidence, predictor; how well, and what was found."""
