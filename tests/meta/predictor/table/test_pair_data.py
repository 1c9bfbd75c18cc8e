from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_pairs import planted_evidence

from taskrel.errors import EvidenceError
from taskrel.meta.features.names import ENCODER_FEATURES, PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.predictor.table.column_groups import COLUMNS, IDENTIFIED
from taskrel.meta.predictor.table.pair_data import headroom, pair_data

NAN = float("nan")

#: Of an encoder's features, those that made evidence has.
KNOWN = ("probe", "contamination")


def made():
    """Four tasks in families f0, f1, f0, f1, measured but for two pairs; some features missing."""
    evidence = planted_evidence(4, n_families=2)
    rows = evidence.summary
    rows.loc[(rows.main == "t00") & (rows.aux == "t01"), "gain"] = NAN  # undefined
    rows = rows[(rows.main != "t03") | (rows.aux != "t00")]
    evidence.tasks["oov_rate"] = NAN
    evidence.tasks.loc["t02", "size"] = NAN
    evidence.pairs["label_similarity"] = NAN
    return replace(evidence, summary=rows)


def test_measured_pairs_only():
    evidence = made()
    data = pair_data(evidence)
    names = [(data.tasks[m], data.tasks[a]) for m, a in zip(data.main, data.aux, strict=True)]
    assert len(names) == 12 - 2
    assert names == sorted(names)
    assert not {("t00", "t01"), ("t03", "t00")} & set(names)
    gain = evidence.summary.set_index(["main", "aux"])["gain"]
    assert data.gain.tolist() == [gain[pair] for pair in names]
    assert data.positive.tolist() == [gain[pair] > 0 for pair in names]
    assert data.families == ("f0", "f1")
    assert data.family.tolist() == [0, 1, 0, 1]
    assert data.kind.tolist() == ["tagging"] * 4


def test_tables():
    data = pair_data(made())
    # No score of `transferability` is in made evidence.
    groups = {**COLUMNS}
    del groups["transferability"]
    identified = {group for group in IDENTIFIED if group != "transferability_identity"}
    assert set(data.tables) == {*groups, "identity", *identified}
    for group, columns in groups.items():
        missing = ("oov_rate", *(name for name in ENCODER_FEATURES if name not in KNOWN))
        assert data.names[group] == columns.without(missing).names
        assert data.tables[group].shape == (10, len(data.names[group]))
    row = next(i for i in range(10) if (data.main[i], data.aux[i]) == (0, 2))
    (values,) = data.columns(("main_jsd", "aux_jsd", "aux_size", "pair_probe"))[[row]]
    evidence = made()
    assert values[:2].tolist() == evidence.tasks.loc[["t00", "t02"], "jsd"].tolist()
    assert np.isnan(values[2])
    assert values[3] == evidence.pairs.loc[("t00", "t02"), "probe"]


def test_columns_of_no_group():
    with pytest.raises(EvidenceError, match="columns pair_none are in no group"):
        pair_data(made()).columns(("main_jsd", "pair_none"))


def test_columns_of_several_groups():
    data = pair_data(made())
    names = ("is_t02", "main_jsd", "pair_probe")
    assert not any(set(names) <= set(known) for known in data.names.values())
    assert data.columns(names)[:, 0].tolist() == [float(a == 2) for a in data.aux]
    assert (data.columns(names)[:, 1:] == data.columns(names[1:])).all()


def test_masks_by_hand():
    data = pair_data(made())
    in_family = np.isin(data.main, [0, 2]) | np.isin(data.aux, [0, 2])
    assert (data.without_family(0) == ~in_family).all()
    pairs = zip(data.main[data.new_main(0)], data.aux[data.new_main(0)], strict=True)
    assert list(pairs) == [(0, 3), (2, 1), (2, 3)]


def test_without():
    data = pair_data(made(), ENCODER_FEATURES)
    known = {name for names in data.names.values() for name in names}
    assert not {f"{of}_{f}" for f in ENCODER_FEATURES for of in ("pair", "rank")} & known
    assert "pair_text_cosine" in data.names["pair_features"]


def test_nothing_measured():
    evidence = planted_evidence(3)
    evidence.summary["gain"] = NAN
    with pytest.raises(EvidenceError, match="evidence made: no pair with a defined gain"):
        pair_data(evidence)


@pytest.mark.parametrize("which", ["all", "aux"])
def test_no_features(which):
    evidence = planted_evidence(3)
    evidence.pairs[[*PAIR_FEATURES]] = NAN
    evidence.tasks.loc[:, [*TASK_FEATURES]] = NAN
    if which == "aux":  # only t00 has features, and it was never an auxiliary
        evidence.tasks.loc["t00"] = 1.0
        evidence = replace(evidence, summary=evidence.summary.query("aux != 't00'"))
    with pytest.raises(EvidenceError, match="evidence made: its tasks have no features"):
        pair_data(evidence)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.5, 0.8, 0.25], [1, 0.25, 3]),
        ([0.5, NAN, 0.25, 0.0, 1.0], [1, 2, 3, 2, 2]),  # the median of 1 and 3
        ([NAN, 1.0], [1, 1]),
    ],
)
def test_headroom(scores, expected):
    assert headroom(pd.Series(scores)).tolist() == pytest.approx(expected)


def test_smoothed_gains_are_learned_from_where_all_pairs_have_them():
    evidence = planted_evidence(3)
    data = pair_data(evidence)
    assert (data.label == data.gain).all()
    assert (data.label_seeds == data.seeds).all()
    smooth = evidence.gains.assign(smoothed=np.arange(len(evidence.gains), dtype=float))
    found = pair_data(replace(evidence, gains=smooth))
    assert (found.gain == data.gain).all()
    by_pair = smooth.groupby(["main", "aux"])["smoothed"]
    assert found.label.tolist() == by_pair.mean().tolist()
    assert found.label_seeds.tolist() == [list(values) for _, values in by_pair]
    smooth.loc[smooth.main == "t01", "smoothed"] = NAN
    assert (pair_data(replace(evidence, gains=smooth)).label == data.gain).all()


def test_ranks_are_among_the_measured_auxiliaries():
    evidence = planted_evidence(5)
    rows = evidence.summary
    some = replace(evidence, summary=rows[rows.aux != "t04"])
    data = pair_data(some)
    (column,) = data.columns(("rank_text_cosine",)).T
    own = evidence.pairs.loc["t00", "text_cosine"].drop("t04")
    expected = (own.rank() - 0.5) / 3 - 0.5
    assert column[data.main == 0].tolist() == pytest.approx(expected.tolist())
