"""The predictor of an evidence: the saved one where there is one, else one to be fitted."""

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.file import NAME, load_predictor
from taskrel.meta.predictor.predictor import GainPredictor


def find_predictor(evidence: Evidence) -> GainPredictor:
    """Read ``predictor.json`` beside the evidence, or take the evidence to fit what is asked.

    A saved predictor belongs to the evidence's default recipe and says how well
    it validates; one that is fitted here has no validation to show.
    """
    if evidence.folder is not None and (evidence.folder / NAME).is_file():
        return load_predictor(evidence.folder / NAME, evidence)
    return GainPredictor().fit(evidence)
