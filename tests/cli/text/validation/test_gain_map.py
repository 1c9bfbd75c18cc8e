from made_pairs import planted_evidence

from taskrel.cli.text.validation.gain_map import gain_map_text
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.gain_map import gain_map
from taskrel.validation.scoring.family_bootstrap import family_weights


def gains_of(evidence):
    data = pair_data(evidence)
    return gain_map(evidence, data, family_weights(data, 100, 0))


def shown(evidence):
    return gain_map_text(gains_of(evidence))


def block(text, first):
    """The lines of the paragraph that starts with these words, spaces as one."""
    found = next(b for b in text.split("\n\n") if b.startswith(first))
    return [" ".join(line.split()) for line in found.splitlines()]


def test_auxiliaries_are_ranked_and_the_middle_is_left_out():
    # t00 is the best auxiliary of all main tasks, t13 the worst; 14 tasks, of which 12 are shown
    text = shown(planted_evidence(14, spread=0, gain=lambda main, aux: 6.5 - int(aux[1:])))
    lines = block(text, "Auxiliaries by their mean rank")
    assert lines[0].endswith("from 0 (worst) to 1 (best); first and last 6 of 14")
    assert [line.split()[0] for line in lines[3:]] == [
        f"t{i:02d}" for i in (*range(6), *range(8, 14))
    ]
    assert lines[3].startswith("t00 1.00 [")
    assert text.startswith("Gains: 50 % [")


def test_groups_of_pairs_are_named_by_level():
    lines = block(shown(planted_evidence(8, kinds=2)), "pairs ")
    names = [line.split(" 1")[0] for line in lines[2:6]]
    assert names == [
        "both token-level",
        "both text-level",
        "main token-level, auxiliary text-level",
        "main text-level, auxiliary token-level",
    ]


def test_verdicts_are_counted():
    verdicts = {"gain": 21, "no clear effect": 7, "loss": 28}
    lines = block(gain_map_text(gains_of(planted_evidence(4)) | {"verdicts": verdicts}), "Gains: ")
    assert lines[1] == "Tested over seeds, 21 pairs gain, 28 lose, and 7 have no clear effect."


def test_variance_of_the_rankings_by_level():
    text = shown(planted_evidence(8, spread=0, gain=lambda main, aux: int(aux[1:]), kinds=2))
    # Four main tasks each, whose seeds all agree on one ranking: nothing is own, nothing noise.
    assert block(text, "Variance of the ranking")[4:] == [
        f"{level} 4 100 % [100, 100] 0 % [0, 0] 0 % [0, 0]"
        for level in ("token-level", "text-level")
    ]
    one_seed = shown(planted_evidence(8, seeds=(0,)))
    assert block(one_seed, "Variance of the ranking")[4].split()[-2:] == ["–", "–"]


def test_seed_noise_is_shown_where_there_are_seeds():
    assert "Seed noise is 0 % of the variance" in shown(planted_evidence(5, spread=0))
    assert "Seed noise is" not in shown(planted_evidence(5, seeds=(0,)))
