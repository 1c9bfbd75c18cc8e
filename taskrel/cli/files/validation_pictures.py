"""Four pictures of a validation: predicted and measured, calibration, coefficients, cost–regret."""

from pathlib import Path
from typing import Any

import pandas as pd

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.prediction import verdict
from taskrel.meta.predictor.table.pair_table import column_in_words
from taskrel.plots.calibration import calibration_data, plot_calibration
from taskrel.plots.coefficients import coefficient_data, plot_coefficients
from taskrel.plots.cost_regret import cost_regret_data, plot_cost_regret
from taskrel.plots.predicted import plot_predicted, predicted_data
from taskrel.plots.save import save_figure
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
    head = f"Evidence {evidence.name}:"
    answers = answers.assign(
        verdict=[
            verdict(low, high, True) for low, high in zip(answers.low, answers.high, strict=True)
        ]
    )
    levels = evidence.about["kind"].map(label_level).to_dict()
    data = predicted_data(answers, evidence.summary, levels=levels)
    title = f"{head} gains {UNSEEN}, and measured gains"
    drawn = {"predicted": (plot_predicted(data, title=title), data)}
    bins = document["reliability"].get(PROTOCOL, {}).get("full")
    if bins:
        brier = document["protocols"][PROTOCOL]["full"]["brier"]
        data = calibration_data(pd.DataFrame(bins), brier["value"] if brier else None)
        title = f"{head} calibration of P(gain),\n{UNSEEN}"
        drawn["calibration"] = plot_calibration(data, title=title), data
    if document["table_4"]:
        data = coefficient_data(_coefficients(document["table_4"]))
        title = f"{head} logistic regression on the paper's 42 features"
        ax = plot_coefficients(data, title=title, interval="95 % of 100 random splits")
        drawn["coefficients"] = ax, data
    data = cost_regret_data(_best(answers, evidence.families))
    title = f"{head} gain lost by trying the top-ranked auxiliaries only,\n{UNSEEN}"
    drawn["cost-regret"] = plot_cost_regret(data, title=title), data
    name = evidence.name.replace("/", "-")
    return [
        path
        for what, (ax, data) in drawn.items()
        for path in save_figure(ax, data, folder, f"{name}-{what}")
    ]


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
