"""How every picture is saved: a PNG, and the CSV of what it shows, the same every time.

``save_figure(plot_heatmap(data), data, folder, "gains")`` writes ``gains.png`` and ``gains.csv``.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.plots.style import STYLE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Pixels per inch: a picture of `style.WIDTH` has 1,440, for a place of 900 on a sharp screen.
DPI = 160


def save_figure(ax: "Axes", df: "pd.DataFrame", folder: Path, name: str) -> list[Path]:
    """Write the figure of these axes as PNG and its data as CSV; returns the two paths.

    Both are made in memory first: an error leaves no half of a picture.
    """
    import matplotlib

    png = BytesIO()
    with matplotlib.rc_context(STYLE):
        ax.figure.canvas.print_figure(png, format="png", dpi=DPI, bbox_inches="tight")
    csv = df.to_csv(index=False, lineterminator="\n").encode("utf-8")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png", folder / f"{name}.csv"]
    for path, content in zip(paths, (png.getvalue(), csv), strict=True):
        path.write_bytes(content)
    return paths
