"""A validation as text: tables that fit 120 columns, and the verdict."""

import textwrap
from collections.abc import Iterable
from typing import Any

from taskrel.cli.text.coverage import coverage_in_words
from taskrel.cli.text.gain_map import gain_map_text
from taskrel.cli.text.table import table
from taskrel.validation.models.candidates import GROUPS

WIDTH = 120
#: Column → score; those with an interval, and those without.
WITH_INTERVAL = {
    "accuracy": "accuracy",
    "within-main AUC": "within_main_auc",
    "Spearman": "spearman",
}
COLUMNS = {
    "accuracy": "accuracy",
    "F1": "f1",
    "AUC": "auc",
    "within-main AUC": "within_main_auc",
    "Brier": "brier",
    "Spearman": "spearman",
    "NDCG": "ndcg",
    "r@1": "regret_1",
    "r@3": "regret_3",
    "r@5": "regret_5",
}
DIFFERENCES = {
    "accuracy": "accuracy",
    "within-main AUC": "within_main_auc",
    "Spearman": "spearman",
    "Brier": "brier",
    "r@3": "regret_3",
}
#: Those shown of groups of features, and by unit of labels.
GROUPED = {"AUC": "within_main_auc", "Spearman": "spearman"}
#: The protocol of the verdict, of which differences and calibration are shown, too.
JUDGED = "leave_family_out"
#: Rows of Table 4: our strongest columns, and the paper's.
STRONGEST = 12

LEGEND = (
    'F1 of "gain"; within-main AUC, Spearman, NDCG: order of the auxiliaries of one main task, '
    "mean over main tasks; r@k: regret, gain lost in percent of the score if only the best k are "
    "tried; lower is better for Brier and r@k."
)
HOLDS = {True: "yes", False: "no", None: "?"}


def text(document: dict[str, Any]) -> str:
    """What the command prints."""
    ceiling = document["noise_ceiling"]
    head = (
        f"{document['evidence']}: {document['n_tasks']} tasks of {document['n_families']} "
        f"families, {document['n_pairs']} measured pairs, {document['base_rate']:.0%} of them "
        "gains. "
        + (
            "One run for each pair: how noisy the gains are is not known."
            if ceiling is None
            else f"Noisy gains limit a perfect predictor's Spearman to {ceiling:.2f}."
        )
    )
    notes = document["notes"]
    blocks = [
        _wrapped(head),
        _wrapped(LEGEND),
        _wrapped(f"Interval: {notes['interval']}."),
        _wrapped(f"Levels: {notes['levels']}."),
    ]
    blocks.append(gain_map_text(document["gains"]))
    for key, scope in (("protocols", ""), ("within_kind", ", auxiliaries of main's kind only")):
        blocks += [
            f"{name}{scope}: {document['about'][name]}\n{_scores(models)}"
            for name, models in (document[key] or {}).items()
        ]
    blocks += _by_unit(document.get("by_unit"))
    differences = document["differences"].get(JUDGED, {})
    blocks += list(_differences({k: v for k, v in differences.items() if k not in GROUPS}))
    blocks += _groups({k: v for k, v in differences.items() if k in GROUPS})
    blocks += list(_reliability(document["reliability"].get(JUDGED, {})))
    blocks += _by_size(document.get("by_size"))
    if document["table_3"]:
        blocks += [_table_3(document["table_3"]), _table_4(document["table_4"])]
    for key, whose in (("", ""), ("new_", ", of a new task")):
        if document.get(f"{key}interval"):
            blocks.append(_coverage(document[f"{key}interval"], whose))
        if document.get(f"{key}probability"):
            blocks.append(_probability(document[f"{key}probability"], whose))
    if document.get("new_verdict"):
        blocks.append(
            _wrapped(
                f"of a new task, which has no encoder features: {document['new_verdict']['text']}"
            )
        )
    blocks.append(_wrapped(f"verdict: {document['verdict']['text']}"))
    return "\n\n".join(blocks)


def _coverage(interval: dict[str, Any], whose: str) -> str:
    if interval["coverage"] is None:
        return f"expected gain{whose}: too few pairs for an interval"
    return _wrapped(
        f"expected gain{whose}: the interval meant to cover {interval['level']:.0%} of "
        f"gains covers {coverage_in_words(interval)} of {interval['n']} pairs under "
        f"{JUDGED}; its median width is {interval['width']:.1f} percent of the score."
    )


def _probability(found: dict[str, Any], whose: str) -> str:
    if found["gap"] is None:
        return f"P(gain){whose}: nothing can be learned without the family that is asked about"
    luck = (
        f" Were it right, luck would make that {found['chance']:.2f}." if "chance" in found else ""
    )  # validations of earlier versions do not say
    return _wrapped(
        f"P(gain){whose}: for a main task as a whole it is off by {found['gap']:.2f} "
        f"[{found['low']:.2f}, {found['high']:.2f}] in the mean, mean P(gain) against "
        f"the share of its auxiliaries that help, under {JUDGED}.{luck}"
    )


def _scores(models: dict[str, Any]) -> str:
    rows = [
        {"model": name}
        | {
            column: _figure(figures[score], score in WITH_INTERVAL.values())
            for column, score in COLUMNS.items()
        }
        for name, figures in models.items()
    ]
    return table(rows, ["model", *COLUMNS])


def _figure(figure: dict[str, Any] | None, interval: bool) -> float | str | None:
    if figure is None:
        return "–" if interval else None
    return _interval(figure) if interval else figure["value"]


def _interval(figure: dict[str, Any], form: str = ".2f") -> str:
    """Value and interval; without the zeros before the points, so that ten columns fit.

    >>> _interval({"value": 0.476, "low": -0.108, "high": 1.0})
    '0.48 [-.11, 1.00]'
    """
    value = f"{figure['value']:{form}}"
    if figure["low"] is None:
        return value
    low, high = (f"{round(figure[end], 2) + 0.0:.2f}" for end in ("low", "high"))  # no "-0.00"
    return f"{value} [{_short(low)}, {_short(high)}]"


def _short(number: str) -> str:
    return number.replace("0.", ".", 1) if number.lstrip("-").startswith("0.") else number


def _differences(models: dict[str, Any]) -> Iterable[str]:
    for model, baselines in models.items():
        there = {
            column: score
            for column, score in DIFFERENCES.items()
            if any(figures[score] for figures in baselines.values())
        }
        rows = [
            {f"{model} less": name}
            | {
                column: _interval(figures[score], "+.2f") if figures[score] else "–"
                for column, score in there.items()
            }
            for name, figures in baselines.items()
        ]
        yield (
            f"{JUDGED}: {model} less each baseline, on the same resamples\n"
            f"{table(rows, [f'{model} less', *there])}"
        )


def _groups(models: dict[str, Any]) -> list[str]:
    """Whether a group of features says more of a new main task than numbers without meaning."""
    if not models:
        return []
    rows = [
        {"features": name}
        | {
            f"{column} less {rival}": _interval(figures[score], "+.2f") if figures[score] else "–"
            for column, score in GROUPED.items()
            for rival, figures in rivals.items()
        }
        for name, rivals in models.items()
    ]
    return [
        f"{JUDGED}: each group of features alone, by the paper's classifier, less noise "
        f"features and the auxiliary's mean\ngain; AUC: within-main AUC\n"
        f"{table(rows, list(rows[0]))}"
    ]


def _by_unit(units: dict[str, Any] | None) -> list[str]:
    """Scores by unit of main's labels; validations of earlier versions do not say."""
    if not units:
        return []
    rows = [
        {"model": name}
        | {
            f"{column}, per {unit}": _figure(units[unit][name][score], True)
            for column, score in GROUPED.items()
            for unit in units
        }
        for name in next(iter(units.values()))
    ]
    return [
        f"{JUDGED}: order of the auxiliaries, by what main labels: each token, or the whole "
        f"text; AUC: within-main AUC\n{table(rows, list(rows[0]))}"
    ]


def _by_size(rows: list[dict[str, Any]] | None) -> list[str]:
    """Whether more tasks would help; validations of earlier versions do not say."""
    if not rows:
        return []
    forms = {"ranker": ".2f", "no_features": ".2f", "difference": "+.2f"}
    shown = [
        {
            "tasks": f"{row['n_tasks']:.0f}",
            "draws": row["n_draws"],
            # One draw has no range.
            **{
                name: _interval(
                    row[name] if row["n_draws"] > 1 else row[name] | {"low": None}, form
                )
                for name, form in forms.items()
            },
        }
        for row in rows
    ]
    return [
        f"{JUDGED}: Spearman with fewer tasks, mean and range over draws of their families\n"
        f"{table(shown, list(shown[0]))}"
    ]


def _reliability(models: dict[str, Any]) -> Iterable[str]:
    for model, bins in models.items():
        rows = [{"said": b["probability"], "was": b["gains"], "pairs": b["n"]} for b in bins]
        yield (
            f"{JUDGED}: P(gain) that {model} said, and the share of gains that there was\n"
            f"{table(rows, ['said', 'was', 'pairs'])}"
        )


def _table_3(rows: list[dict[str, Any]]) -> str:
    shown = [
        {
            "model": row["model"],
            "columns": len(row["columns"]) or None,
            **{
                f"{name}{after}": _three(row[f"{before}{key}"])
                for name, key in (("accuracy", "accuracy"), ("F1", "f1"))
                for after, before in (("", ""), (" nested", "nested_"), (" paper", "published_"))
            },
        }
        for row in rows
    ]
    names = {
        row["model"]: ", ".join(row["columns"]) for row in rows if row["model"].startswith("best")
    }
    return "\n".join(
        [
            "Table 3 of Bingel & Søgaard (2017): 100 runs of 5 folds of random pairs",
            table(shown, list(shown[0])),
            _wrapped(
                "The best columns are chosen on the pairs that they are scored on, as in the "
                "paper, and so look too good; nested: chosen in the training pairs of each fold."
            ),
            *(_wrapped(f"{name}: {columns}") for name, columns in names.items()),
        ]
    )


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table_4(rows: list[dict[str, Any]]) -> str:
    printed = sorted(
        (r for r in rows if r["published"] is not None), key=lambda r: -abs(r["published"])
    )
    strongest = {r["feature"] for r in rows[:STRONGEST]} | {
        r["feature"] for r in printed[:STRONGEST]
    }
    shown = [
        {
            "place": place,
            "feature": r["feature"],
            "mean": f"{r['mean']:+.3f}",
            "over splits": f"[{r['low']:+.2f}, {r['high']:+.2f}]",
            "paper": "–" if r["published"] is None else f"{r['published']:+.3f}",
        }
        for place, r in enumerate(rows, 1)
        if r["feature"] in strongest
    ]
    agree = sum((r["mean"] > 0) == (r["published"] > 0) for r in printed[:8])
    return "\n".join(
        [
            "Table 4 of Bingel & Søgaard (2017): mean coefficients over 100 random 80/20 splits",
            table(shown, list(shown[0])),
            f"{agree} of the paper's strongest {len(printed[:8])} agree in sign. Splits share tasks: "
            "their range is no interval for other tasks.",
        ]
    )


def _findings(findings: list[dict[str, Any]]) -> str:
    lines = ["Findings of Bingel & Søgaard (2017), on this evidence (?: it cannot say)"]
    for finding in findings:
        lines += [
            f"{HOLDS[finding['holds']]:4}{finding['finding']}",
            textwrap.fill(
                finding["figure"], WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6
            ),
        ]
    return "\n".join(lines)


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, break_on_hyphens=False)
