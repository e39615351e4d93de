"""The one visual language: a colour a segment, the same everywhere, that colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Each has a contrast of at least 3:1 with white and with the dark background (WCAG 1.4.11), so that a segment keeps its
# colour in both. Between those bounds of lightness they are as far apart as a search got them, also as people with
# protanopia, deuteranopia and tritanopia see them; a test holds them to it.
PALETTE = (
    "#6379ee",
    "#11aa5d",
    "#157c5d",
    "#7f93c2",
    "#ce7f00",
    "#c63943",
    "#8251be",
    "#9d3b90",
    "#496e00",
    "#85858a",
)
# Where a name would like to be in the palette, so that a refit to other segments keeps the colours of its names.
PREFERRED = {
    **{"VIP": 0, "Core": 0, "High value": 0, "Big spender": 6},
    **{"Loyal": 1, "Engaged": 2, "Frequent small baskets": 2},
    **{"Regular": 2, "Rising": 2, "Average customer": 2},
    **{"New": 3, "First order": 3, "One order": 3, "Newcomer": 3, "Repeat newcomer": 2, "Quick starter": 3},
    **{"New big spender": 6, "Large first order": 6},
    **{"Occasional": 4, "Low engagement": 4},
    **{"At risk": 5, "Lapsed VIP": 5, "Lapsed loyal": 5, "Slipping": 6, "Fading": 6, "Lapsed regular": 6},
    **{"Overdue big spender": 7, "Lost": 7, "Lapsed big spender": 7, "Dormant": 7},
    **{"One-time": 8, "One-time big spender": 8},
}

# Of everybody, of what is no segment.
NEUTRAL = "#6f7f95"
# Of the overlay of high returners.
OVERLAY = "#d55e00"


@dataclass(frozen=True)
class Ink:
    """Colours of what is neither a segment nor a value.

    Attributes
    ----------
    text : str
        Titles, labels and lines that are read.
    muted : str
        Lines of axes.
    grid : str
        Lines behind the marks.
    background : str
        Of the paper; `transparent` where the page has one.
    """

    text: str
    muted: str
    grid: str
    background: str = "transparent"


LIGHT = Ink("#1f2328", "#6b7280", "#e3e5e8", "#ffffff")
DARK = Ink("#e6e8eb", "#9aa1ab", "#2e343d", "#0e1117")


def segment_colors(segments: Iterable[str], former: Iterable[str] = ()) -> dict[str, str]:
    """Give each segment a colour of its own, which does not depend on the order in which they are named.

    Parameters
    ----------
    segments : iterable of str
        Names of the segments of the model in force.
    former : iterable of str, default none
        Names that only the history knows. They take what the others leave.

    Returns
    -------
    dict of str to str
        Names to colours, in the order of the names as given. A name gets the colour it prefers, or where another has
        it the next free one; what comes after the last colour is neutral.
    """
    own = list(segments)
    names = list(dict.fromkeys((*own, *former)))
    free = list(range(len(PALETTE)))
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (name not in own, name not in PREFERRED, name)):
        if not free:
            break
        preferred = PREFERRED.get(name, 0)
        slot = min(free, key=lambda slot: (slot - preferred) % len(PALETTE))
        free.remove(slot)
        found[name] = PALETTE[slot]
    return {name: found.get(name, NEUTRAL) for name in names}
