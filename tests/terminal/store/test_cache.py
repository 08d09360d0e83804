"""The cache: cards replaced whole, documents by their day, deny list and cursor; leases and swipes in facts."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from clubtill_rules.goods.product import Family
from clubtill_rules.members.account import AccountCard, CardToken, ExpiringLot, MemberCard
from clubtill_rules.points.folding import NEVER
from clubtill_rules.points.leases import LeaseSpend
from clubtill_rules.values.points import Points, whole
from clubtill_sync.wire.feed import DenyRow, Document
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.store import documents, leases, members, swipes
from clubtill_terminal.store.documents import FeedState
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.swipes import KeptSwipe

DAY = date(2026, 11, 24)


def card(account_id: str, *names: str, version: int = 1, digest: str = "") -> AccountCard:
    """Give an account's card with a person a name."""
    tokens = (CardToken(digest=digest, last4="0001"),) if digest else ()
    persons = tuple(
        MemberCard(
            person_id=f"{account_id}-{at}",
            account_id=account_id,
            club_id="c",
            number=f"{account_id[1:]}{at}",
            first_name=name.split()[0],
            last_name=name.split()[1],
            classification=1,
            cards=tokens if at == 0 else (),
        )
        for at, name in enumerate(names)
    )
    return AccountCard(account_id=account_id, club_id="c", version=version, balance=whole(version), persons=persons)


def family(name: str, version: int, day: date | None = None, *, deleted: bool = False) -> Document:
    """Give a version of one document."""
    body = msgspec.Raw(msgspec.json.encode(Family(id="f", name=name)))
    return Document(kind="family", id="f", version=version, effective_from=day, deleted=deleted, body=body)


def test_a_newer_card_replaces_all_of_the_older_one(store: Store) -> None:
    """6.5: persons, names and cards that a newer card does not have are gone, from search as well."""
    with store.cache.begin() as cache:
        members.apply_cards(cache, [card("a1", "Jean Okafor", "Ada Okafor", digest="d1")])
        members.apply_cards(cache, [card("a1", "Jean Marsh", version=2, digest="d2")])
        assert members.by_digest(cache, "d1") is None
        found = members.by_digest(cache, "d2")
        assert found is not None
        assert (found.member.name, found.account.balance) == ("Jean Marsh", whole(2))
        assert members.search(cache, "okafor", rows_max=9) == ()
        assert [one.member.name for one in members.search(cache, "mar", rows_max=9)] == ["Jean Marsh"]


def test_a_card_that_moves_to_another_account_moves(store: Store) -> None:
    """R88: a card belongs to one person; when the feed says to another one, the first has it no more."""
    with store.cache.begin() as cache:
        members.apply_cards(cache, [card("a1", "Jean Okafor", digest="d1")])
        members.apply_cards(cache, [card("a2", "Wei Zhang", digest="d1")])
        found = members.by_digest(cache, "d1")
        assert found is not None
        assert found.member.name == "Wei Zhang"


def test_two_persons_of_one_account_are_found_apart(store: Store) -> None:
    """D19: the account is one, its persons are two."""
    with store.cache.begin() as cache:
        members.apply_cards(cache, [card("a1", "Jean Okafor", "Ada Okafor")])
        assert [one.member.first_name for one in members.by_number(cache, "11")] == ["Ada"]
        person = members.by_person(cache, "a1-0")
        assert person is not None
        assert person.member.first_name == "Jean"


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 11, 23), "old"), (DAY, "new"), (date(2026, 11, 30), "new"), (date(2026, 12, 1), None)],
)
def test_a_document_holds_from_its_day_on(store: Store, day: date, name: str | None) -> None:
    """6.5: a page may bring a document before its day; it is applied on its day, and so is its end."""
    with store.cache.begin() as cache:
        documents.apply_documents(
            cache, [family("old", 1), family("new", 2, DAY), family("", 3, date(2026, 12, 1), deleted=True)]
        )
        found = documents.current(cache, "family", Family, day)
    assert ([one.name for one in found.values()] or [None]) == [name]


def test_a_page_that_comes_twice_changes_nothing(store: Store) -> None:
    """F3: the same documents again are the same documents."""
    with store.cache.begin() as cache:
        documents.apply_documents(cache, [family("old", 1)])
        documents.apply_documents(cache, [family("old", 1)])
        assert len(documents.current(cache, "family", Family, DAY)) == 1


def test_the_deny_list_tells_banned_from_blocked(store: Store) -> None:
    """R11, R13: a banned person counts where the banned are excluded, a blocked one everywhere; both are lifted."""
    member = card("a1", "Jean Okafor", digest="d1").persons[0]
    with store.cache.begin() as cache:
        documents.apply_deny(
            cache,
            [
                DenyRow(kind="person", id="a1-0", code="member.excluded"),
                DenyRow(kind="account", id="a1", code="account.blocked"),
                DenyRow(kind="card", id="d1", code="card.blocked"),
            ],
        )
        deny = documents.deny_of(cache, member, member.cards[0])
        assert (deny.banned, deny.persons) == ({"a1-0"}, frozenset())
        assert (deny.accounts, deny.cards) == ({"a1"}, {"d1"})
        documents.apply_deny(cache, [DenyRow(kind="person", id="a1-0", code="", denied=False)])
        assert documents.deny_of(cache, member, None).banned == frozenset()


def test_cursor_and_state_move_together(store: Store) -> None:
    """I27: positions that a page moved are kept beside the cursor; the others stay where they were."""
    state = FeedState(cursor="abc", feed_epoch=1, updated_at_us=5, deny_at_us=5)
    with store.cache.begin() as cache:
        assert documents.feed_state_of(cache).cursor == ""
        documents.save_positions(cache, {3: 10, 64: 7})
        documents.save_positions(cache, {3: 12})
        documents.save_feed_state(cache, state)
        documents.save_feed_state(cache, state)
        assert (documents.position(cache, 3), documents.position(cache, 64), documents.position(cache, 4)) == (12, 7, 0)
        assert documents.feed_state_of(cache) == state
        assert documents.settings_version(cache) == "m7"


def lease_row(lease_id: str, granted_h: int, *advice: tuple[date | None, int]) -> LeaseRow:
    """Give a lease as the ledger lists it."""
    return LeaseRow(
        lease_id=lease_id,
        club_id="c",
        account_id="a1",
        granted_h=granted_h,
        spent_h=0,
        sale_id="",
        ask_no=0,
        advice=advice,
    )


def test_a_spend_takes_the_advice_along(store: Store) -> None:
    """R34, R72: what is left of a lease's lots is kept with what is left of its amount."""
    soon = date(2026, 11, 30)
    with store.facts.begin() as facts:
        leases.adopt(facts, [lease_row("l1", 500, (soon, 300), (None, 200))])
        held = leases.open_leases(facts, "a1")
        leases.spend(facts, held, [LeaseSpend(lease_id="l1", amount_h=350)], DAY)
        [after] = leases.open_leases(facts, "a1")
    assert after.spent_h == 350
    assert after.advice == (ExpiringLot(last_day=NEVER, left=Points(150)),)


def test_a_lease_known_here_is_not_taken_over_again(store: Store) -> None:
    """C2: the ledger lists a lease until its close has reached it; what was spent or closed here stays so."""
    with store.facts.begin() as facts:
        leases.adopt(facts, [lease_row("l1", 500)])
        held = leases.open_leases(facts, "a1")
        leases.spend(facts, held, [LeaseSpend(lease_id="l1", amount_h=500)], DAY)
        leases.close(facts, "l1")
        leases.adopt(facts, [lease_row("l1", 500)])
        assert leases.all_open(facts) == ()


def test_a_spend_on_a_lease_that_changed_does_not_commit(store: Store) -> None:
    """I5: two sales never spend the same points of one lease."""
    with store.facts.begin() as facts:
        leases.adopt(facts, [lease_row("l1", 500)])
        stale = leases.open_leases(facts, "a1")
        leases.spend(facts, stale, [LeaseSpend(lease_id="l1", amount_h=400)], DAY)
        with pytest.raises(RuntimeError, match="changed"):
            leases.spend(facts, stale, [LeaseSpend(lease_id="l1", amount_h=400)], DAY)


def a_swipe(event_id: str, *, at_us: int, outcome: str = "", visit_key: str = "", guests: int = 0) -> KeptSwipe:
    """Give a swipe at this door."""
    return KeptSwipe(
        event_id=event_id,
        at_us=at_us,
        person_id="p1",
        name="Priya Nair",
        verdict="welcome",
        entry_day=DAY.isoformat(),
        visit_key=visit_key,
        birthday_key="",
        outcome=outcome,
        guests=guests,
    )


def test_heads_are_counted_by_the_act_and_once(store: Store) -> None:
    """R52, U91: the swipe does not count, the act does, guests included, and nobody acts twice on one swipe."""
    with store.facts.begin() as facts:
        swipes.keep_swipe(facts, a_swipe("e1", at_us=1))
        assert swipes.inside(facts, DAY) == 0
        assert swipes.keep_outcome(facts, "e1", "admit", 2)
        assert not swipes.keep_outcome(facts, "e1", "refuse", 0)
        assert swipes.inside(facts, DAY) == 3
        swipes.keep_swipe(facts, a_swipe("e2", at_us=2, outcome="refuse"))
        assert swipes.inside(facts, DAY) == 3
        assert [one.event_id for one in swipes.last_swipes(facts, 1)] == ["e2"]


def test_keys_given_here_keep_their_first_instant(store: Store) -> None:
    """R48: a second swipe of the day can say when the first one was."""
    with store.facts.begin() as facts:
        swipes.keep_swipe(facts, a_swipe("e2", at_us=20, visit_key="visit:k"))
        swipes.keep_swipe(facts, a_swipe("e1", at_us=10, visit_key="visit:k"))
        assert swipes.keys_given(facts, "p1") == {"visit:k": 10}
        assert swipes.keys_given(facts, "p2") == {}
