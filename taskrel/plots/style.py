"""What the pictures share: their width, colours for the colour-blind, quiet axes, panels."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Inches, at most. A README shows 900 pixels: letters of 8 points are then 11 pixels high.
WIDTH = 9.0
#: Width of a letter of 8 points, inches; a little more than the mean.
LETTER = 0.066

#: Names may hold any character: no TeX.
STYLE: dict[Any, Any] = {"font.size": 8, "text.parse_math": False, "hatch.linewidth": 0.6}

#: Okabe and Ito, "Color universal design", 2008, without yellow and black.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)


def new_axes(
    width: float,
    height: float,
    *,
    left: float = 0.7,
    right: float = 0.7,
    above: float = 0.7,
    below: float = 0.7,
) -> "Axes":
    """Axes on a new figure, all sizes in inches; saving adds room for what is outside of it."""
    from matplotlib.figure import Figure

    full = left + width + right, above + height + below
    place = left / full[0], below / full[1], width / full[0], height / full[1]
    return Figure(full).add_axes(place)


class Sheet(NamedTuple):
    """Blank axes on which panels are placed; width and height in inches."""

    ax: "Axes"
    width: float
    height: float

    def panel(self, left: float, top: float, width: float, height: float, **options: Any) -> "Axes":
        """New axes of this size, inches from the upper left corner of the sheet."""
        bottom = self.height - top - height
        return self.ax.inset_axes(
            (
                left / self.width,
                bottom / self.height,
                width / self.width,
                height / self.height,
            ),
            **options,
        )


def sheet(ax: "Axes | None", width: float, height: float) -> Sheet:
    """Blank axes as a sheet of this size: `ax`, to whose size all is scaled, or a new figure."""
    from matplotlib.figure import Figure

    ax = ax or Figure((width, height)).add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    return Sheet(ax, width, height)


def longest(names: Sequence[str]) -> float:
    """Room in inches for the longest of these names."""
    return LETTER * max(map(len, names)) + 0.1


def quiet(ax: "Axes", grid: Literal["x", "y", "both"]) -> None:
    """Light lines across one axis or both, pale spines, none above and on the right."""
    ax.set_axisbelow(True)
    ax.grid(axis=grid, color="0.92", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color("0.6")
    ax.tick_params(color="0.6", length=2)


def set_title(ax: "Axes", title: str | None, pad: float = 8) -> None:
    """Bold, above the left end of the axes; None: no title."""
    if title:
        ax.set_title(title, loc="left", fontweight="bold", pad=pad)


def legend_below(ax: "Axes", drawn: Mapping[str, Any]) -> None:
    """Legend below the axes: name → what is drawn; none where nothing is."""
    if drawn:
        ax.legend(
            list(drawn.values()),
            list(drawn),
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            ncols=len(drawn),
            frameon=False,
        )


def legend_beside(ax: "Axes") -> None:
    """Legend on the right of the axes, where it hides no data."""
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, borderaxespad=0)
