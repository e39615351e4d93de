"""The one visual language: a colour a segment, the same everywhere, that colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Iterable

# Paul Tol's "muted" scheme (https://personal.sron.nl/~pault/, 2021): nine colours that keep apart for every kind of
# colour blindness, and a grey.
PALETTE = (
    "#332288",
    "#117733",
    "#44aa99",
    "#88ccee",
    "#ddcc77",
    "#cc6677",
    "#aa4499",
    "#882255",
    "#999933",
    "#888888",
)

# Where a name would like to stand in the palette: those who are here from indigo to sand, those who leave from rose on.
PREFERRED = {
    **{"VIP": 0, "Core": 0, "Big spender": 8},
    **{"Loyal": 1, "Engaged": 1, "Frequent small baskets": 8},
    **{"Regular": 2, "Rising": 2, "Average customer": 2},
    **{"New": 3, "First order": 3, "Engaged newcomer": 3},
    **{"Occasional": 4, "Low engagement": 4},
    **{"At risk": 5, "Slipping": 5, "Slowing loyal": 6, "Lapsed regular": 6},
    **{"Lost": 7, "Lapsed big spender": 7, "One-time": 9},
}

# Of everybody, of what is no segment.
NEUTRAL = "#888888"
# Of the overlay of high returners.
OVERLAY = "#d55e00"


def segment_colors(segments: Iterable[str]) -> dict[str, str]:
    """Give each segment a colour of its own, which does not depend on the order in which they are named.

    Parameters
    ----------
    segments : iterable of str
        Names of the segments of one model, at most as many as the palette has colours.

    Returns
    -------
    dict of str to str
        Names, sorted, to colours. A name gets the one it prefers, or where another has it the next free one.
    """
    free = list(range(len(PALETTE)))
    slots: dict[str, int] = {}
    for segment in sorted(set(segments), key=lambda name: (PREFERRED.get(name) is None, name)):
        preferred = PREFERRED.get(segment, 0)
        slots[segment] = min(free, key=lambda slot: (slot - preferred) % len(PALETTE))
        free.remove(slots[segment])
    return {segment: PALETTE[slots[segment]] for segment in sorted(slots)}
