"""How good the answers are: folds, baselines, scores, noise band and ceiling."""
