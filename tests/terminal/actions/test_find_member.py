"""Finding members: by every kind of card, with what the card may do here, and by name."""

from __future__ import annotations

import pytest

from clubtill.demo import cast
from clubtill_rules.members.account import CardState
from clubtill_rules.members.cards.resolving import card_digest
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import DenyRow
from clubtill_terminal.actions import find_member
from clubtill_terminal.actions.read_card import read_card
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import documents
from tests.terminal.kit.club import CARD_KEY


def stripe(track: str) -> CardSeen:
    """A swipe."""
    return CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(track,))


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (stripe(cast.swipe_text("100001", 2)), "Jean Okafor"),
        (CardSeen(source="scanner", kind=CardKind.CODE, text=cast.card_text("100003")), "Priya Nair"),
        (CardSeen(source="chip", kind=CardKind.CHIP, uid=bytes.fromhex("04A1B2C3"), text="100007"), "Wei Zhang"),
    ],
    ids=["stripe", "code", "chip with a number"],
)
def test_each_kind_of_card_finds_its_member(club_till, club_place, seen, name) -> None:
    """R84, R86, R87: stripe, code and chip lead to the same members."""
    assert find_member.by_card(club_till, club_place, seen).member.name == name


def test_a_barcode_of_a_product_gives_the_product(club_till, club_place) -> None:
    """R84: what no mask fits is looked up among the products."""
    product = club_place.catalogue.products["schooner-pale"]
    seen = CardSeen(source="scanner", kind=CardKind.CODE, text=product.barcode)
    assert find_member.by_card(club_till, club_place, seen) == "schooner-pale"


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (stripe(";127777771?"), "member.unknown"),
        (stripe(";4111111111111111=2912101?"), "card.bank"),
        (stripe(";12000?00"), "card.unreadable"),
        (CardSeen(source="scanner", kind=CardKind.CODE, text="0000"), "product.unknown"),
        (CardSeen(source="chip", kind=CardKind.CHIP, uid=bytes.fromhex("08A1B2C3")), "card.random_uid"),
    ],
)
def test_what_is_no_card_of_ours_is_said(club_till, club_place, seen, code) -> None:
    """R82, R87: unknown, bank and torn cards and phones each get their own sentence."""
    with pytest.raises(Refusal) as caught:
        find_member.by_card(club_till, club_place, seen)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("number", "issue", "code"),
    [
        ("100001", 1, "card.replaced"),
        ("100009", 1, "card.blocked"),
        ("100004", 1, "member.excluded"),
    ],
)
def test_what_bars_a_member_is_judged_with_the_card(club_till, club_place, number, issue, code) -> None:
    """R11, R13, R85: an old, a stopped and a banned member's card find the member and say why not."""
    found = find_member.by_card(club_till, club_place, stripe(cast.swipe_text(number, issue)))
    assert (found.attach.ok, found.attach.code) == (False, code)


def test_an_old_issue_nobody_has_kept_is_replaced(club_till, club_place) -> None:
    """R85: a card that is not known while a later issue of it is, is an old one."""
    with club_till.store.cache.begin() as cache:
        old = card_digest(CARD_KEY, cast.card_text("100001", 1))
        cache.exec_driver_sql("DELETE FROM card_token WHERE digest = ?", (old,))
    read = read_card(club_till, club_place, stripe(cast.swipe_text("100001", 1)))
    assert (read.found, read.code) == (None, "card.replaced")


def test_the_deny_list_stops_a_card(club_till, club_place) -> None:
    """R13: a card on the deny list is stopped although its member's card here still says active."""
    digest = card_digest(CARD_KEY, cast.card_text("100003"))
    with club_till.store.cache.begin() as cache:
        documents.apply_deny(cache, [DenyRow(kind="card", id=digest, code="card.blocked")])
    found = find_member.by_card(club_till, club_place, stripe(cast.swipe_text("100003")))
    assert found.token is not None
    assert found.token.state is CardState.ACTIVE
    assert found.attach.code == "card.blocked"


def test_unpaid_members_are_attached_for_fees_only(club_till, club_place) -> None:
    """R17: Mateo, 12 days late, may be attached, without prices and points."""
    found = find_member.by_card(club_till, club_place, stripe(cast.swipe_text("100002")))
    assert (found.attach.ok, found.attach.benefits, found.attach.code) == (True, False, "member.unpaid.till")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("jea oka", {"Jean Okafor"}),
        ("100003", {"Priya Nair"}),
        ("fisch", {"Lena Fischer"}),
        ('"; drop', set()),
        ("   ", set()),
    ],
)
def test_search_by_the_beginnings_of_words(club_till, club_place, typed, names) -> None:
    """U18: names and numbers are found by their beginnings; what is typed is never a command."""
    assert {one.member.name for one in find_member.search(club_till, club_place, typed)} == names
