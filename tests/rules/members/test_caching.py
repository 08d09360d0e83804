"""Caching: whom the terminals of a venue keep (D27)."""

from __future__ import annotations

import pytest

from clubtill_rules.members.caching import HOME_VENUE, keeps_everyone
from clubtill_rules.members.venue import MemberCache, Venue


@pytest.mark.parametrize(
    ("chosen", "members", "everyone"),
    [
        (MemberCache.AUTO, 0, True),
        (MemberCache.AUTO, 100_000, True),
        (MemberCache.AUTO, 100_001, False),
        (MemberCache.EVERYONE, 100_001, True),
        (MemberCache.WORKING_SET, 0, False),
    ],
)
def test_everyone_is_the_default_up_to_100000_members(chosen: MemberCache, members: int, everyone: bool) -> None:
    """D27: a venue setting; left alone it is everyone up to 100,000 members."""
    assert keeps_everyone(chosen, members) is everyone
    assert Venue(id="v", name="v", zone="UTC").member_cache is MemberCache.AUTO


def test_the_home_venue_is_an_attribute_of_the_member() -> None:
    """R95, D27: clubs type it under this name."""
    assert HOME_VENUE == "home_venue"
