"""Made-up data frames, and tasks from them."""

import pandas as pd

from taskrel.tasks.task import Task

TEXTS = [f"It isn't text {i}." for i in range(40)]


def frame(**columns):
    return pd.DataFrame(columns)


def texts(n=40, **columns):
    return frame(text=TEXTS[:n], **columns)


def tones(df=None, **options):
    df = texts(label=["up", "down"] * 20) if df is None else df
    return Task.from_frame(df, **{"text": "text", "label": "label", "name": "tones"} | options)
