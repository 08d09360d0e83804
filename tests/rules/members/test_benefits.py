"""Benefits: one list from the settings, and the voucher on reaching a level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.benefits import (
    LevelBenefits,
    LevelVoucher,
    VoucherDecision,
    benefits_of,
    level_key,
    level_voucher,
    published_scheme,
)
from clubtill_rules.members.classification import Allowance, Benefits, Classification, MemberPriceLevel
from clubtill_rules.members.club import TierKind
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.members.members_of_larkspur import CLUB

SILVER = Classification(number=2, club_id="larkspur", description="Silver", tier_min=Money(5000), update_sequence=2)
GOLD = Classification(
    number=3,
    club_id="larkspur",
    description="Gold",
    tier_min=Money(10_000),
    update_sequence=1,
    benefits=Benefits(level_voucher_id="V10", discount_ids=("d1", "d2")),
    allowance=Allowance(limit=Money(1000)),
    visitation_points=10,
    birthday_points=500,
    member_prices=(
        MemberPriceLevel(location_id="marina", level=2),
        MemberPriceLevel(location_id="marina", level=3, weekdays=(0, 1), start_min=1020, end_min=1140),
    ),
)
BANNED = Classification(number=99, club_id="larkspur", description="BANNED", visitation_points=1)
UP = date(2026, 11, 1)
FIRST = LevelVoucher(key="level:larkspur:jean:3:2026-11-01", person_id="jean", number=3, day=UP)


def test_every_benefit_is_listed_from_the_settings() -> None:
    """R99: price levels, discounts, voucher, allowance, visit and birthday points, in this order."""
    assert benefits_of(GOLD) == (
        because("benefit.price_level", "R80", location_id="marina", level=2),
        because(
            "benefit.price_level_at", "R80", location_id="marina", level=3,
            price_weekdays=(0, 1), start_min=1020, end_min=1140,
        ),
        because("benefit.discount", "R99", discount_id="d1"),
        because("benefit.discount", "R99", discount_id="d2"),
        because("benefit.voucher", "R99", voucher_id="V10"),
        because("benefit.allowance", "R96", limit=Money(1000)),
        because("benefit.visit", "R48", points=whole(10)),
        because("benefit.birthday", "R50", points=whole(500)),
    )  # fmt: skip
    assert benefits_of(SILVER) == ()


def test_the_published_scheme_is_the_same_list() -> None:
    """R99, rules 2.11: every level of the club by number, without 99 and without other clubs."""
    other = replace(SILVER, number=1, club_id="staff")
    assert published_scheme((BANNED, GOLD, other, SILVER), CLUB) == (
        LevelBenefits(classification=SILVER, benefits=()),
        LevelBenefits(classification=GOLD, benefits=benefits_of(GOLD)),
    )


def voucher(
    day: date, *given: LevelVoucher, before: Classification | None = SILVER, after: Classification = GOLD
) -> VoucherDecision:
    """Let Jean reach a level on a day."""
    return level_voucher("jean", before=before, after=after, club=CLUB, tier_change_date=day, given=given)


@pytest.mark.example("R99.1")
def test_a_voucher_once_a_person_and_level_in_365_days() -> None:
    """R99: up 1 Nov 2026: one; down 1 Feb 2027, up 1 May 2027: none (181 days); up 2 Nov 2027: one."""
    first = voucher(UP)
    assert first == VoucherDecision(
        voucher_id="V10",
        given=FIRST,
        because=(because("why.level.given", "R99", classification="Gold", day=UP),),
    )
    assert voucher(date(2027, 2, 1), FIRST, before=GOLD, after=SILVER).given is None
    may = date(2027, 5, 1)
    figure = working(181, Rounding.EXACT, may, ("-", UP))
    assert voucher(may, FIRST) == VoucherDecision(
        voucher_id="", given=None, because=(because("why.level.again", "R99", n=181, day=UP, working=figure),)
    )
    assert voucher(date(2027, 11, 2), FIRST).voucher_id == "V10"


@pytest.mark.parametrize(("days", "given"), [(0, False), (364, False), (365, True)])
def test_the_edge_of_365_days(days: int, given: bool) -> None:
    """R99: on the 365th day after the last voucher the next one is given; the same day again gives none."""
    assert (voucher(UP + timedelta(days=days), FIRST).given is not None) is given


def test_other_vouchers_do_not_count() -> None:
    """R99: those of other persons and other levels; of several the last one counts, one of a later day does not."""
    others = (replace(FIRST, person_id="kim"), replace(FIRST, number=2))
    assert voucher(UP, *others).given == FIRST
    older = replace(FIRST, day=UP - timedelta(days=800))
    assert voucher(UP + timedelta(days=100), older, FIRST).given is None
    assert voucher(UP + timedelta(days=100), FIRST, older).given is None
    assert voucher(UP - timedelta(days=1), FIRST).given is not None


def test_never_on_the_way_down() -> None:
    """R99: down from Platinum to Gold gives none, though Gold has a voucher."""
    platinum = replace(GOLD, number=5, description="Platinum", tier_min=Money(10_001))
    assert voucher(UP, before=platinum) == VoucherDecision(
        voucher_id="", given=None, because=(because("why.level.down", "R99", classification="Gold"),)
    )
    assert voucher(UP, before=replace(platinum, tier_min=Money(10_000))).given == FIRST


def test_up_and_down_in_a_club_with_point_tiers() -> None:
    """R64, D13: there the update sequence says which way is up, not the dollars."""
    club = replace(CLUB, tier_kind=TierKind.POINTS)
    facts = {"after": GOLD, "tier_change_date": UP, "given": ()}
    assert level_voucher("jean", before=SILVER, club=club, **facts).given is None  # type: ignore[arg-type] - sequence 2 to 1
    assert level_voucher("jean", before=replace(SILVER, update_sequence=1), club=club, **facts).given == FIRST  # type: ignore[arg-type]


def test_joining_at_a_level_reaches_it() -> None:
    """R99: without a level before; and a level without a voucher says so."""
    assert voucher(UP, before=None).given == FIRST
    assert voucher(UP, before=None, after=SILVER) == VoucherDecision(
        voucher_id="", given=None, because=(because("why.level.none", "R99", classification="Silver"),)
    )


def test_the_key_of_a_level_voucher() -> None:
    """R99: club, person, classification and tier change date."""
    assert level_key("larkspur", "jean", 3, UP) == "level:larkspur:jean:3:2026-11-01"


@given(st.lists(st.integers(0, 500), max_size=12))
def test_no_two_vouchers_within_365_days(gaps: list[int]) -> None:
    """R99: however often a level is reached, and whatever is sent again; each time out of the 365 days gives one."""
    day, given_so_far = UP, []
    for gap in gaps:
        day += timedelta(days=gap)
        last = max((one.day for one in given_so_far), default=None)
        decided = voucher(day, *given_so_far)
        assert (decided.given is not None) is (last is None or day.toordinal() - last.toordinal() >= 365)
        given_so_far += [] if decided.given is None else [decided.given]
    assert len({one.key for one in given_so_far}) == len(given_so_far)
