from made_pairs import planted_evidence

from taskrel.cli.text.gain_map import gain_map_text
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.gain_map import gain_map
from taskrel.validation.scoring.family_bootstrap import family_weights


def said(evidence):
    data = pair_data(evidence)
    return gain_map_text(gain_map(evidence, data, family_weights(data, 100, 0)))


def test_who_helps_stands_in_order_and_the_middle_is_left_out():
    # t00 helps everybody most, t13 nobody; 14 tasks, of which 12 are shown
    text = said(planted_evidence(14, spread=0, gain=lambda main, aux: 6.5 - int(aux[1:])))
    helpers = text.split("who helps")[1].split("who profits")[0]
    shown = [line.split()[0] for line in helpers.splitlines() if line.startswith("t")]
    assert shown == [f"t{i:02d}" for i in (*range(6), *range(8, 14))]
    assert "gains: 50% [" in text and "t00        1.00" in helpers


def test_what_the_order_is_made_of_stands_by_unit_of_labels():
    text = said(planted_evidence(8, spread=0, gain=lambda main, aux: int(aux[1:]), kinds=2))
    block = next(b for b in text.split("\n\n") if b.startswith("what the order"))
    # Four mains each, whose seeds all agree on one order: nothing is own, nothing noise.
    assert [" ".join(line.split()) for line in block.splitlines()[3:]] == [
        f"{unit} 4 100% [100%, 100%] 0% [0%, 0%] 0% [0%, 0%]"
        for unit in ("a label per token", "labels of whole texts")
    ]
    one_seed = said(planted_evidence(8, seeds=(0,)))
    assert one_seed.split("what the order")[1].splitlines()[3].split()[-2:] == ["–", "–"]


def test_seeds_are_spoken_of_where_there_are_some():
    assert "0% of one seed's gains is noise" in said(planted_evidence(5, spread=0))
    assert "seeds:" not in said(planted_evidence(5, seeds=(0,)))
