"""Whatever a body says, accepting it never raises: it is posted, or held with its exact bytes (C25, I8, I9, F38)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clubtill_ledger.accept.poison import FAILED
from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store.engines import Store, open_store
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, raw
from tests.ledger.club import Club, Happened, Till, decoded, event_id
from tests.ledger.counting import Desk, fee_told, with_fees
from tests.ledger.test_facts_accepted import guest, head_count

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.sampled_from([0, 1, -1, 2**62, 2**70]),
    st.sampled_from(["", "x", "goods", "fee", "cash", "\x00", "2026-02-30", "9" * 40, "A1", "A2"]), st.just([]),
    st.just({}),
)  # fmt: skip
"""What takes the place of a value: other types, edges, words of the rules in the wrong place."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One ledger for all that Hypothesis draws: what one example leaves behind is another one's past."""
    opened = open_store(str(tmp_path_factory.mktemp("any_body") / "ledger.db"))
    prepare(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def desk(store: Store) -> Desk:
    """A till of a club that takes fees, with a sale of a member that can be refunded."""
    club = Club.in_ledger(store)
    with_fees(club)
    return Desk(club.till())


def _sale(desk: Desk) -> Happened:
    return desk.with_fee("A1", fee_told(line=2), qty=2)[0]


def _refund(desk: Desk) -> Happened:
    sold, sale = desk.with_fee("A1", fee_told(line=2), qty=2)
    desk.till.push(sold)
    return desk.refund(sale)


def _void(desk: Desk) -> Happened:
    sold, sale = desk.sale("A2")
    desk.till.push(sold)
    return desk.void(sale)


KINDS: dict[str, Callable[[Desk], Happened]] = {
    "sale": _sale,
    "first sale": lambda desk: desk.till.sale("A1"),
    "public sale": lambda desk: desk.sale()[0],
    "refund": _refund,
    "void": _void,
    "swipe": lambda desk: desk.till.swipe("A3"),
    "admission": lambda desk: desk.till.admission(event_id(), "A3"),
    "close": lambda desk: desk.till.close("A4", event_id(), 0),
    "guest": lambda desk: desk.till.happened(guest(desk.till)),
    "head count": lambda desk: desk.till.happened(head_count(desk.till, "out", 2)),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the place of every value of a body."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield (*path, name)
            yield from places(one, (*path, name))
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield (*path, n)
            yield from places(one, (*path, n))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> None:
    """Put something odd in a place of a body; a place that is gone by now stays gone."""
    for step in path[:-1]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(path[-1], int) and path[-1] < len(value)):
        value[path[-1]] = odd


def push_alone(till: Till, data: bytes) -> EventsAnswer:
    """Send one event as the next of the log."""
    return till.push(Happened("", data))


CHANGES = st.lists(st.tuples(st.integers(0, 9_999), ODD), min_size=1, max_size=3)
"""Which place of a body becomes what; places are counted round, so that a short body has them all."""


@pytest.mark.parametrize("kind", KINDS)
@given(changes=CHANGES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_body_with_anything_in_it_is_posted_or_held(desk: Desk, kind: str, changes: list[tuple[int, Any]]) -> None:
    """C25, I9: one to three values of a good event become anything; the answer is one of two, the bytes are kept."""
    desk.till.club.tick()
    event = msgspec.json.decode(KINDS[kind](desk).data)
    found = list(places(event["body"]))
    for place, odd in changes:
        put(event["body"], found[place % len(found)], odd)
    sent = msgspec.json.encode(event)
    (told,) = push_alone(desk.till, sent).results
    assert told.status in {"posted", "held"}
    row = raw(desk.till.club.store, event["event_id"]) or raw(desk.till.club.store, told.event_id)
    assert bytes(row.bytes) == sent
    assert row.reason != FAILED, "the program itself failed at it"


def test_the_books_still_balance(desk: Desk) -> None:
    """I12 to I17: after events with one odd figure each, every account is what the rules make of its entries."""
    event = msgspec.json.decode(_sale(desk).data)
    for place, odd in ((("award_h",), -1), (("lines", 0, "qty"), 0), (("points_used_h",), 500), (("total_minor",), 9)):
        broken = msgspec.json.decode(msgspec.json.encode(event))
        broken["event_id"] = event_id()
        put(broken["body"], place, odd)
        (told,) = push_alone(desk.till, msgspec.json.encode(broken)).results
        assert told.status in {"posted", "held"}
    audit(desk.till.club.store)


def test_a_batch_with_every_kind_is_answered_event_by_event(desk: Desk) -> None:
    """I8, F38: an event in the middle that cannot be posted keeps nobody waiting."""
    good = [make(desk) for make in KINDS.values()]
    odd = msgspec.json.decode(good[3].data)
    odd["body"]["lines"] = []
    good[3] = Happened(good[3].event_id, msgspec.json.encode(odd))
    desk.till.keep(*good)
    told = decoded(desk.till.post(desk.till.batch()), EventsAnswer)
    desk.till.acked = told.acked_through
    assert [result.status for result in told.results].count("held") == 1
    assert told.acked_through == len(desk.till.log)
