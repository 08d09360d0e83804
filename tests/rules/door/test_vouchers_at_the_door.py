"""Vouchers at the door: when Reception prints one for a birthday, and what it is then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clubtill_rules.door.visits import SeenToday
from clubtill_rules.door.vouchers import BirthdayVoucher, printed
from clubtill_rules.members.account import BanKind, MemberCard
from clubtill_rules.members.venue import BirthdayWindow
from clubtill_rules.sale.vouchers import Voucher, VoucherKind, take
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.door.front_door import CLUB, CLUBHOUSE, MATEO, PRIYA, SILVER, at, see, written

TUESDAY = "2026-11-24 18:07"
DAY = date(2026, 11, 24)
CAKE = VoucherKind(id="cake", name="Birthday cake", amount=Money(1000))
PRINTS = replace(CLUBHOUSE, birthday_voucher="cake")
BORN = replace(PRIYA, date_of_birth=date(1990, 11, 24))
NO_POINTS_GIVEN = replace(SILVER, birthday_points=0)
KEY = "voucher:bday:larkspur:priya:2026"
DUE = BirthdayVoucher(
    voucher_id="cake",
    key=KEY,
    person_id="priya",
    day=DAY,
    because=(because("why.birthday.voucher", "R51", birthday=DAY, day=DAY),),
)


@pytest.mark.parametrize("classification", [SILVER, NO_POINTS_GIVEN], ids=["with points", "instead of points"])
def test_due_on_the_birthday(classification: Any) -> None:
    """R51: as well as points, or instead of them."""
    check = see(BORN, TUESDAY, venue=PRINTS, classification=classification)
    assert check.voucher == DUE
    assert bool(check.birthday) is (classification is SILVER)


@pytest.mark.parametrize(
    ("member", "changes"),
    [
        pytest.param(BORN, {"venue": CLUBHOUSE}, id="the venue prints none"),
        pytest.param(BORN, {"venue": replace(PRINTS, birthday_check=False)}, id="birthdays are not looked at"),
        pytest.param(PRIYA, {}, id="no date of birth"),
        pytest.param(replace(BORN, date_of_birth=date(1990, 11, 25)), {}, id="not in the window"),
        pytest.param(replace(BORN, earns_points=False), {}, id="declined the scheme"),
        pytest.param(replace(BORN, ban=BanKind.HOUSE), {}, id="banned"),
        pytest.param(
            replace(BORN, renewal_date=date(2026, 1, 1)),
            {"club": replace(CLUB, visit_points_need_financial=True)},
            id="unpaid where the club asks for paid up",
        ),
        pytest.param(BORN, {"seen_today": SeenToday(awarded={KEY: 1})}, id="printed before"),
        pytest.param(
            BORN, {"seen_today": SeenToday(awarded={"bday:larkspur:priya:2026": 1})}, id="the points were given before"
        ),
        pytest.param(replace(BORN, birthday_awarded_on=date(2026, 3, 1)), {}, id="a changed date of birth"),
    ],
)
def test_none_is_due(member: MemberCard, changes: dict[str, Any]) -> None:
    """R51: under the conditions of birthday points, once a birthday."""
    assert see(member, TUESDAY, **{"venue": PRINTS, **changes}).voucher is None


def test_unpaid_members_get_it_by_default() -> None:
    """R50, R51: the same switch as visit points."""
    assert see(replace(BORN, renewal_date=date(2026, 1, 1)), TUESDAY, venue=PRINTS).voucher == DUE


def test_paid_up_members_get_it_where_the_club_asks() -> None:
    """R48, R51, D3: where the club asks for a paid-up member."""
    assert see(BORN, TUESDAY, venue=PRINTS, club=replace(CLUB, visit_points_need_financial=True)).voucher == DUE


def test_once_where_no_points_are_given() -> None:
    """R51: without points the voucher's own key keeps it to once a birthday; next year's is another."""
    before = SeenToday(awarded={KEY: 1})
    changes = {"venue": PRINTS, "classification": NO_POINTS_GIVEN, "seen_today": before}
    assert see(BORN, TUESDAY, **changes).voucher is None
    later = see(BORN, "2027-11-24 18:00", **changes).voucher
    assert later is not None
    assert later.key == "voucher:bday:larkspur:priya:2027"


def test_the_year_is_the_birthdays() -> None:
    """R50, R51: swiped on 30 December for 1 January: next year's voucher, issued on the day of the swipe."""
    new_year = replace(PRIYA, date_of_birth=date(1990, 1, 1))
    week = replace(PRINTS, birthday_window=BirthdayWindow.WEEK_OF)
    found = see(new_year, "2025-12-30 12:00", venue=week).voucher
    assert found is not None
    assert (found.key, found.day) == ("voucher:bday:larkspur:priya:2026", date(2025, 12, 30))
    assert found.because == (because("why.birthday.voucher", "R51", birthday=date(2026, 1, 1), day=date(2025, 12, 30)),)


@pytest.mark.parametrize("member_only", [True, False])
def test_printed(member_only: bool) -> None:
    """R51: from the day of issue for 30 days, once, by that member only, whatever the kind says."""
    paper = printed(DUE, replace(CAKE, member_only=member_only), "B-17")
    assert paper == Voucher(
        number="B-17",
        kind=replace(CAKE, member_only=True),
        person_id="priya",
        first_day=DAY,
        last_day=date(2026, 12, 23),
    )


@pytest.mark.parametrize(
    ("day", "person_id", "used", "code"),
    [
        pytest.param(date(2026, 11, 24), "priya", "", "", id="on the day of issue"),
        pytest.param(date(2026, 12, 23), "priya", "", "", id="on the 30th day"),
        pytest.param(date(2026, 12, 24), "priya", "", "voucher.expired", id="a day later"),
        pytest.param(date(2026, 11, 24), "mateo", "", "voucher.other_member", id="another member"),
        pytest.param(date(2026, 11, 24), "", "", "voucher.other_member", id="nobody"),
        pytest.param(date(2026, 11, 25), "priya", "s-1", "voucher.used", id="a second time"),
    ],
)
def test_used_at_the_till(day: date, person_id: str, used: str, code: str) -> None:
    """R51, R102: what Reception printed is a voucher of the sale's."""
    paper = replace(printed(DUE, CAKE, "B-17"), used_by=used)
    if not code:
        assert take(paper, day=day, person_id=person_id, offline=False).amount == Money(1000)
        return
    with pytest.raises(Refusal) as refused:
        take(paper, day=day, person_id=person_id, offline=False)
    assert refused.value.code == code


def test_another_kind() -> None:
    """R51: printing another kind than the one due is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^kind: is not the voucher's$"):
        printed(DUE, replace(CAKE, id="beer"), "B-17")


def test_the_swipe_writes_it_down() -> None:
    """R51, R52: the swipe event carries kind and key, so that it is not printed again."""
    at_us = at(TUESDAY)
    swiped = written(see(BORN, at_us, venue=PRINTS), BORN, at_us, "1" * 32)
    assert (swiped.voucher_id, swiped.voucher_key) == ("cake", KEY)
    plain = written(see(MATEO, at_us, venue=PRINTS), MATEO, at_us, "1" * 32)
    assert (plain.voucher_id, plain.voucher_key) == ("", "")
