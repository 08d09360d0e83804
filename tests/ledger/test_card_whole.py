"""What the ledger knows of a member reaches terminals whole: by the feed, by the snapshot and in their cache (6.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_ledger.operate import seed as seeds
from clubtill_rules.goods.product import Media, MediaKind
from clubtill_rules.members.account import (
    AccountCard,
    AllowanceHad,
    BanKind,
    Block,
    CardToken,
    Linked,
    MemberCard,
)
from clubtill_rules.members.classification import Allowance
from clubtill_rules.sale.basket import totals
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import Money
from clubtill_sync.wire.requests import AccountsAnswer
from tests.ledger.audit import audit
from tests.ledger.club import Club, Happened, Till, decoded
from tests.ledger.counting import GOLD, Desk, catalogue, publish
from tests.ledger.master import CLUB_ID, DAY, MINUTE, person
from tests.ledger.test_snapshot import Copy, asked

TODAY = date(2026, 3, 13)
WHOLE = replace(
    person("B1"), renewal_date=date(2026, 6, 30), linked=(Linked(number=4, renewal_date=date(2026, 9, 30)),),
    block=Block.BLOCKED, ban=BanKind.POLICE, ban_note="order of 3 March", application_date=date(2026, 3, 10),
    birthday_awarded_on=date(2025, 3, 14), photo="ab" * 32, note="uses a wheelchair", earns_points=False,
    attributes={"home_venue": "V1", "joined": "2020-01-01"}, cards=(CardToken(digest="d" * 32, last4="0001"),),
)  # fmt: skip


def by_feed(till: Till, account_id: str) -> AccountCard:
    """Give an account's card of a page of the feed."""
    return next(card for card in till.feed().accounts if card.account_id == account_id)


def by_look_up(till: Till, account_id: str) -> AccountCard:
    """Give an account's card as a look-up finds it."""
    query = f"club={CLUB_ID}&account={account_id}"
    (card,) = decoded(till.call("GET", "/v1/accounts", query=query), AccountsAnswer).cards
    return card


def by_snapshot(till: Till, account_id: str) -> AccountCard:
    """Give an account's card of the snapshot, with what the feed brings since."""
    return Copy().take(till, asked(till)).feed(till).cards[account_id]


WAYS = {"feed": by_feed, "look-up": by_look_up, "snapshot": by_snapshot}


@pytest.mark.parametrize("way", WAYS)
def test_a_person_reaches_terminals_whole(club: Club, way: str) -> None:
    """6.5: links with their Renewal Dates, application date, attributes and all the rest, whichever way a card goes."""
    made = seeds.Account(club_id=CLUB_ID, account_id="B1", persons=(WHOLE,))
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)
    (found,) = WAYS[way](club.till(), "B1").persons
    assert found == replace(WHOLE, version=found.version)
    assert isinstance(found, MemberCard)


@pytest.fixture
def desk(club: Club) -> Desk:
    """A till in a club whose Gold members may charge ten dollars a day."""
    publish(club, "media", "house", Media(id="house", name="House account", kind=MediaKind.ACCOUNT), 1)
    publish(club, "classification", "c1", replace(GOLD, allowance=Allowance(limit=Money(1_000))))
    return Desk(club.till())


def charge(desk: Desk, account_id: str, *parts: int) -> tuple[Happened, Sale]:
    """Sell a beer or two to be charged, in one part or several."""
    basket = desk.basket(account_id, qty=sum(parts) // 500)
    assert totals(basket, catalogue(desk.till)).due.minor == sum(parts)
    paid = [
        Tender(media_id="house", kind=MediaKind.ACCOUNT, amount=Money(part), given=Money(part), reference="acc-1")
        for part in parts
    ]
    return desk.told(desk.final(basket, paid=paid))


@pytest.mark.parametrize("way", WAYS)
def test_what_was_had_of_a_days_allowance_is_on_the_card(club: Club, desk: Desk, way: str) -> None:
    """R96, 6.5: what was charged on the latest day, less what was given back of it; yesterday's is no longer told."""
    first, sale = charge(desk, "A1", 500, 1_000)
    desk.till.push(first)
    read = WAYS[way]
    assert read(desk.till, "A1").allowances == (
        AllowanceHad(charge_account_id="acc-1", day=TODAY, charged=Money(1_500)),
    )
    assert read(desk.till, "A2").allowances == ()
    before = desk.till.feed().cursor
    club.tick(MINUTE)
    desk.till.push(desk.refund(sale, {1: 1}))
    assert [card.account_id for card in desk.till.feed(before).accounts] == ["A1"], "the feed brings it"
    (had,) = read(desk.till, "A1").allowances
    assert (had.day, had.charged) == (TODAY, Money(1_000))
    club.tick(DAY)
    desk.till.push(charge(desk, "A1", 500)[0])
    (had,) = read(desk.till, "A1").allowances
    assert (str(had.day), had.charged) == ("2026-03-14", Money(500))
    audit(club.store)


def test_a_club_without_allowances_has_none_on_its_cards(club: Club) -> None:
    """R96: nothing is read or sent for a club that gives none."""
    publish(club, "media", "house", Media(id="house", name="House account", kind=MediaKind.ACCOUNT), 1)
    desk = Desk(club.till())
    desk.till.push(charge(desk, "A1", 500)[0])
    assert {card.allowances for card in desk.till.feed().accounts} == {()}
