"""What the line charts share: colours that the colour-blind tell apart, and quiet axes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Okabe and Ito, "Color universal design", 2008, without yellow and black.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"


def new_axes(width: float, height: float) -> "Axes":
    """Axes of this size in inches, on a new figure; saving adds the room for names around them."""
    from matplotlib.figure import Figure

    full = (width + 1.4, height + 1.4)
    return Figure(full).add_axes((0.7 / full[0], 0.7 / full[1], width / full[0], height / full[1]))


def quiet(ax: "Axes", grid: str) -> None:
    """Light lines across one axis ("x" or "y"), pale spines, none above and on the right."""
    ax.set_axisbelow(True)
    ax.grid(axis=grid, color="0.92", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color("0.6")
    ax.tick_params(color="0.6", length=2)


def legend_beside(ax: "Axes") -> None:
    """Legend on the right of the axes, where it hides no data."""
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, borderaxespad=0)
