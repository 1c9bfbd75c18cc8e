"""The validation next to an evidence is shown only where it has what is shown."""

import json
from dataclasses import replace

import pytest

from taskrel.cli.text.validation.report import text
from taskrel.errors import EvidenceError
from taskrel.meta.evidence.find import find_evidence, shipped_evidence
from taskrel.validation.evidence_folder import VALIDATION, read_validation


@pytest.mark.parametrize("name", shipped_evidence())
def test_shipped_validations_are_read(name):
    evidence = find_evidence(name)
    raw = json.loads((evidence.folder / VALIDATION).read_text(encoding="utf-8"))
    assert read_validation(evidence) == raw


@pytest.fixture(scope="module")
def bingel():
    return find_evidence("bingel2017")


def change(*path, to):
    def changed(document):
        inside = document
        for key in path[:-1]:
            inside = inside[key]
        if to is KeyError:
            del inside[path[-1]]
        else:
            inside[path[-1]] = to
        return document

    return changed


FULL = ("protocols", "leave_family_out", "full")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda _: [], "expected `object`, found `array`"),
        (change("n_pairs", to=KeyError), "field 'n_pairs' is missing"),
        (change("n_pairs", to="90"), "field 'n_pairs': expected `int`, found `str`"),
        (change("base_rate", to=2), "field 'base_rate': expected `float` <= 1.0, found 2"),
        (change("verdict", to={}), "field 'verdict.text' is missing"),
        (change(*FULL, "auc", to=KeyError), "scores of 'full': expected accuracy, f1, auc"),
        (change(*FULL, "auc", "low", to=None), "expected both ends of an interval, found one"),
        (change("about", "random_pairs", to=KeyError), "protocol 'random_pairs' is missing"),
        (change("protocols", to={}), "field 'protocols': expected a model, found none"),
        (change("interval", "width", to=None), "expected a width where there is a coverage"),
        (change("gains", "verdicts", to={"gain": 1}), "verdicts: expected gain, loss, no clear"),
        (change("findings", 0, "holds", to="yes"), "field 'findings[0].holds'"),
    ],
)
def test_a_validation_that_cannot_be_shown(bingel, tmp_path, spoil, says):
    document = json.loads((bingel.folder / VALIDATION).read_text(encoding="utf-8"))
    text(document)
    (tmp_path / VALIDATION).write_text(json.dumps(spoil(document)), encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_validation(replace(bingel, folder=tmp_path))
    assert says in str(caught.value)
    assert str(caught.value).endswith("; taskrel evidence makes it again")
