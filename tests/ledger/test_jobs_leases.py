"""Nightly leases: the working set's points go to the venue's redemption terminal before the day (4.4, R90)."""

from dataclasses import replace
from functools import partial

import msgspec
import pytest

from clubtill_ledger.leases.night import grant_night
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices, documents
from clubtill_ledger.store.granting import redemption_device
from clubtill_rules.members.account import Block
from clubtill_rules.members.venue import OfflineMode, Venue
from clubtill_sync.wire.documents import Terminal
from clubtill_sync.wire.feed import Document
from tests.ledger.audit import audit, balances, kinds
from tests.ledger.club import Club, Till
from tests.ledger.master import DAY, OPENING_H, ZONE, account, person


def publish(club: Club, kind: str, name: str, value, version: int = 2) -> None:
    """Change a setting."""
    body = msgspec.Raw(msgspec.json.encode(value))
    made = (Document(kind=kind, id=name, version=version, body=body),)
    club.store.write(partial(documents.publish, documents=made))


@pytest.fixture
def till(club: Club) -> Till:
    """The redemption terminal of the venue V1, enrolled; the door is one too, but shows Reception alone."""
    publish(club, "terminal", "T1", Terminal(id="T1", name="Till 1", location_id="BAR", redemption_terminal=True))
    door = Terminal(id="D1", name="Door", location_id="DOOR", shows=("reception",), redemption_terminal=True)
    publish(club, "terminal", "D1", door)
    made = club.till("T1")
    club.till("D1")
    return made


def at_home(club: Club, account_id: str, venue_id: str, *, block: Block = Block.NONE) -> None:
    """Make somebody at home at a venue."""
    card = replace(person(account_id), attributes={"home_venue": venue_id})
    made = replace_account(account_id, persons=(card,), block=block)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)


def replace_account(account_id: str, **told) -> seeds.Account:
    """An account of the seed with other values."""
    return msgspec.structs.replace(account(account_id), **told)


def night(club: Club, venue_id: str = "V1") -> int:
    """Run the job of a venue's night."""
    return grant_night(club.store, club.ledger.shelf, venue_id, now_us=club.now_us)


def held(club: Club, till: Till) -> dict[str, int]:
    """What a device holds, by account, as the feed tells it."""
    club.tick()
    return {lease.account_id: lease.granted_h for lease in till.feed().leases}


def test_who_is_at_home_or_was_seen_gets_a_lease(club: Club, till: Till) -> None:
    """4.4 (b): home venue, or seen there in 60 days; nobody else; the terminal reads them in its next page."""
    at_home(club, "A1", "V1")
    at_home(club, "A2", "V2")
    till.push(till.sale("A3"))
    assert night(club) == 2
    assert held(club, till) == {"A1": OPENING_H, "A3": OPENING_H + 500}
    assert balances(club.store)["A1"] == (0, OPENING_H, 0)
    club.tick(61 * DAY)
    for lease in till.feed().leases:
        till.push(till.close(lease.account_id, lease.lease_id, 0, why="end_of_day"))
    assert night(club) == 1, "A3 was not seen for 61 days"
    audit(club.store)


def test_the_same_night_grants_once(club: Club, till: Till) -> None:
    """I10, I20: run again the same night, also after the lease was given back, nothing is granted anew."""
    at_home(club, "A1", "V1")
    assert (night(club), night(club)) == (1, 0)
    (lease,) = till.feed().leases
    till.push(till.close("A1", lease.lease_id, 0, why="end_of_day"))
    assert night(club) == 0
    club.tick(DAY)
    assert night(club) == 1
    assert [kind for kind, _ in kinds(club.store, "A1")] == ["lease_grant", "lease_return", "lease_grant"]
    audit(club.store)


def test_a_terminal_that_is_cut_off_gathers_no_more_than_the_cap(club: Club, till: Till) -> None:
    """4.4: what the terminal holds already counts; at most the venue's cap is held there, night after night."""
    at_home(club, "A1", "V1")
    publish(club, "venue", "V1", Venue(id="V1", name="Harbour", zone=ZONE, lease_cap_h=30_000))
    assert night(club) == 1
    club.tick(DAY)
    assert night(club) == 0
    assert balances(club.store)["A1"] == (OPENING_H - 30_000, 30_000, 0)
    (lease,) = till.feed().leases
    till.push(till.sale("A1", qty=20, spends=((lease.lease_id, 10_000),)))
    club.tick(DAY)
    assert night(club) == 1
    assert balances(club.store)["A1"] == (OPENING_H - 40_000, 30_000, 0)
    audit(club.store)


def test_nothing_ahead_of_a_sale_in_mode_refuse(club: Club, till: Till) -> None:
    """4.1, 4.4 (c), I22: a venue that refuses offline redemption gets no lease at night."""
    at_home(club, "A1", "V1")
    publish(club, "venue", "V1", Venue(id="V1", name="Harbour", zone=ZONE, offline_mode=OfflineMode.REFUSE))
    assert night(club) == 0
    assert held(club, till) == {}


def test_never_to_reception_nor_to_a_device_that_is_doubted(club: Club, till: Till) -> None:
    """4.4, I30: the door is passed over; a revoked or forked terminal gets nothing; a venue without one grants none."""
    at_home(club, "A1", "V1")
    settings = club.store.read(partial(club.ledger.shelf.now, now_us=club.now_us))
    found = partial(redemption_device, settings=settings, venue_id="V1")
    assert club.store.read(found).device_id == till.device_id
    for change in ({"fork_us": 1}, {"fork_us": None, "revoked_us": 1}):
        club.store.write(partial(devices.change, device_id=till.device_id, **change))
        assert club.store.read(found) is None
        assert night(club) == 0
    assert night(club, "V2") == 0
    assert night(club, "V9") == 0


def test_blocked_accounts_and_empty_ones_get_none(club: Club, till: Till) -> None:
    """R13, 4.4: a blocked account gets no lease, nor does one without points."""
    at_home(club, "A1", "V1", block=Block.BLOCKED)
    at_home(club, "A2", "V1")
    till.lease("A2", OPENING_H)
    assert night(club) == 0
