"""No combination of settings crashes a check, and what has no error is what the rules say (R6, R7, R56, R69, 3.1)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill.demo import cast
from clubtill_rules.members.account import Linked, MemberCard
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
from clubtill_rules.members.settings.findings import Severity, saveable
from clubtill_rules.members.settings.grid import forced, greyed, guest, is_blank, next_free, tidied
from clubtill_rules.members.settings.house import House
from clubtill_rules.members.settings.links import check_links
from clubtill_rules.members.settings.places import check_club, check_location, check_venue
from clubtill_rules.members.settings.rows import check_row
from clubtill_rules.members.settings.tables import check_table
from clubtill_rules.members.standing import Count
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.money import NIL, Money
from clubtill_wording.speech import Speech
from tests.rules.members.settings.house_kit import BANNED_ROW, HOUSE, TODAY, row

NUMBERS = st.one_of(st.integers(1, 5), st.just(99), st.integers(-2, 1001))
WHOLE = st.one_of(st.integers(0, 3), st.integers(-(2**63), 2**63))
MONEY = st.one_of(st.integers(0, 12).map(Money), st.integers(-(2**63), 2**63).map(Money))
NAMES = st.lists(st.sampled_from(["point", "marina", "pier", "food", "wine", "x"]), max_size=3).map(tuple)
WEEKDAYS = st.lists(st.integers(-1, 7), max_size=4).map(tuple)
MINUTES = st.integers(-1, 1440)
DATES = st.none() | st.dates()
MEDIA = st.none() | st.sampled_from(["cash", "eft", "pp-discount", "promo", "chips", ""])
PLACES = st.sampled_from(["bar", "bistro", "cellar"])
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False), st.text("aBZ9 Ä-/.\0", max_size=3), WHOLE, MONEY, DATES, NAMES, WEEKDAYS,
    st.sampled_from(AllowanceReset),
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
    "location_ratios": st.lists(st.builds(LocationRatio, location_id=PLACES, ratio=WHOLE), max_size=3).map(tuple),
    "member_prices": st.lists(
        st.builds(
            MemberPriceLevel,
            location_id=PLACES,
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
ROWS = st.builds(Classification, **{**{c.key: BY_KIND[c.kind] for c in COLUMNS if c.key in SETTINGS}, **OTHERS})
COUNTS = st.dictionaries(
    st.integers(1, 100), st.builds(Count, financial=st.integers(0, 3), unfinancial=st.integers(0, 3)), max_size=4
)
SPEECHES = (Speech(locale="en"), Speech(locale="ar"))


def say(findings: Any) -> None:
    """Say every finding in every language; a fact that is missing, or a code without words, raises."""
    for found in findings:
        for speech in SPEECHES:
            text = speech.why(found.because[0])
            assert text
            assert "{" not in text


@given(one=ROWS, count=st.builds(Count, financial=st.integers(0, 2), unfinancial=st.integers(0, 2)))
def test_no_row_crashes_a_check(one: Classification, count: Count) -> None:
    """R6, R7, R15, R56, R69, 3.1: any row has an answer, all of it can be said, and nothing is found twice."""
    findings = check_row(one, HOUSE, count)
    assert all(f.number == one.number for f in findings)
    say(findings)


@given(one=ROWS)
def test_a_row_without_errors_keeps_the_rules(one: Classification) -> None:
    """R6, R7, R15, R56, R69, R101, 3.1: what may be saved has never both paid fields, nor a figure out of its range."""
    sound = tidied(forced(one))
    if is_blank(sound) or not saveable(check_row(sound, HOUSE)):
        return
    assert 1 <= sound.number <= 999
    assert sound.description
    assert sound.paid_to is None or sound.days_paid is None
    assert sound.venues is None or sound.venues
    assert NIL <= sound.tier_min <= sound.tier_max <= Money(99_999_999)
    assert sound.points_pay_discount_bp == 0 or sound.points_pay_discount_media is not None
    assert sound.points_pay_discount_media not in HOUSE.tenders
    assert 0 <= sound.redemption_ratio <= 100_000
    assert all(0 <= own.ratio <= 100_000 for own in sound.location_ratios)
    assert all(price.level in HOUSE.locations[price.location_id] for price in sound.member_prices)
    assert sound.number != 99 or (sound.fee, sound.join_points, sound.redemption_ratio) == (NIL, 0, 0)


@given(
    key=st.sampled_from(sorted(SETTINGS - {"location_ratios", "member_prices", "allowance", "benefits", "club_id"})),
    value=ANYTHING,
)
def test_no_value_of_a_cell_crashes_a_check(key: str, value: Any) -> None:
    """3.1: whatever stands in a cell, of whatever kind, the row and the grid have an answer."""
    typed = replace(row(3, days_paid=365), **{key: value})
    findings = check_table([row(1), typed, BANNED_ROW], HOUSE)
    say(findings)
    of = next((c for c in COLUMNS if c.key == key), None)
    if of is not None and value is None and key in {"number", "fee", "days_to_run"}:
        assert not saveable(findings)


@given(rows=st.lists(ROWS, max_size=6), counts=COUNTS, saved=st.lists(ROWS, max_size=2))
def test_no_grid_crashes_a_check(
    rows: list[Classification], counts: dict[int, Count], saved: list[Classification]
) -> None:
    """R6, R56, R64, R66, 3.2: any grid has an answer, errors first; without one numbers are unique and bands follow."""
    findings = check_table(rows, HOUSE, counts=counts, saved=saved)
    severities = [list(Severity).index(f.severity) for f in findings]
    assert severities == sorted(severities)
    say(findings)
    if not saveable(findings):
        return
    written = [one for one in rows if not is_blank(one)]
    assert len({one.number for one in written}) == len(written)
    tiers = sorted((one for one in written if one.number != 99 and one.tier_max), key=lambda one: one.tier_min)
    assert all(upper.tier_min.minor == lower.tier_max.minor + 1 for lower, upper in pairwise(tiers))


@given(bounds=st.lists(st.integers(1, 999_998), min_size=1, max_size=8, unique=True))
def test_bands_cut_from_one_line_are_sound(bounds: list[int]) -> None:
    """R56: bands cut from one line follow each other; one that begins a cent late or early does not."""
    cuts = sorted(bounds)
    firsts, lasts = [0, *(cut + 1 for cut in cuts)], [*cuts, 999_999]
    rows = [
        row(n + 1, tier_min=Money(first), tier_max=Money(last))
        for n, (first, last) in enumerate(zip(firsts, lasts, strict=True))
    ]
    assert check_table(rows, HOUSE) == ()
    late = replace(rows[-1], tier_min=rows[-1].tier_min + Money(1), tier_max=Money(2_000_000))
    early = replace(rows[-1], tier_min=rows[-1].tier_min - Money(1))
    for other, code in ((late, "classification.tier_gap"), (early, "classification.tier_overlap")):
        (found,) = check_table([*rows[:-1], other], HOUSE)
        assert (found.code, found.facts["row"], found.facts["other"]) == (code, len(rows), len(rows) - 1)


@given(one=ROWS)
def test_what_is_greyed_never_locks_both(one: Classification) -> None:
    """R7, 3.1: while both paid fields are blank both are open; row 99 can never be typed out of being row 99."""
    keys = greyed(one, HOUSE.clubs["larkspur"])
    assert ("days_paid" in keys) is (one.paid_to is not None)
    assert ("paid_to" in keys) is (one.days_paid is not None)
    assert ("number" in keys) is (one.number == 99)
    assert {"financial", "unfinancial", "total"} <= keys


@given(numbers=st.sets(st.integers(1, 999), max_size=40))
def test_the_next_number_is_free_and_the_lowest(numbers: set[int]) -> None:
    """R6: never one that is taken, never 99, and no lower one is free."""
    found = next_free(row(n) for n in numbers)
    assert found not in numbers | {99}
    assert all(n in numbers or n == 99 for n in range(1, found))


@given(linked=st.lists(st.sampled_from([3, 4, 5, 6, 99]), max_size=5), primary=st.sampled_from([3, 4, 6, 99]))
def test_links_without_errors_keep_the_rules(linked: list[int], primary: int) -> None:
    """R6: links without errors are distinct, known, neither 99 nor the primary."""
    classes = {n: row(n) for n in (3, 4, 5, 99)}
    member = MemberCard(
        person_id="p1", account_id="a1", club_id="larkspur", number="1", first_name="J", last_name="O",
        classification=primary, linked=tuple(Linked(number=n) for n in linked),
    )  # fmt: skip
    findings = check_links(member, classes)
    say(findings)
    sound = len(set(linked)) == len(linked) and set(linked) <= {3, 4, 5} - {primary} and primary in classes
    assert saveable(findings) is sound is (not findings)


@pytest.mark.parametrize("owner", [pytest.param(cls, id=cls.__name__) for cls in (Club, Venue, Location)])
@given(data=st.data())
def test_no_setting_of_a_place_crashes_a_check(owner: type, data: st.DataObject) -> None:
    """R1, R2, R80: whatever stands in a field of a club, a venue or a location, there is an answer that can be said."""
    names = sorted({f.name for f in fields(owner)} - {"id", "tier_review"})
    typed = data.draw(st.dictionaries(st.sampled_from(names), ANYTHING, max_size=3))
    given_: dict[str, Any] = {"id": "a", "name": "A", "zone": "Australia/Sydney", "venue_id": "v", **typed}
    place = owner(**{name: value for name, value in given_.items() if name in {f.name for f in fields(owner)}})
    checks: dict[type, Any] = {Club: lambda p: check_club(p, TODAY), Venue: check_venue, Location: check_location}
    say(checks[owner](place))


def test_the_demo_can_be_saved() -> None:
    """R6, R7, R56, R69, 3.1: the classifications that the demo comes with have no error."""
    rows = cast.classifications(TODAY)
    house = House(
        today=TODAY,
        clubs={
            club_id: Club(id=club_id, name=club_id, zone="Australia/Sydney") for club_id in {r.club_id for r in rows}
        },
        worth=HOUSE.worth,
        venues=frozenset(venue for one in rows for venue in one.venues or ()),
        families=frozenset({"tobacco"}),
        media=frozenset({"pp-discount"}),
        locations=dict.fromkeys(
            [own.location_id for one in rows for own in one.location_ratios]
            + [price.location_id for one in rows for price in one.member_prices],
            frozenset({1, 2}),
        ),
    )
    findings = check_table(rows, house)
    assert [f for f in findings if f.severity is Severity.ERROR] == []
    assert next_free(rows) == 10
    assert date(2050, 12, 31) == guest(10, rows[0].club_id, "Guest").paid_to
