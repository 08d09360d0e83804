"""Any settings: strategies for classifications, grids, clubs, venues and locations, in and out of every range."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from hypothesis import strategies as st

from clubtill_rules.members.classification import (
    Allowance,
    AllowanceReset,
    Benefits,
    Classification,
    LocationRatio,
    MemberPriceLevel,
)
from clubtill_rules.members.club import Club
from clubtill_rules.members.settings.columns import COLUMNS, Kind
from clubtill_rules.members.settings.findings import Finding
from clubtill_rules.members.settings.places import check_club, check_location, check_venue
from clubtill_rules.members.standing import Count
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.money import Money
from tests.rules.members.settings.house_kit import BANNED_ROW, PLAIN, TODAY, band, step

NUMBERS = st.one_of(st.integers(1, 5), st.just(99), st.integers(-2, 1001))
WHOLE = st.one_of(st.integers(0, 3), st.integers(-(2**63), 2**63))
MONEY = st.one_of(st.integers(0, 12).map(Money), st.integers(-(2**63), 2**63).map(Money))
NAMES = st.lists(st.sampled_from(["point", "marina", "pier", "food", "wine", "x"]), max_size=3).map(tuple)
WEEKDAYS = st.lists(st.integers(-1, 7), max_size=4).map(tuple)
MINUTES = st.integers(-1, 1440)
DATES = st.none() | st.dates()
MEDIA = st.none() | st.sampled_from(["cash", "eft", "pp-discount", "promo", "chips", ""])
LOCATIONS = st.sampled_from(["bar", "bistro", "cellar"])
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False), st.text("aBZ9 Ä-/.\0", max_size=3), WHOLE, MONEY, DATES,
    NAMES, WEEKDAYS, st.sampled_from(AllowanceReset),
)  # fmt: skip
BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.WHOLE: WHOLE,
    Kind.MONEY: MONEY,
    Kind.DECIMAL: WHOLE,
    Kind.PERCENT: st.integers(-1, 10_001),
    Kind.DATE: DATES,
    Kind.TIME: MINUTES,
    Kind.MEDIUM: MEDIA,
    Kind.WEEKDAYS: WEEKDAYS,
    Kind.NAMES: NAMES,
    Kind.TEXT: st.sampled_from(["", "B", "G", "b", "Bronze", "bronze ", "BANNED", "x" * 41]),
}
OTHERS: dict[str, st.SearchStrategy[Any]] = {
    "number": NUMBERS,
    "club_id": st.sampled_from(["larkspur", "staff", "nobody"]),
    "days_paid": st.none() | WHOLE,
    "venues": st.none() | NAMES,
    "location_ratios": st.lists(st.builds(LocationRatio, location_id=LOCATIONS, ratio=WHOLE), max_size=3).map(tuple),
    "member_prices": st.lists(
        st.builds(
            MemberPriceLevel,
            location_id=LOCATIONS,
            level=st.integers(0, 4),
            weekdays=st.none() | WEEKDAYS,
            start_min=MINUTES,
            end_min=MINUTES,
        ),
        max_size=3,
    ).map(tuple),
    "fixed_rate_h": st.none() | WHOLE,
    "benefits": st.builds(Benefits),
    "allowance": st.none()
    | st.builds(Allowance, limit=MONEY, reset=st.sampled_from(AllowanceReset), interval_days=WHOLE),
    "votes": st.booleans(),
    "update_sequence": WHOLE,
    "min_points": WHOLE,
    "check_months": st.none() | WHOLE,
}
SETTINGS = {f.name for f in fields(Classification)}
CELL: dict[str, st.SearchStrategy[Any]] = {
    **{c.key: BY_KIND[c.kind] for c in COLUMNS if c.key in SETTINGS},
    **OTHERS,
}
ROWS = st.builds(Classification, **CELL)
"""A row with anything in every column at once."""
SOUND = (
    band(1, 0, 12),
    band(2, 13, 40),
    band(3, 41, 99_999_999),
    step(11, 1, 0),
    step(12, 2, 3),
    PLAIN,
    BANNED_ROW,
    Classification(number=5, club_id="larkspur"),
)
"""Rows that nothing is wrong with, of every kind: few changes to them are often sound too."""
FEW = st.lists(st.sampled_from(sorted(CELL)), unique=True, max_size=3)


@st.composite
def rows_changed(draw: st.DrawFn, most: int = 1) -> tuple[Classification, ...]:
    """Give at most so many sound rows, each with anything in up to three columns."""
    sound = draw(st.lists(st.sampled_from(SOUND), unique=True, min_size=min(most, 1), max_size=most))
    return tuple(replace(one, **{key: draw(CELL[key]) for key in draw(FEW)}) for one in sound)


COUNTS = st.dictionaries(
    st.integers(1, 100), st.builds(Count, financial=st.integers(0, 3), unfinancial=st.integers(0, 3)), max_size=4
)

COUNT = st.builds(Count, financial=st.integers(0, 2), unfinancial=st.integers(0, 2))
CELLS = st.sampled_from(sorted(SETTINGS - {"location_ratios", "member_prices", "allowance", "benefits", "club_id"}))


def _any_of(owner: type) -> st.SearchStrategy[Any]:
    """Give a club, a venue or a location with anything in up to three fields."""
    names = {f.name for f in fields(owner)}
    plain = {"id": "a", "name": "A", "zone": "Australia/Sydney", "venue_id": "v"}
    typed = st.dictionaries(st.sampled_from(sorted(names - {"id", "tier_review"})), ANYTHING, max_size=3)
    return typed.map(lambda given: owner(**{name: v for name, v in {**plain, **given}.items() if name in names}))


PLACES = st.one_of(_any_of(Club), _any_of(Venue), _any_of(Location))


def check_place(place: Club | Venue | Location) -> tuple[Finding, ...]:
    """Check a place by what it is."""
    match place:
        case Club():
            return check_club(place, TODAY)
        case Venue():
            return check_venue(place)
        case _:
            return check_location(place)
