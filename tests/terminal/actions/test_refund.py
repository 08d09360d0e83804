"""Refunds at a till: the sale is found in its own log, one transaction writes the event, points move once (R40-R42)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from clubtill.demo import cast
from clubtill_rules.members.campaigns import Campaign, CampaignState
from clubtill_rules.permissions import Role
from clubtill_rules.sale.discounts.limits import Tracked, had
from clubtill_rules.sale.refunding import left_of
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.sale_events import SaleV2
from clubtill_terminal.actions.find_member import by_number
from clubtill_terminal.actions.own_sales import account_here
from clubtill_terminal.actions.refund import By, find, refund, refund_goods, void
from clubtill_terminal.store import documents, members
from tests.terminal.actions.giving_back import JEAN, MANAGER, MATEO, balance_h, bodies, paid, rung
from tests.terminal.kit.club import account_cards

ACCOUNT = "a100001"


def test_a_sale_is_found_by_the_number_on_its_receipt(club_till, club_place, speech) -> None:
    """D42, R40: the whole sale comes back from its event, with what may still go back."""
    sold = paid(club_till, club_place, rung(club_till, club_place, JEAN, "member-parma", "schooner-pale"), speech)
    found = find(club_till, sold.sale.number)
    assert found.sale == replace(sold.sale, because=(), catalogue_version="", tracked=found.sale.tracked)
    assert found.left == left_of(sold.sale)


def test_a_refund_is_an_event_of_its_own_with_its_points(club_till, club_place, speech) -> None:
    """R40, I3: what was earned goes; the event names sale, till and number, and refunds add up to the sale."""
    sold = paid(club_till, club_place, rung(club_till, club_place, JEAN, "member-parma", "schooner-pale"), speech)
    award = sold.sale.award.hundredths
    assert balance_h(club_till, ACCOUNT) == award
    first = refund(club_till, sold.sale.sale_id, {1: 1}, catalogue=club_place.catalogue, by=MANAGER)
    second = refund(club_till, sold.sale.sale_id, {2: 1}, catalogue=club_place.catalogue, by=MANAGER)
    told = [body for body in bodies(club_till) if isinstance(body, RefundV1)]
    assert [(one.sale_id, one.sale_number, one.reason) for one in told] == [
        (sold.sale.sale_id, sold.sale.number, "cold")
    ] * 2
    assert first.total + second.total == sold.sale.total
    assert balance_h(club_till, ACCOUNT) == 0
    assert find(club_till, sold.sale.number).left == {1: 0, 2: 0}
    with pytest.raises(Refusal) as caught:
        refund(club_till, sold.sale.sale_id, {1: 1}, catalogue=club_place.catalogue, by=MANAGER)
    assert caught.value.code == "refund.nothing_left"
    assert len(bodies(club_till)) == 3


def test_a_void_gives_the_whole_sale_back_on_its_day_only(club_till, club_place, speech, club_clock) -> None:
    """R42: account as before; the next trading day it is refused, and nothing is written."""
    sold = paid(club_till, club_place, rung(club_till, club_place, JEAN, "member-parma"), speech)
    other = paid(club_till, club_place, rung(club_till, club_place, JEAN, "member-parma"), speech)
    void(club_till, sold.sale.sale_id, catalogue=club_place.catalogue, by=MANAGER)
    assert balance_h(club_till, ACCOUNT) == other.sale.award.hundredths
    with pytest.raises(Refusal) as again:
        void(club_till, sold.sale.sale_id, catalogue=club_place.catalogue, by=MANAGER)
    club_clock.now_us += 86_400_000_000
    with pytest.raises(Refusal) as late:
        void(club_till, other.sale.sale_id, catalogue=club_place.catalogue, by=MANAGER)
    assert (again.value.code, late.value.code) == ("void.refunded", "void.other_day")
    assert len(bodies(club_till)) == 3


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (By(staff_id="sam", roles=(Role.CASHIER,)), "act.needs_approval"),
        (By(staff_id="sam", roles=(Role.VIEWER,)), "act.not_allowed"),
        (
            By(staff_id="sam", roles=(Role.CASHIER,), approver_id="sam", approver_roles=(Role.VENUE_MANAGER,)),
            "act.own_approval",
        ),
        (
            By(staff_id="sam", roles=(Role.CASHIER,), approver_id="kim", approver_roles=(Role.CASHIER,)),
            "act.needs_approval",
        ),
    ],
)
def test_beyond_the_matrix_nothing_goes_back(club_till, club_place, speech, by: By, code: str) -> None:
    """2.12 row 9: voiding a final sale needs somebody entitled; the sale stays as it was."""
    sold = paid(club_till, club_place, rung(club_till, club_place, JEAN, "member-parma"), speech)
    with pytest.raises(Refusal) as caught:
        void(club_till, sold.sale.sale_id, catalogue=club_place.catalogue, by=by)
    assert caught.value.code == code
    assert len(bodies(club_till)) == 1


def test_who_approved_stands_in_the_event(club_till, club_place, speech) -> None:
    """R93: both names are recorded with the act."""
    sold = paid(club_till, club_place, rung(club_till, club_place, JEAN, "member-parma"), speech)
    by = By(staff_id="sam", roles=(Role.CASHIER,), approver_id="lee", approver_roles=(Role.VENUE_MANAGER,))
    void(club_till, sold.sale.sale_id, catalogue=club_place.catalogue, by=by)
    told = bodies(club_till)[-1]
    assert isinstance(told, RefundV1)
    assert (told.void, told.staff_id, told.approver_id) == (True, "sam", "lee")


def test_a_sale_of_another_till_is_not_here(club_till, club_place) -> None:
    """R41: it is refunded where it was made."""
    for act in (
        lambda: find(club_till, 7),
        lambda: refund(club_till, "0" * 32, {1: 1}, catalogue=club_place.catalogue, by=MANAGER),
    ):
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == "sale.not_here"


def test_goods_without_a_receipt_are_cash_and_never_points(club_till, club_place) -> None:
    """R41, row 11: no member, no account, no sale."""
    basket = rung(club_till, club_place, JEAN, "member-parma")
    done = refund_goods(club_till, basket.lines, catalogue=club_place.catalogue, media_id="cash", by=MANAGER)
    told = bodies(club_till)[-1]
    assert isinstance(told, RefundV1)
    assert (told.sale_id, told.account_id, told.points_back_h, told.award_back_h) == ("", "", 0, 0)
    assert Money(told.total_minor) == done.total


def test_a_limited_discount_given_here_counts_at_once(club_till, club_place, speech) -> None:
    """R94: the card of the ledger does not know it yet; this till does, and its refund gives it back."""
    basket = rung(club_till, club_place, JEAN, "member-parma")
    one = Tracked(discount_id="staff", holder_id=ACCOUNT, period=date(2026, 11, 1), amount=Money(0), times=1)
    sold = paid(club_till, club_place, replace(basket, tracked=(one,)), speech)
    (found,) = by_number(club_till, club_place, JEAN)
    assert [(t.discount_id, t.times) for t in had(found.account)] == [("staff", 1)]
    void(club_till, sold.sale.sale_id, catalogue=club_place.catalogue, by=MANAGER)
    again = account_here(club_till, replace(found.account, discounts=()))
    assert [t.times for t in had(again)] == [0]


def test_a_campaign_that_counted_stands_in_the_event(club_till, club_place, speech) -> None:
    """R95: of an enabled campaign, in its days, of a member who carries its attribute; of nobody else."""
    spring = Campaign(
        code="spring", club_id=cast.CLUB, starts=date(2026, 11, 1), ends=date(2026, 12, 1),
        state=CampaignState.ENABLED, persons=("p100001",),
    )  # fmt: skip
    told = Document(kind="campaign", id="spring", version=1, body=msgspec.Raw(msgspec.json.encode(spring)))
    with club_till.store.cache.begin() as cache:
        documents.apply_documents(cache, [told])
    jean, mateo = (rung(club_till, club_place, number, "member-parma") for number in (JEAN, MATEO))
    (card,) = [one for one in account_cards() if one.account_id == ACCOUNT]
    carries = replace(card.persons[0], attributes={**(card.persons[0].attributes or {}), "spring": "yes"})
    with club_till.store.cache.begin() as cache:
        members.apply_cards(cache, [replace(card, persons=(carries,))])
    for basket in (jean, mateo):
        paid(club_till, club_place, basket, speech)
    assert [body.campaigns for body in bodies(club_till) if isinstance(body, SaleV2)] == [("spring",), ()]
