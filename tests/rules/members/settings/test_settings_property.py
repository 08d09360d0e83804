"""No combination of settings crashes a check, and what has no error is what the rules say (R6, R7, R56, R69, 3.1)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.settings.columns import KEYS, column
from clubtill_rules.members.settings.findings import Severity, ordered, saveable
from clubtill_rules.members.settings.grid import forced, greyed, is_blank, next_free, tidied
from clubtill_rules.members.settings.links import check_links
from clubtill_rules.members.settings.rows import check_row
from clubtill_rules.members.settings.tables import check_table
from clubtill_rules.members.standing import Count
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.money import NIL, Money
from tests.rules.members.settings.any_settings import (
    ANYTHING,
    CELLS,
    COUNT,
    COUNTS,
    PLACES,
    ROWS,
    check_place,
    rows_changed,
)
from tests.rules.members.settings.house_kit import ERROR, HOUSE, finding, row


@given(one=ROWS, count=COUNT)
def test_no_row_crashes_a_check(one: Classification, count: Count) -> None:
    """R6, R7, R15, R56, R69, 3.1: any row has an answer about itself, errors first, the same each time."""
    for each in (one, tidied(forced(one))):
        findings = check_row(each, HOUSE, count)
        assert all(f.number == one.number for f in findings)
        assert findings == ordered(findings, KEYS) == check_row(each, HOUSE, count)


@given(changed=rows_changed())
def test_a_row_without_errors_keeps_the_rules(changed: tuple[Classification]) -> None:
    """R6, R7, R15, R56, R69, R101, 3.1: what may be saved has never both paid fields, nor a figure out of its range."""
    sound = tidied(forced(*changed))
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


@given(key=CELLS, value=ANYTHING)
def test_no_value_of_a_cell_crashes_a_check(key: str, value: Any) -> None:
    """3.1: whatever stands in a cell, of whatever kind, the row and the grid have an answer."""
    typed = replace(row(3, days_paid=365), **{key: value})
    findings = check_table([row(1), typed, replace(row(2), fee=Money(-1))], HOUSE)
    assert not saveable(findings)
    if value is None and key in {"number", "fee", "days_to_run", "description"}:
        assert finding(ERROR, "setting.blank", column(key).rule, typed.number or 0, key) in findings


@given(rows=rows_changed(4), counts=COUNTS, saved=rows_changed(2))
def test_no_grid_crashes_a_check(
    rows: tuple[Classification, ...], counts: dict[int, Count], saved: tuple[Classification, ...]
) -> None:
    """R6, R56, R64, R66, 3.2: any grid has an answer, errors first; without one numbers are unique and bands follow."""
    findings = check_table(rows, HOUSE, counts=counts, saved=saved)
    severities = [list(Severity).index(f.severity) for f in findings]
    assert severities == sorted(severities)
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


@given(changed=rows_changed())
def test_what_is_greyed_never_locks_both(changed: tuple[Classification]) -> None:
    """R7, 3.1: while both paid fields are blank both are open; row 99 can never be typed out of being row 99."""
    (one,) = changed
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
    sound = len(set(linked)) == len(linked) and set(linked) <= {3, 4, 5} - {primary} and primary in classes
    assert saveable(findings) is sound is (not findings)


@given(place=PLACES)
def test_no_setting_of_a_place_crashes_a_check(place: Club | Venue | Location) -> None:
    """R1, R2, R80: whatever stands in a field of a club, a venue or a location, there is an answer."""
    findings = check_place(place)
    assert all((f.number, len(f.because)) == (0, 1) for f in findings)
    assert findings == check_place(place)
