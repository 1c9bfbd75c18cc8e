"""A validation as text: tables that fit 120 columns, and the verdict."""

from typing import Any

from taskrel.cli.text.validation.checks import check_blocks
from taskrel.cli.text.validation.gain_map import gain_map_text
from taskrel.cli.text.validation.layout import wrapped
from taskrel.cli.text.validation.paper import paper_blocks
from taskrel.cli.text.validation.rankings import ranking_blocks
from taskrel.cli.text.validation.scores import score_blocks


def text(document: dict[str, Any]) -> str:
    """What ``taskrel validate`` prints."""
    ceiling = document["noise_ceiling"]
    noise = (
        "Each pair was trained once, so the seed noise of the gains is unknown."
        if ceiling is None
        else f"Seed noise limits the Spearman correlation of a perfect predictor to {ceiling:.2f}."
    )
    verdicts = []
    if document.get("new_verdict"):
        verdicts.append(
            wrapped(
                "Verdict for a new task, which lacks the features that need an encoder: "
                f"{document['new_verdict']['text']}"
            )
        )
    verdicts.append(wrapped(f"Verdict: {document['verdict']['text']}"))
    return "\n\n".join(
        [
            wrapped(
                f"{document['evidence']}: {document['n_tasks']} tasks of {document['n_families']} "
                f"families, {document['n_pairs']} measured pairs. "
                f"{100 * document['base_rate']:.0f} % of the pairs gain. {noise}"
            ),
            wrapped(f"Intervals in brackets: {document['notes']['interval']}"),
            gain_map_text(document["gains"]),
            *score_blocks(document),
            *ranking_blocks(document),
            *check_blocks(document),
            *paper_blocks(document),
            *verdicts,
        ]
    )
