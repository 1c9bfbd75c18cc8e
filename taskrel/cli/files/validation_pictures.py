"""Four pictures of a validation: predicted and measured, calibration, coefficients, cost–regret."""

from pathlib import Path
from typing import Any

import pandas as pd

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.prediction import verdict
from taskrel.meta.predictor.table.pair_table import column_in_words
from taskrel.plots.calibration import calibration_data, save_calibration
from taskrel.plots.coefficients import coefficient_data, save_coefficients
from taskrel.plots.cost_regret import cost_regret_data, save_cost_regret
from taskrel.plots.predicted import predicted_data, save_predicted
from taskrel.tasks.task import label_level
from taskrel.validation.scoring.scores import best_of
from taskrel.validation.verdict import PROTOCOL

UNSEEN = "predicted without the main task's family"


def draw(
    evidence: Evidence, document: dict[str, Any], answers: pd.DataFrame, folder: Path
) -> list[Path]:
    """Draw what a validation found; returns the files' paths.

    Parameters
    ----------
    evidence : Evidence
        What was validated.
    document : dict
        As `full_validation` returns it.
    answers : DataFrame
        As `held_out_answers` returns them.
    folder : Path
        Where the pictures go, a PNG and the CSV behind each.
    """
    name = evidence.name.replace("/", "-")
    answers = answers.assign(
        verdict=[
            verdict(low, high, True) for low, high in zip(answers.low, answers.high, strict=True)
        ]
    )
    paths = save_predicted(
        predicted_data(
            answers, evidence.summary, levels=evidence.about["kind"].map(label_level).to_dict()
        ),
        folder,
        f"{name}-predicted",
        title=f"Evidence {evidence.name}: gains {UNSEEN}, and measured gains",
    )
    bins = document["reliability"].get(PROTOCOL, {}).get("full")
    if bins:
        brier = document["protocols"][PROTOCOL]["full"]["brier"]
        paths += save_calibration(
            calibration_data(pd.DataFrame(bins), brier["value"] if brier else None),
            folder,
            f"{name}-calibration",
            title=f"Evidence {evidence.name}: calibration of P(gain),\n{UNSEEN}",
        )
    if document["table_4"]:
        paths += save_coefficients(
            coefficient_data(_coefficients(document["table_4"])),
            folder,
            f"{name}-coefficients",
            title=f"Evidence {evidence.name}: logistic regression on the paper's 42 features",
            interval="95 % of 100 random splits",
        )
    return paths + save_cost_regret(
        cost_regret_data(_best(answers, evidence.families)),
        folder,
        f"{name}-cost-regret",
        title=f"Evidence {evidence.name}: gain lost by trying the top-ranked auxiliaries only,\n"
        f"{UNSEEN}",
    )


def _coefficients(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Table 4 as `coefficient_data` reads it; without published figures where there are none."""
    table = pd.DataFrame(rows).rename(columns={"mean": "coefficient"})
    table["feature"] = [column_in_words(c) for c in table["feature"]]
    return table if table["published"].notna().any() else table.drop(columns="published")


def _best(answers: pd.DataFrame, families: pd.Series) -> pd.DataFrame:
    """The best gain of the k first auxiliaries in each ranking, as `cost_regret_data` takes it."""
    rows = []
    for model, ranked in _ranked(answers, families).groupby("model", sort=False):
        for main, pairs in ranked.groupby("main"):
            score, gain = pairs["score"].to_numpy(), pairs["gain"].to_numpy()
            best = [0.0, *(best_of(k, score, gain) for k in range(1, len(gain) + 1))]
            rows += [(model, main, k, value) for k, value in enumerate(best)]
    return pd.DataFrame(rows, columns=["model", "main", "k", "best"])


def _ranked(answers: pd.DataFrame, families: pd.Series) -> pd.DataFrame:
    """Rankings of the auxiliaries: model, main, aux, score and measured gain.

    By the ranker, by P(gain), by the auxiliary's mean gain for main tasks of other
    families, by chance and by the measured gains. Auxiliaries of main's own family are
    left out.

    families : family by task
    """
    answers = answers[answers["asked"]]
    total, count = (answers.groupby("aux")["measured"].transform(how) for how in ("sum", "count"))
    own = [families[main] for main in answers["main"]]
    own_total, own_count = (
        answers.groupby(["aux", own])["measured"].transform(how) for how in ("sum", "count")
    )
    others = count - own_count
    orders = {
        "ranker": answers["score"],
        "P(gain)": answers["probability"],
        "auxiliary's mean gain elsewhere": ((total - own_total) / others.where(others > 0)).fillna(
            0.0
        ),
        "random": 0.0,
        "oracle": answers["measured"],
    }
    gains = answers[["main", "aux"]].assign(gain=answers["measured"])
    return pd.concat(
        [gains.assign(model=model, score=score) for model, score in orders.items()],
        ignore_index=True,
    )
