"""A manager's blocks, bans, cards and journals, online: card and deny list move together (R12, R13, R32, R88)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_ledger.office import journals, members, rebuilding, verifying
from clubtill_ledger.office.clerk import Clerk, operator
from clubtill_ledger.office.members import Desk
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import documents, people
from clubtill_ledger.store.tables_decisions import decision
from clubtill_rules.members.account import BanKind, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.blocks import Blockable
from clubtill_rules.members.classification import BANNED
from clubtill_rules.permissions import Role
from clubtill_rules.points.journals import JournalKind, JournalLine
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from tests.ledger.audit import balances, kinds, rows
from tests.ledger.club import Club, event_id, refused
from tests.ledger.master import CLUB_ID, DAY, OPENING_H, person

TODAY = date(2026, 3, 13)
OLD, NEW = "a" * 32, "b" * 32


def _desk(club: Club, clerk: Clerk | None = None, name: str = "A1", decision_id: str = "", reason: str = "R7") -> Desk:
    return Desk(
        store=club.store,
        club_id=CLUB_ID,
        account_id=name,
        person_id=f"P{name}",
        clerk=clerk or operator("M1"),
        reason=reason,
        decision_id=decision_id or event_id(),
        day=TODAY,
        now_us=club.tick(),
    )


def _with_card(club: Club) -> None:
    card = replace(person("A1"), cards=(CardToken(digest=OLD, last4="1111"),))
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A1", persons=(card,)),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)


def _member(club: Club, name: str = "A1") -> MemberCard:
    found = club.store.read(lambda connection: people.member_of(connection, CLUB_ID, name, f"P{name}"))
    assert found is not None
    return found


def _denied(club: Club) -> dict[tuple[str, str], str]:
    found = club.store.read(documents.current_denials)
    return {key: row.code for key, row in found.items() if row.denied}


@pytest.mark.parametrize("what", list(Blockable), ids=lambda what: what.value)
def test_block_reaches_card_and_deny_list(club: Club, what: Blockable) -> None:
    """R13: set and taken off, each brings the card by the feed and its row on the deny list, with who and why."""
    _with_card(club)
    till = club.till()
    cursor = till.feed().cursor
    members.block(_desk(club), what, digest=OLD)
    page = till.feed(cursor)
    (card,) = page.accounts
    (one,) = card.persons
    stopped = {
        Blockable.ACCOUNT: card.block is Block.BLOCKED,
        Blockable.CONTACT: one.block is Block.BLOCKED,
        Blockable.CARD: one.cards[0].state is CardState.BLOCKED,
    }
    assert [key for key, value in stopped.items() if value] == [what]
    assert [(row.kind, row.denied) for row in page.deny] == [
        ({Blockable.CONTACT: "person"}.get(what, what.value), True)
    ]
    if what is Blockable.ACCOUNT:
        assert refused(till.call("POST", "/v1/leases", till.ask("A1", 100)))[1] == "account.blocked"
    with pytest.raises(Refusal, match=r"block\.already"):
        members.block(_desk(club), what, digest=OLD)
    members.block(_desk(club), what, digest=OLD, blocked=False)
    assert _denied(club) == {}
    (after,) = till.feed(page.cursor).accounts
    assert (after.block, after.persons[0].block, after.persons[0].cards[0].state) == (
        Block.NONE,
        Block.NONE,
        CardState.ACTIVE,
    )
    assert {(row.staff_id, row.reason) for row in rows(club.store, decision)} == {("M1", "R7")}
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def test_ban_and_lifting_it(club: Club) -> None:
    """R12: a ban makes 99 of the classification and denies person and cards; lifting restores what the ban kept."""
    _with_card(club)
    members.block(_desk(club), Blockable.ACCOUNT)
    members.ban(_desk(club), BanKind.HOUSE, block_cards=True)
    banned = _member(club)
    assert (banned.classification, banned.ban, banned.cards[0].state) == (BANNED, BanKind.HOUSE, CardState.BLOCKED)
    assert _denied(club) == {
        ("person", "PA1"): "member.excluded",
        ("card", OLD): "card.blocked",
        ("account", "A1"): "account.blocked",
    }
    with pytest.raises(Refusal, match=r"ban\.standing"):
        members.ban(_desk(club), BanKind.HOUSE)
    with pytest.raises(Refusal, match=r"ban\.unknown"):
        members.lift(_desk(club, name="A2"))
    members.lift(_desk(club), unblock=True)
    free = _member(club)
    assert (free.classification, free.ban, free.cards[0].state) == (1, None, CardState.ACTIVE)
    assert _denied(club) == {("account", "A1"): "account.blocked"}
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)


def test_ban_of_the_law_needs_its_end_a_document_and_another_person(club: Club) -> None:
    """R12, row 29: lifted by nobody before its end; after it with a document, by an administrator, or with approval."""
    members.ban(_desk(club), BanKind.POLICE, last_day=date(2026, 3, 20))
    with pytest.raises(Refusal, match=r"ban\.not_over"):
        members.lift(_desk(club), document="D1")
    late = replace(_desk(club), day=date(2026, 3, 21))
    with pytest.raises(Refusal, match=r"ban\.document"):
        members.lift(late)
    manager = Clerk(staff_id="M2", roles=frozenset({Role.VENUE_MANAGER}))
    with pytest.raises(Refusal, match=r"approval\.needed"):
        members.lift(replace(late, clerk=manager), document="D1")
    own = replace(manager, approver_id="M2", approver_roles=frozenset({Role.ADMIN}))
    with pytest.raises(Refusal, match=r"approval\.needed"):
        members.lift(replace(late, clerk=own), document="D1")
    two = replace(manager, approver_id="M9", approver_roles=frozenset({Role.ADMIN}))
    members.lift(replace(late, clerk=two), document="D1")
    assert _member(club).ban is None


def test_decision_begun_twice_is_one(club: Club) -> None:
    """C13: the same decision id again completes what a crash left: the deny list is whole, the card moves once."""
    one = _desk(club)
    first = members.block(one, Blockable.CONTACT)
    version = club.till().feed().accounts
    assert members.block(one, Blockable.CONTACT) == first
    assert len(rows(club.store, decision)) == 1
    assert {card.account_id: card.version for card in club.till().feed().accounts} == {
        card.account_id: card.version for card in version
    }


def test_replaced_card_refuses_and_its_use_is_listed(club: Club) -> None:
    """R88, C20: the new card is the member's, the old one denied everywhere; a door with an old list shows it."""
    _with_card(club)
    door = club.till("D1")
    members.replace_card(_desk(club), OLD, CardToken(digest=NEW, last4="2222"))
    assert [(one.digest, one.state) for one in _member(club).cards] == [
        (OLD, CardState.REPLACED),
        (NEW, CardState.ACTIVE),
    ]
    assert _denied(club) == {("card", OLD): "card.replaced"}
    assert members.old_cards_used(club.store) == ()
    club.tick()
    door.push(used := door.swipe("A1", card_digest=OLD))
    ((_, found),) = members.old_cards_used(club.store)
    assert [row.event_id for row in found] == [used.event_id]
    with pytest.raises(Refusal, match=r"card\.cannot\.assign"):
        members.replace_card(_desk(club), NEW, CardToken(digest=OLD, last4="1111"))


def test_served_while_banned_is_listed(club: Club) -> None:
    """C18: what a cut-off till sold to a banned member stands and is listed; what was before or after is not."""
    till = club.till()
    till.push(till.sale("A1"))
    club.tick()
    members.ban(_desk(club), BanKind.HOUSE)
    club.tick(DAY)
    till.push(served := till.sale("A1"))
    club.tick()
    members.lift(_desk(club))
    club.tick()
    till.push(till.sale("A1"))
    ((made, found),) = members.served_while_banned(club.store)
    assert (made.subject, [row.event_id for row in found]) == ("PA1", [served.event_id])
    assert kinds(club.store, "A1") == [("award", 500)] * 3


def test_two_editors_lose_nothing(club: Club) -> None:
    """C19: fields that nobody else changed are taken; of the others both values come back."""
    seen = {"first_name": "Jean", "note": ""}
    assert members.change(_desk(club), seen, {"first_name": "Jeanne"}) == ()
    (conflict,) = members.change(_desk(club), seen, {"first_name": "Joan", "note": "vegetarian"})
    assert (conflict.name, conflict.theirs, conflict.yours) == ("first_name", "Jeanne", "Joan")
    assert (_member(club).first_name, _member(club).note) == ("Jeanne", "vegetarian")


def test_possible_doubles_are_listed(club: Club) -> None:
    """C21: two sign-ups of one name and date of birth stand together; a merge is a transfer."""
    assert members.doubles(club.store, CLUB_ID) == []
    same = replace(person("A2"), person_id="PX", account_id="AX", number="900")
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="AX", persons=(same,)),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    assert [row.person_id for row in members.doubles(club.store, CLUB_ID)] == ["PA2", "PX"]


# ------------------------------------------------------------------ journals


def _line(n: int, name: str, kind: JournalKind, points: int, reason: str = "GOODWILL") -> JournalLine:
    return JournalLine(n=n, account_id=name, kind=kind, points=whole(points), reason=reason)


def _post(club: Club, lines: list[JournalLine], journal_id: str, clerk: Clerk | None = None) -> journals.Booked:
    return journals.post(
        club.store,
        club.ledger.shelf,
        CLUB_ID,
        lines,
        clerk=clerk or operator("M1"),
        reason="complaint 12",
        journal_id=journal_id,
        now_us=club.tick(),
    )


def test_journal_adjusts_up_and_down(club: Club) -> None:
    """R32, 3.3: adjustments over several accounts, each leg once, however often it is posted, with who and why."""
    lines = [
        _line(1, "A1", JournalKind.POSITIVE, 50),
        _line(2, "A2", JournalKind.NEGATIVE, 20),
        _line(3, "A1", JournalKind.NEGATIVE, 10),
        _line(4, "A3", JournalKind.SALES, 5, ""),
    ]
    one = event_id()
    for _ in range(2):
        assert _post(club, lines, one).posted == ("A1", "A2", "A3")
    assert kinds(club.store, "A1") == [("adjust", 5_000), ("adjust", -1_000)]
    assert kinds(club.store, "A2") == [("adjust", -2_000)]
    assert balances(club.store)["A1"] == (OPENING_H + 4_000, 0, 0)
    made = [row for row in rows(club.store, decision) if row.act == "points.journal"]
    assert {(row.account_id, row.staff_id, row.reason) for row in made} == {
        (name, "M1", "complaint 12") for name in ("A1", "A2", "A3")
    }
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()


def test_journal_with_a_wrong_line_posts_nothing(club: Club) -> None:
    """R32: a journal is refused whole: a redemption beyond what is there, a missing reason, an unknown account."""
    good = _line(1, "A1", JournalKind.POSITIVE, 50)
    for wrong in (
        _line(2, "A2", JournalKind.REDEMPTION, 1_001),
        _line(2, "A2", JournalKind.NEGATIVE, 5, ""),
        _line(2, "nobody", JournalKind.POSITIVE, 5),
    ):
        with pytest.raises(Refusal, match=r"journal\.not_ready"):
            _post(club, [good, wrong], event_id())
    assert kinds(club.store, "A1") == []


def test_journal_needs_the_right_or_another_person(club: Club) -> None:
    """R32, row 30: above the clerk's own figure another person who may do it alone approves; never he himself."""
    duty = Clerk(staff_id="D1", roles=frozenset({Role.DUTY_MANAGER}))
    lines = [_line(1, "A1", JournalKind.POSITIVE, 501)]
    with pytest.raises(Refusal, match=r"journal\.not_approved"):
        _post(club, lines, event_id(), duty)
    with pytest.raises(Refusal, match=r"journal\.not_approved"):
        _post(club, lines, event_id(), replace(duty, approver_id="D1", approver_roles=frozenset({Role.VENUE_MANAGER})))
    two = replace(duty, approver_id="V1", approver_roles=frozenset({Role.VENUE_MANAGER}))
    assert _post(club, lines, event_id(), two).posted == ("A1",)
    cashier = Clerk(staff_id="S1", roles=frozenset({Role.CASHIER}))
    with pytest.raises(Refusal, match=r"journal\.not_ready"):
        _post(club, [_line(1, "A1", JournalKind.POSITIVE, 1)], event_id(), cashier)
    assert kinds(club.store, "A1") == [("adjust", 50_100)]
    assert balances(club.store)["A1"] == (OPENING_H + 50_100, 0, 0)


def test_journal_below_zero_and_back(club: Club) -> None:
    """R39, row 31: a privileged adjustment may go below zero; points earned later pay the deficit first."""
    till = club.till()
    _post(club, [_line(1, "A1", JournalKind.NEGATIVE, 1_010)], event_id())
    assert balances(club.store)["A1"] == (0, 0, 1_000)
    till.push(till.sale("A1", qty=3))
    assert balances(club.store)["A1"] == (500, 0, 0)
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()
