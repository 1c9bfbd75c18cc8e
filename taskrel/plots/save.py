"""How every picture is saved: PNG and SVG, and the CSV behind them, the same every time."""

from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.io.paths import atomic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Names may hold any character: no TeX. Fixed identifiers make SVG files reproducible.
STYLE = {
    "font.size": 8,
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "taskrel",
}


def save_figure(figure: "Figure", df: "pd.DataFrame", folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG and its data as CSV: each whole or not, the same every time."""
    import matplotlib

    paths = [Path(folder) / f"{name}.{kind}" for kind in ("png", "svg", "csv")]
    for path in paths:
        with atomic(path) as temporary, matplotlib.rc_context(STYLE):
            if path.suffix == ".csv":
                df.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")
            else:
                undated = {"Date": None} if path.suffix == ".svg" else {}
                figure.savefig(temporary, dpi=160, metadata=undated, bbox_inches="tight")
    return paths
