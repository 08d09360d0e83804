"""Fees: the list behind Receipt Member and what may be ticked in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clubtill_rules.members.account import BanKind, Linked, MemberCard
from clubtill_rules.members.classification import BANNED
from clubtill_rules.members.fees import ALREADY_PAID_ACT, Due, FeeRow, TickedFee, fees_of, tick
from clubtill_rules.members.renewing import renew
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import BOWLS, CLASSES, CLUB, DAY, GOLD, MATEO

PAID = replace(MATEO, linked=(Linked(number=4, renewal_date=date(2026, 12, 31)),))


def rows_of(member: MemberCard = MATEO, day: date = DAY) -> tuple[FeeRow, ...]:
    """List a member's fees at Larkspur."""
    return fees_of(member, CLASSES, CLUB, day)


def test_the_primary_comes_first_with_everything_about_it() -> None:
    """R20: late by 12 days, so the fee runs on from the old date."""
    assert rows_of()[0] == FeeRow(
        number=3,
        description="Gold",
        primary=True,
        fee=Money(5500),
        paid_to=date(2026, 11, 12),
        due=Due.DUE,
        renewal=renew(GOLD, date(2026, 11, 12), DAY),
        needs_approval=False,
        code="",
        because=renew(GOLD, date(2026, 11, 12), DAY).because,
    )


def test_a_link_that_never_paid() -> None:
    """R20, R8: the linked classification has its own date, fee and renewal."""
    assert rows_of()[1] == FeeRow(
        number=4,
        description="Bowls",
        primary=False,
        fee=Money(2000),
        paid_to=None,
        due=Due.DUE,
        renewal=renew(BOWLS, NEVER_PAID, DAY),
        needs_approval=False,
        code="",
        because=renew(BOWLS, NEVER_PAID, DAY).because,
    )


def test_links_stand_by_number_behind_the_primary() -> None:
    """R20: primary first, whatever its number, then the links ascending."""
    member = replace(MATEO, linked=(Linked(number=8), Linked(number=2), Linked(number=4)))
    assert [(row.number, row.primary) for row in rows_of(member)] == [(3, True), (2, False), (4, False), (8, False)]


@pytest.mark.parametrize(
    ("renewal_date", "due"),
    [
        pytest.param(DAY - timedelta(days=1), Due.DUE, id="paid to yesterday"),
        pytest.param(DAY, Due.PAID, id="paid to today"),
        pytest.param(DAY + timedelta(days=1), Due.PAID, id="paid to tomorrow"),
    ],
)
def test_due(renewal_date: date, due: Due) -> None:
    """R9: the Renewal Date itself is paid."""
    assert rows_of(replace(MATEO, renewal_date=renewal_date))[0].due is due


def test_all_members_active_needs_no_fee() -> None:
    """R9: somebody unpaid needs no fee in a club where all members are active; it can be taken all the same."""
    row = fees_of(MATEO, CLASSES, replace(CLUB, all_members_active=True), DAY)[0]
    assert (row.due, row.code) == (Due.NOT_NEEDED, "")
    paid = fees_of(replace(MATEO, renewal_date=DAY), CLASSES, replace(CLUB, all_members_active=True), DAY)[0]
    assert paid.due is Due.PAID


@pytest.mark.parametrize(
    ("change", "code", "why"),
    [
        pytest.param(
            {"classification": 7}, "fee.no_date", because("why.fee.no_date", "R7", classification="Guest"), id="no date"
        ),
        pytest.param(
            {"classification": 8},
            "fee.passed",
            because("why.fee.passed", "R21", classification="Social", paid_to=date(2026, 11, 23), day=DAY),
            id="date has passed",
        ),
        pytest.param(
            {"ban": BanKind.HOUSE}, "fee.banned", because("why.fee.banned", "R11", number="100204"), id="banned"
        ),
        pytest.param(
            {"classification": 12},
            "fee.class_unknown",
            because("why.class_unknown", "R6", number=12),
            id="unknown here",
        ),
    ],
)
def test_rows_that_cannot_be_ticked(change: Mapping[str, object], code: str, why: object) -> None:
    """R7, R11, R20, R21: a row that takes no fee says why, and ticking it refuses the whole act."""
    rows = rows_of(replace(MATEO, **change))  # type: ignore[arg-type] - a table's column
    row = rows[0]
    assert (row.code, row.because, row.renewal, row.needs_approval) == (code, (why,), None, False)
    with pytest.raises(Refusal) as refused:
        tick(rows, {row.number: 1})
    assert (refused.value.code, refused.value.facts) == (code, why.facts)  # type: ignore[attr-defined]


def test_an_unknown_classification_names_no_fee() -> None:
    """R6: nothing is known of it but the member's own date."""
    row = rows_of(replace(MATEO, classification=12))[0]
    assert (row.description, row.fee, row.paid_to, row.due) == ("", NIL, date(2026, 11, 12), Due.DUE)


def test_a_row_that_is_refused_still_shows_name_and_fee() -> None:
    """R20: what cannot be ticked is shown with its fee."""
    row = rows_of(replace(MATEO, classification=8))[0]
    assert (row.description, row.fee) == ("Social", Money(1000))


def test_all_rows_of_somebody_banned_are_refused() -> None:
    """R11: a member of classification 99 pays no fee for a link either."""
    rows = fees_of(replace(MATEO, classification=BANNED), {**CLASSES, 99: replace(GOLD, number=99)}, CLUB, DAY)
    assert [row.code for row in rows] == ["fee.banned", "fee.banned"]


def test_ticked_fees_in_the_order_of_the_list() -> None:
    """R20: OK adds the ticked fees, R22: with how many periods are paid at once."""
    assert tick(rows_of(), {4: 1, 3: 2}) == (
        TickedFee(number=3, fee=Money(5500), periods=2),
        TickedFee(number=4, fee=Money(2000), periods=1),
    )
    assert tick(rows_of(), {4: 1}) == (TickedFee(number=4, fee=Money(2000)),)
    assert tick(rows_of(), {}) == ()


def test_already_paid_needs_a_supervisor() -> None:
    """R21: refused with the date until somebody entitled agreed for that classification (row 4 of the matrix)."""
    rows = rows_of(PAID)
    assert rows[1].needs_approval
    with pytest.raises(Refusal) as refused:
        tick(rows, {4: 1}, approved={3})
    assert refused.value.code == "fee.already_paid"
    assert refused.value.facts == {"classification": "Bowls", "paid_to": date(2026, 12, 31)}
    assert tick(rows, {4: 1}, approved={4}) == (TickedFee(number=4, fee=Money(2000)),)
    assert tick(rows, {3: 1}) == (TickedFee(number=3, fee=Money(5500)),)
    assert ALREADY_PAID_ACT is Act.TAKE_FEE_ALREADY_PAID
    assert may({Role.CASHIER}, ALREADY_PAID_ACT) is Answer.APPROVAL
    assert may({Role.SUPERVISOR}, ALREADY_PAID_ACT) is Answer.YES


@pytest.mark.parametrize("ticks", [{5: 1}, {3: 0}, {3: 1, 4: -1}], ids=["not in the list", "no period", "below none"])
def test_ticks_are_of_the_list(ticks: dict[int, int]) -> None:
    """R20: other numbers and counts are a caller's mistake."""
    with pytest.raises(ValueError, match=r"^ticks: numbers of the list, each at least once$"):
        tick(rows_of(), ticks)
