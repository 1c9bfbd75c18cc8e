"""Published figures of Bingel & Søgaard (EACL 2017), to compare ours with."""

#: Table 3: accuracy and F1 of "gain", 100 runs of 5-fold logistic regression. The row
#: "majority" has the accuracy of all-loss and the F1 of all-gain.
TABLE_3 = {
    "majority": (0.555, 0.615),
    "all_features": (0.749, 0.669),
    "best_data": (0.665, 0.542),
    "best_combined": (0.785, 0.713),
}

#: Table 4: mean coefficients over 100 random 80/20 splits, features scaled to [0, 1], by
#: column of our pair table: the twelve strongest and the twelve weakest of 42. The
#: others are not known.
TABLE_4 = {
    "main_gradient_30": -1.566,
    "main_gradient_20": -1.164,
    "main_curve_c": 1.007,
    "main_labels": 0.828,
    "aux_label_entropy": 0.798,
    "aux_gradient_30": 0.791,
    "main_gradient_50": 0.781,
    "main_oov_rate": 0.697,
    "main/aux_oov_rate": 0.678,
    "aux_gradient_20": 0.575,
    "main_frobenius": -0.516,
    "main/aux_labels": 0.504,
    "aux_gradient_50": -0.099,
    "main/aux_gradient_50": 0.076,
    "aux_oov_rate": 0.061,
    "main/aux_gradient_30": -0.060,
    "main_size": -0.032,
    "main_curve_a": 0.027,
    "main/aux_gradient_10": 0.023,
    "main_jsd": 0.019,
    "main/aux_jsd": -0.015,
    "main_gradient_10": 0.007,
    "main/aux_size": -0.006,
    "main/aux_gradient_70": -0.0004,
}
