"""Pictures of a replay of searches: what is lost at which cost, one for each level of labels."""

from pathlib import Path
from typing import Any

import pandas as pd

from taskrel.plots.save import save_figure
from taskrel.plots.search_cost import plot_search_cost, search_cost_data
from taskrel.tasks.task import LEVEL_NAMES


def draw(evidence: str, found: dict[str, Any], folder: Path) -> list[Path]:
    """Draw what `search_validation` returns; a PNG and the CSV behind it for each level."""
    paths = []
    for level, own in found.items():
        rows = [
            {
                "strategy": name,
                "share": float(share),
                "regret": figure["value"],
                "low": figure["low"],
                "high": figure["high"],
            }
            for name, by_share in own["regret"].items()
            for share, figure in by_share.items()
        ]
        data = search_cost_data(pd.DataFrame(rows))
        title = f"Evidence {evidence}: searches replayed for {LEVEL_NAMES[level]} main tasks"
        ax = plot_search_cost(data, title=title)
        name = evidence.replace("/", "-")
        paths += save_figure(ax, data, folder, f"{name}-search-{level}")
    return paths
