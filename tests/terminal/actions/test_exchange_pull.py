"""The feed: page by page without a hole, cards and cursor in one transaction, leases given back (6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from clubtill_rules.members.account import AccountCard, CardToken, MemberCard
from clubtill_rules.members.club import Club
from clubtill_rules.values.ids import DENY_STREAM, MASTER_STREAM, account_bucket
from clubtill_rules.values.points import whole
from clubtill_sync.client import Answer, Denied, Lost, Unknown
from clubtill_sync.wire.checks import check_of, row_digest
from clubtill_sync.wire.events import LeaseCloseV1
from clubtill_sync.wire.feed import DenyRow, Document, FeedPage, StreamRange
from clubtill_sync.wire.requests import EventResult, LeaseRow
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.exchange_pull import Pulled, pull
from clubtill_terminal.store import checks, documents, leases, members, outbox
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.engines import Store
from tests.sync.hostile import Behave, Request, resets, serving
from tests.terminal.actions.exchange_kit import NOW_US, a_client, a_device, a_store, a_terminal, append, refuses, tells

BUCKET = account_bucket("c1", "a1")
OTHER = (BUCKET + 1) % 64
LEASE = LeaseRow(
    lease_id="l1", club_id="c1", account_id="a1", granted_h=500, spent_h=0, sale_id="s1", ask_no=1, advice=()
)
DAY = date(2026, 11, 18)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real store with an empty cache."""
    opened = a_store(tmp_path / "store", a_device())
    yield opened
    opened.close()


def card(points: int, *, account_id: str = "a1", version: int = 1, digest: str = "d1") -> AccountCard:
    """Give an account's card with one person and one card."""
    person = MemberCard(
        person_id=f"p-{account_id}",
        account_id=account_id,
        club_id="c1",
        number="7",
        first_name="Jean",
        last_name="Hill",
        classification=1,
        cards=(CardToken(digest=digest, last4="0007"),),
    )
    return AccountCard(account_id=account_id, club_id="c1", version=version, balance=whole(points), persons=(person,))


def club(version: int, name: str, effective_from: date | None = None) -> Document:
    """Give a version of the club's document."""
    body = msgspec.Raw(msgspec.json.encode(Club(id="c1", name=name, zone="Australia/Brisbane")))
    return Document(kind="club", id="c1", version=version, effective_from=effective_from, body=body)


def page(cursor: str, *ranges: tuple[int, int, int], more: bool = False, **filled: object) -> FeedPage:
    """Give a page; its ranges are (stream, after, through)."""
    empty: dict[str, object] = {"accounts": (), "documents": (), "deny": (), "leases": (), "recalls": ()}
    return FeedPage(
        cursor=cursor,
        ranges=tuple(StreamRange(stream=s, after=a, through=t) for s, a, t in ranges),
        more=more,
        **{"feed_epoch": 1, **empty, **filled},  # type: ignore[arg-type] # the fields of a page by name
    )


FIRST = page(
    "c1",
    (MASTER_STREAM, 0, 2),
    (DENY_STREAM, 0, 1),
    (BUCKET, 0, 5),
    accounts=(card(10),),
    documents=(club(1, "Old"), club(2, "New", date(2026, 12, 1))),
    deny=(DenyRow(kind="card", id="d9", code="lost"),),
)


def fetched(store: Store, *behaviours: Behave, **how: object) -> tuple[list[Pulled], list[Request]]:
    """Pull once for each answer that a ledger has; give what came of each, and what was asked."""
    done: list[Pulled] = []
    with serving(*behaviours) as server:
        client = a_client(server.url)
        anew = False
        for _ in behaviours:
            done.append(pull(a_terminal(store), client, anew=anew, **how))  # type: ignore[arg-type] # named in pull
            anew = done[-1].anew
        client.close()
    return done, server.requests


def balance(store: Store, account_id: str = "a1") -> int | None:
    """Give the balance of an account in the cache, in hundredths."""
    with store.cache.begin() as cache:
        found = members.by_account(cache, account_id)
    return found.balance.hundredths if found else None


def state(store: Store) -> tuple[str, int, int]:
    """Give the cursor, the bucket's position and when the cache was complete."""
    with store.cache.begin() as cache:
        told = documents.feed_state_of(cache)
        return told.cursor, documents.position(cache, BUCKET), told.updated_at_us


def test_the_first_pull_begins_at_the_beginning_and_fills_an_empty_cache(store: Store) -> None:
    """D26: cards, settings and the deny list come by the feed and nothing else."""
    [done], [asked] = fetched(store, tells(FIRST))
    assert asked.query == "cursor=&wait=0"
    assert done == Pulled(outcome=Answer(FIRST), settings=True, accounts=frozenset({"a1"}))
    assert (balance(store), state(store)) == (1000, ("c1", 5, NOW_US))
    with store.cache.begin() as cache:
        assert members.by_digest(cache, "d1") is not None
        assert [tuple(row) for row in cache.exec_driver_sql("SELECT kind, id, code FROM deny")] == [
            ("card", "d9", "lost")
        ]
        assert documents.feed_state_of(cache).deny_at_us == NOW_US
    with store.facts.begin() as facts:
        assert read_device(facts).last_contact_us == NOW_US


def test_a_stream_is_summed_up_as_the_ledger_does(store: Store) -> None:
    """6.5: accounts by club, id and version with what is available; documents by newest version; denials."""
    fetched(store, tells(FIRST))
    with store.cache.begin() as cache:
        sums = [checks.sum_up(cache, stream) for stream in (BUCKET, OTHER, MASTER_STREAM, DENY_STREAM)]
    assert sums == [
        check_of(BUCKET, 5, [(row_digest("c1", "a1", 1), 1000)]),
        check_of(OTHER, 0, []),
        check_of(MASTER_STREAM, 2, [(row_digest("club", "c1", 2), 0)]),
        check_of(DENY_STREAM, 1, [(row_digest("card", "d9", "lost"), 0)]),
    ]


def test_a_document_comes_into_force_on_its_day(store: Store) -> None:
    """6.5: a page may bring a document before its day."""
    fetched(store, tells(FIRST))
    with store.cache.begin() as cache:
        names = [documents.current(cache, "club", Club, day)["c1"].name for day in (DAY, date(2026, 12, 1))]
    assert names == ["Old", "New"]


def test_the_next_pull_goes_on_where_the_cache_stands(store: Store) -> None:
    """6.5: the cursor goes back as it came, and the long poll waits."""
    then = page("c2", (BUCKET, 5, 8), accounts=(card(7, version=2),))
    done, asked = fetched(store, tells(FIRST), tells(then), wait_s=3)
    assert asked[1].query == "cursor=c1&wait=3"
    assert done[1] == Pulled(outcome=Answer(then), accounts=frozenset({"a1"}))
    assert (balance(store), state(store)) == (700, ("c2", 8, NOW_US))


def test_a_page_without_news_says_that_the_cache_is_complete(store: Store) -> None:
    """R11: the age of the deny list counts from the last word of the ledger, not from its last change."""
    fetched(store, tells(FIRST))
    later = NOW_US + 60_000_000
    with serving(tells(page("c1"))) as server:
        client = a_client(server.url)
        pull(a_terminal(store, now_us=lambda: later), client)
        client.close()
    assert state(store) == ("c1", 5, later)


def test_a_cache_is_not_complete_while_pages_wait(store: Store) -> None:
    """R11: in the middle of catching up nobody says that everything is known."""
    fetched(store, tells(FIRST))
    [done], _ = fetched(store, tells(page("c2", (BUCKET, 5, 6), more=True)), wait_s=0)
    assert done.more
    assert state(store) == ("c2", 6, NOW_US)
    with serving(tells(page("c3", (BUCKET, 6, 7), more=True))) as server:
        client = a_client(server.url)
        pull(a_terminal(store, now_us=lambda: NOW_US + 5), client)
        client.close()
    assert state(store) == ("c3", 7, NOW_US)
    with store.cache.begin() as cache:
        assert documents.feed_state_of(cache).deny_at_us == NOW_US


@pytest.mark.parametrize(
    "ranges",
    [
        ((BUCKET, 6, 8),),
        ((BUCKET, 4, 8),),
        ((BUCKET, 5, 4),),
        ((OTHER, 1, 2),),
        ((BUCKET, 5, 6), (BUCKET, 7, 8)),
        ((66, 0, 1),),
        ((-1, 0, 1),),
    ],
    ids=["a hole", "an overlap", "backwards", "a hole at the start", "a hole within", "no such stream", "below"],
)
def test_a_page_that_does_not_join_changes_nothing(store: Store, ranges: tuple[tuple[int, int, int], ...]) -> None:
    """I27: every range begins exactly where its stream stands, or the page is refused and all is fetched anew."""
    fetched(store, tells(FIRST))
    [done], _ = fetched(store, tells(page("c2", *ranges, accounts=(card(99, version=9),))))
    assert (done.hole, done.anew) == (True, True)
    assert (balance(store), state(store)) == (1000, ("c1", 5, NOW_US))


def test_after_a_hole_all_is_fetched_from_the_beginning(store: Store) -> None:
    """6.5: what the cache held is replaced by what the ledger has now, in one transaction."""
    gone = card(3, account_id="a2", digest="d2")
    with_more = page("c1", (BUCKET, 0, 5), (account_bucket("c1", "a2"), 0, 1), accounts=(card(10), gone))
    done, asked = fetched(store, tells(with_more), tells(page("x", (BUCKET, 9, 10))), tells(FIRST))
    assert [asked_for.query for asked_for in asked] == ["cursor=&wait=0", "cursor=c1&wait=0", "cursor=&wait=0"]
    assert [pulled.anew for pulled in done] == [False, True, False]
    assert (balance(store), balance(store, "a2"), state(store)) == (1000, None, ("c1", 5, NOW_US))
    with store.cache.begin() as cache:
        assert members.search(cache, "Jean", rows_max=9) == members.by_number(cache, "7")
        assert len(members.by_number(cache, "7")) == 1


@pytest.mark.parametrize(
    ("behave", "anew"),
    [
        (refuses(410, "feed_epoch", feed_epoch=2), True),
        (refuses(400, "cursor"), True),
        (refuses(403, "revoked", drain=False), False),
        (resets(), False),
    ],
)
def test_only_a_ledger_with_another_past_has_all_fetched_anew(store: Store, behave: Behave, anew: bool) -> None:
    """6.5: 410 after a restore; the cache stays as it is until the new one is there."""
    fetched(store, tells(FIRST))
    [done], _ = fetched(store, behave)
    assert isinstance(done.outcome, Denied | Unknown)
    assert done.anew is anew
    assert (balance(store), state(store)) == (1000, ("c1", 5, NOW_US))


def test_a_page_of_another_feed_epoch_is_not_mixed_in(store: Store) -> None:
    """6.5: positions of two pasts mean different things."""
    [_, done], _ = fetched(store, tells(FIRST), tells(page("z", (BUCKET, 5, 6), accounts=(card(99),), feed_epoch=2)))
    assert (done.anew, done.hole) == (True, False)
    assert (balance(store), state(store)) == (1000, ("c1", 5, NOW_US))


def test_anew_the_settings_are_replaced_as_a_whole(store: Store) -> None:
    """6.5: while a restored ledger is fetched anew no till stands with half a catalogue."""
    fetched(store, tells(FIRST))
    one = page("n1", (MASTER_STREAM, 0, 1), more=True, documents=(club(1, "Restored"),), feed_epoch=2)
    two = page(
        "n2",
        (MASTER_STREAM, 1, 2),
        (DENY_STREAM, 0, 1),
        (BUCKET, 0, 1),
        more=True,
        accounts=(card(4),),
        documents=(Document(kind="venue", id="v1", version=1, body=msgspec.Raw(b"{}")),),
        feed_epoch=2,
    )
    with serving(tells(one), tells(two)) as server:
        client = a_client(server.url)
        done = pull(a_terminal(store), client, wait_s=5, anew=True)
        client.close()
    assert [request.query for request in server.requests] == ["cursor=&wait=0", "cursor=n1&wait=0"]
    assert (done.more, done.settings) == (True, True)
    assert (balance(store), state(store)[:2]) == (400, ("n2", 1))
    with store.cache.begin() as cache:
        assert documents.current(cache, "club", Club, date(2026, 12, 1))["c1"].name == "Restored"
        assert cache.exec_driver_sql("SELECT count(*) FROM deny").scalar_one() == 0


def test_anew_without_an_answer_keeps_what_there_is(store: Store) -> None:
    """6.5: the line may drop while all is fetched anew; the till goes on with what it has."""
    fetched(store, tells(FIRST))
    one = page("n1", (MASTER_STREAM, 0, 1), more=True, documents=(club(1, "Restored"),), feed_epoch=2)
    with serving(tells(one), resets()) as server:
        client = a_client(server.url)
        done = pull(a_terminal(store), client, anew=True)
        client.close()
    assert done.outcome == Unknown(reason=Lost.CUT)
    assert (balance(store), state(store)) == (1000, ("c1", 5, NOW_US))


# ------------------------------------------------------------------ leases


def held(store: Store) -> list[str]:
    """Give the open leases of this device."""
    with store.facts.begin() as facts:
        return [lease.lease_id for lease in leases.all_open(facts)]


def closes(store: Store) -> list[LeaseCloseV1]:
    """Give the close events in this device's log."""
    with store.facts.begin() as facts:
        rows = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=99, bytes_max=10**6)
    found = [decode_body(decode_event(row.bytes_)) for row in rows]
    return [body for body in found if isinstance(body, LeaseCloseV1)]


def test_a_lease_whose_answer_was_lost_comes_with_the_feed(store: Store) -> None:
    """4.2, C2: it is used or given back, and never twice in the table."""
    fetched(store, tells(page("c1", leases=(LEASE,))), tells(page("c1", leases=(LEASE,))))
    assert held(store) == ["l1"]


def test_a_recalled_lease_is_given_back_at_once(store: Store) -> None:
    """D22, 4.4: its close is an event in this device's log; told again it is not closed again."""
    recall = page("c1", leases=(LEASE,), recalls=("l1", "unknown"))
    done, _ = fetched(store, tells(page("c1", leases=(LEASE,))), tells(recall), tells(recall))
    assert [(pulled.given_back, pulled.kept_recalls) for pulled in done] == [(0, ()), (1, ()), (0, ())]
    assert held(store) == []
    assert [(c.lease_id, c.club_id, c.account_id, c.spent_h, c.why) for c in closes(store)] == [
        ("l1", "c1", "a1", 0, "recall")
    ]


def test_a_recall_never_closes_a_lease_under_an_open_tender(store: Store) -> None:
    """I25: money is being taken for it; the recall is told again, and heard when the tender is over."""
    other = msgspec.structs.replace(LEASE, lease_id="l2", account_id="a2")
    recall = page("c1", leases=(LEASE, other), recalls=("l1", "l2"))
    [done], _ = fetched(store, tells(recall), tendering=frozenset({"a1"}))
    assert (done.kept_recalls, held(store)) == (("l1",), ["l1"])
    [done], _ = fetched(store, tells(recall))
    assert (done.kept_recalls, held(store)) == ((), [])


def test_what_is_shown_counts_every_event_once_while_card_and_log_cross(store: Store) -> None:
    """I6, 6.5: before the acknowledgement, after it, and after the feed has passed its place, one figure is shown."""
    fetched(store, tells(FIRST))
    append(store, 1, account_id="a1", overlay_h=250)
    shown = [_shown(store)]
    with store.facts.begin() as facts:
        result = EventResult(seq=1, event_id="e1", status="posted", stream=BUCKET, position=6, balance_h=1250, flags=())
        outbox.mark_acked(facts, epoch=1, acked_through=1, results=[result], at_us=1)
    shown.append(_shown(store))
    after = msgspec.structs.replace(page("c2", (BUCKET, 5, 6)), accounts=(card(0, version=2),))
    counted = msgspec.convert(msgspec.to_builtins(card(0, version=2)) | {"balance": {"hundredths": 1250}}, AccountCard)
    fetched(store, tells(msgspec.structs.replace(after, accounts=(counted,))))
    shown.append(_shown(store))
    assert shown == [1250, 1250, 1250]


def _shown(store: Store) -> int:
    with store.cache.begin() as cache:
        found = members.by_account(cache, "a1")
    assert found is not None
    return read_balance(a_terminal(store), found).balance.hundredths
