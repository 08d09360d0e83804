"""What the tests of the client say to a ledger and hear from it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import httpx
import msgspec

from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.values.points import whole
from clubtill_sync import signing
from clubtill_sync.client import Client, Timeouts
from clubtill_sync.outcomes import Outcome
from clubtill_sync.signing import Signer
from clubtill_sync.wire.feed import FeedPage, StreamRange
from clubtill_sync.wire.requests import (
    Enrol,
    Enrolled,
    EventResult,
    EventsAnswer,
    EventsBatch,
    Hello,
    HelloAnswer,
    LeaseAnswer,
    LeaseAsk,
)
from tests.sync.hostile import Behave, serving

KEY = signing.new_key()
NOW_US = 1_795_000_000_000_000
PATIENT = Timeouts(look_up_s=20, points_s=20, bulk_s=20)
HASTY = Timeouts(look_up_s=0.3, points_s=0.3, bulk_s=0.3)

HELLO = Hello(
    epoch=1,
    head_seq=3,
    head_hash="ab" * 32,
    acked_seq=2,
    incarnation="i",
    boot_id="b",
    local_time_us=NOW_US,
    store_version="1",
    program_version="1",
)
HELLO_ANSWER = HelloAnswer(
    state="ok",
    epoch=1,
    next_seq=4,
    head_hash="ab" * 32,
    ledger_epoch=1,
    feed_epoch=1,
    server_time_us=NOW_US,
    leases=(),
)
BATCH = EventsBatch(epoch=1, first_seq=4, previous_hash="ab" * 32, events=(msgspec.Raw(b'{"n":1}'),))
EVENTS_ANSWER = EventsAnswer(
    acked_through=4,
    results=(EventResult(seq=4, event_id="e", status="posted", stream=3, position=9, balance_h=5, flags=("LATE",)),),
    server_time_us=NOW_US,
)
CARD = AccountCard(
    account_id="a/ö",
    club_id="c",
    version=2,
    balance=whole(7),
    persons=(
        MemberCard(
            person_id="p",
            account_id="a/ö",
            club_id="c",
            number="7",
            first_name="Zoë",
            last_name="O'Hara",
            classification=1,
            attributes={"joined": "2020"},
        ),
    ),
)
PAGE = FeedPage(
    cursor="next",
    feed_epoch=1,
    ranges=(StreamRange(stream=3, after=0, through=4),),
    accounts=(CARD,),
    documents=(),
    deny=(),
    leases=(),
    recalls=(),
    more=False,
)
ASK = LeaseAsk(sale_id="s", ask_no=1, club_id="c", account_id="a", amount_h=100, why="sale")
LEASE = LeaseAnswer(lease=None, card=CARD, held_elsewhere_h=50, server_time_us=NOW_US)
ENROL = Enrol(code="123456", public_key="AAAA", name="Till 3")
ENROLLED = Enrolled(device_id="d", epoch=1, server_key="k", terminal_id="t", server_time_us=NOW_US, card_key="AAAA")

Call = Callable[[Client], Outcome[object]]


def client(url: str, timeouts: Timeouts = PATIENT, transport: httpx.BaseTransport | None = None) -> Client:
    """Make a signing client with a clock that stands still and nonces that count."""
    nonces = itertools.count(1)
    return Client(
        url,
        Signer(KEY, "till-3"),
        now_us=lambda: NOW_US,
        nonce=lambda: f"n{next(nonces)}",
        timeouts=timeouts,
        transport=transport,
    )


def ask(behave: Behave, call: Call = lambda c: c.hello(HELLO), timeouts: Timeouts = PATIENT) -> Outcome[object]:
    """Make one call to a server that behaves like this."""
    with serving(behave) as server:
        line = client(server.url, timeouts)
        outcome = call(line)
        line.close()
    return outcome


GOOD = msgspec.json.encode(HELLO_ANSWER)
