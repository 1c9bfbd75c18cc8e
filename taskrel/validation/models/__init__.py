"""The models that validation compares: the predictor, feature groups, trivial baselines."""
