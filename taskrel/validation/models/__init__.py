"""The models that validation compares: predictor, groups of features, trivial baselines."""
