"""Caching: whether the terminals of a venue keep every member, or those who are likely to come (D27, R90)."""

from __future__ import annotations

from typing import Final

from clubtill_rules.members.venue import MemberCache

EVERYONE_MAX: Final = 100_000
HOME_VENUE: Final = "home_venue"
"""The attribute that names the venue where a member is at home (R95)."""


def keeps_everyone(chosen: MemberCache, members: int) -> bool:
    """Tell whether a venue's terminals keep everyone, given how many accounts the installation has (D27).

    Otherwise they keep the working set: who is at home there or was seen there lately (`points.leases`), and whoever's
    points one of its terminals holds.
    """
    if chosen is MemberCache.AUTO:
        return members <= EVERYONE_MAX
    return chosen is MemberCache.EVERYONE
