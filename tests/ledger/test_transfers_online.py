"""Transfers between two accounts, online: once, whole or not at all, whatever dies in between (R38, 3.3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.accept import transfers
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices, documents, people, states
from clubtill_ledger.store.tables_transfers import transfer, transfer_in
from clubtill_rules.members.account import BanKind, Block
from clubtill_rules.members.club import Club as ClubSettings
from clubtill_sync.wire.documents import Staff
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.transfers import TransferAnswer, TransferAsk
from tests.ledger.audit import audit, balances, entries, kinds, rows
from tests.ledger.club import Club, Till, decoded, event_id, refused
from tests.ledger.master import ACCOUNTS, CLUB_ID, MINUTE, OPENING_H, ZONE, person


class Killed(BaseException):
    """The process died. Not an Exception, so that no room can go on after it."""


def hire(club: Club) -> None:
    """Make a venue manager and a cashier known."""
    staff = [Staff(id="M1", name="May", short_name="M", roles=("venue_manager",))]
    staff.append(Staff(id="C1", name="Cy", short_name="C", roles=("cashier",)))
    made = [Document(kind="staff", id=s.id, version=1, body=msgspec.Raw(msgspec.json.encode(s))) for s in staff]
    club.store.write(lambda c: documents.publish(c, made))


def asks(source: str, target: str, amount_h: int, **told: Any) -> bytes:
    """Write an ask of the venue manager."""
    values = {"transfer_id": event_id(), "club_id": CLUB_ID, "staff_id": "M1"} | told
    return msgspec.json.encode(TransferAsk(source_id=source, target_id=target, amount_h=amount_h, **values))


def send(till: Till, body: bytes) -> TransferAnswer:
    """Send an ask that is to be granted."""
    return decoded(till.call("POST", "/v1/transfers", body), TransferAnswer)


def total(club: Club) -> int:
    """Sum the balances of all accounts."""
    return sum(avail + reserved - deficit for avail, reserved, deficit in balances(club.store).values())


@pytest.fixture
def till(club: Club) -> Till:
    """A till, and staff."""
    hire(club)
    return club.till()


def test_a_transfer_moves_points_with_their_days(club: Club, till: Till) -> None:
    """R38, 3.3: pending, one leg a lot in the target with the lot's own days, then posted; both streams carry it."""
    till.push(till.sale("A1", qty=2))
    told = send(till, asks("A1", "A2", OPENING_H + 500))
    assert (told.state, told.amount_h, told.arrives_h) == ("posted", OPENING_H + 500, OPENING_H + 500)
    assert kinds(club.store, "A1")[1:] == [("transfer_out", OPENING_H + 500), ("transfer_out", OPENING_H + 500)]
    assert kinds(club.store, "A2") == [("transfer_in", OPENING_H), ("transfer_in", 500)]
    came = [(e.earn_day, e.last_day) for e in entries(club.store, "A2")[1:]]
    gave = [(e.earn_day, e.last_day) for e in entries(club.store, "A1")[:2]]
    assert came == gave
    assert balances(club.store)["A1"] == (500, 0, 0)
    assert balances(club.store)["A2"] == (2 * OPENING_H + 500, 0, 0)
    assert told.source is not None
    assert told.source.balance.hundredths == 500
    audit(club.store)


def test_the_same_ask_again_moves_nothing_more(club: Club, till: Till) -> None:
    """I10, R38: the same id of the same asker is answered as the first time; another amount under it is a mistake."""
    body = asks("A1", "A2", 30_000, transfer_id="t1")
    first = send(till, body)
    club.tick()
    again = send(till, body)
    assert (again.event_id, again.state, again.arrives_h) == (first.event_id, "posted", 30_000)
    other = asks("A1", "A2", 40_000, transfer_id="t1")
    assert refused(till.call("POST", "/v1/transfers", other))[:2] == (422, "key_reuse")
    assert balances(club.store)["A1"] == (OPENING_H - 30_000, 0, 0)
    second = club.till("T2")
    assert send(second, body).event_id != first.event_id, "an id belongs to its asker"
    assert balances(club.store)["A1"] == (OPENING_H - 60_000, 0, 0)
    audit(club.store)


def test_the_factor_loses_points_in_the_open(club: Club, till: Till) -> None:
    """R38: 100 at 0.90 takes 100 and brings 90; the rest is in neither account and the books say so."""
    settings = ClubSettings(id=CLUB_ID, name="Harbour Club", zone=ZONE, transfer_factor_h=90)
    made = Document(kind="club", id=CLUB_ID, version=2, body=msgspec.Raw(msgspec.json.encode(settings)))
    club.store.write(lambda c: documents.publish(c, [made]))
    told = send(till, asks("A1", "A2", 10_000))
    assert (told.amount_h, told.arrives_h) == (10_000, 9_000)
    assert total(club) == len(ACCOUNTS) * OPENING_H - 1_000
    audit(club.store)


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        pytest.param({"amount_h": 0}, 409, "transfer.amount", id="nothing"),
        pytest.param({"amount_h": OPENING_H + 100}, 409, "transfer.short", id="more-than-there-is"),
        pytest.param({"target": "A1"}, 409, "transfer.same_account", id="to-itself"),
        pytest.param({"target": "A9"}, 404, "unknown_account", id="to-nobody"),
        pytest.param({"source": "A9"}, 404, "unknown_account", id="from-nobody"),
        pytest.param({"club_id": "other"}, 409, "unknown_settings", id="another-club"),
        pytest.param({"staff_id": "C1"}, 403, "permission.missing", id="a-cashier"),
        pytest.param({"staff_id": "X"}, 403, "permission.missing", id="a-stranger"),
        pytest.param({"amount_h": -100}, 400, "unreadable", id="below-nil"),
        pytest.param({"amount_h": 2**60}, 400, "unreadable", id="beyond-any-amount"),
        pytest.param({"transfer_id": ""}, 400, "unreadable", id="no-id"),
        pytest.param({"target": "A3"}, 409, "transfer.blocked", id="blocked"),
        pytest.param({"source": "A4"}, 409, "transfer.banned", id="banned"),
    ],
)
def test_a_refusal_leaves_nothing(club: Club, till: Till, ask: dict[str, Any], status: int, code: str) -> None:
    """R38: either side blocked or banned, the same account, nothing or too much: refused, and no row says otherwise."""
    club.store.write(lambda c: states.open_account(c, CLUB_ID, "A3", Block.BLOCKED))
    banned = replace(person("A4"), ban=BanKind.HOUSE)
    club.store.write(lambda c: people.keep_member(c, banned))
    before = {name: kinds(club.store, name) for name in ACCOUNTS}
    told = {"source": "A1", "target": "A2", "amount_h": 5_000} | ask
    assert refused(till.call("POST", "/v1/transfers", asks(**told)))[:2] == (status, code)
    assert {name: kinds(club.store, name) for name in ACCOUNTS} == before
    assert rows(club.store, transfer) == rows(club.store, transfer_in) == []
    audit(club.store)


def test_leased_points_do_not_move(club: Club, till: Till) -> None:
    """I24, R38: what a till holds stays; the refusal says what there is."""
    till.lease("A1", 70_000)
    status, code, facts = refused(till.call("POST", "/v1/transfers", asks("A1", "A2", 40_000)))
    assert (status, code, facts["available"]) == (409, "transfer.short", {"hundredths": OPENING_H - 70_000})
    assert send(till, asks("A1", "A2", OPENING_H - 70_000)).state == "posted"
    assert balances(club.store)["A1"] == (0, 70_000, 0)


@pytest.mark.parametrize("how", ["revoked", "fork"])
def test_a_device_in_trouble_transfers_nothing(club: Club, till: Till, how: str) -> None:
    """I30, C13: a revoked or forked device is asked for nothing that moves points."""
    club.store.write(lambda c: devices.change(c, till.device_id, **{f"{how}_us": club.now_us}))
    assert refused(till.call("POST", "/v1/transfers", asks("A1", "A2", 100)))[1] == how


def _die_at(club: Club, fatal: int, moment: str, act: Any) -> bool:
    """Do something in a process that dies at its n-th transaction, before or after its commit; tell whether it did."""
    count = 0

    def dies(_connection: Connection) -> None:
        nonlocal count
        count += 1
        if count == fatal:
            raise Killed

    event = "commit" if moment == "before" else "begin"
    sa.event.listen(club.store.writer, event, dies)
    try:
        act()
    except Killed:
        return True
    finally:
        sa.event.remove(club.store.writer, event, dies)
    return False


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("repair", ["sweep", "ask again"])
def test_a_death_at_every_step_is_repaired(club: Club, till: Till, moment: str, repair: str) -> None:
    """F15, 3.3: whichever commit is the last one, the sweep or the same ask ends it; the total never changes."""
    fatal, source, moved_h = 0, "A1", 0
    while True:
        fatal += 1
        club.tick()
        body = asks(source, "A2", 1_000, transfer_id=f"t{fatal}")
        if not _die_at(club, fatal, moment, lambda: till.call("POST", "/v1/transfers", body)):  # noqa: B023 - called at once
            break
        open_ = [row for row in rows(club.store, transfer) if row.state == "pending"]
        if repair == "sweep":
            assert transfers.sweep(club.store, club.ledger.shelf, club.now_us) == 0, "nobody is hurried"
            club.tick(MINUTE)
            assert transfers.sweep(club.store, club.ledger.shelf, club.now_us) == len(open_)
        else:
            assert send(till, body).state == "posted"
        assert total(club) == len(ACCOUNTS) * OPENING_H
        assert {row.state for row in rows(club.store, transfer)} <= {"posted"}
        audit(club.store)
        moved_h = sum(row.amount_h for row in rows(club.store, transfer))
        assert balances(club.store)["A2"] == (OPENING_H + moved_h, 0, 0)
    assert fatal >= 4, "nonce, pending, credit, posted"
    assert transfers.sweep(club.store, club.ledger.shelf, club.now_us + MINUTE) == 0
    assert balances(club.store)["A1"] == (OPENING_H - moved_h - 1_000, 0, 0)


@pytest.mark.parametrize("ends", ["sweep", "ask again"])
def test_a_target_that_was_blocked_meanwhile_voids_it(club: Club, till: Till, ends: str) -> None:
    """3.3: the target's row decides once: refused there, the source gets its points back, and stays so for ever."""
    body = asks("A1", "A2", 20_000)
    assert _die_at(club, 3, "after", lambda: till.call("POST", "/v1/transfers", body))
    assert balances(club.store)["A1"] == (OPENING_H - 20_000, 20_000, 0)
    club.store.write(lambda c: states.open_account(c, CLUB_ID, "A2", Block.BLOCKED))
    club.tick(MINUTE)
    if ends == "sweep":
        assert transfers.sweep(club.store, club.ledger.shelf, club.now_us) == 1
    told = send(till, body)
    assert (told.state, told.arrives_h) == ("void", 0)
    club.store.write(lambda c: states.open_account(c, CLUB_ID, "A2", Block.NONE))
    assert send(till, body).state == "void"
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    assert balances(club.store)["A2"] == (OPENING_H, 0, 0)
    audit(club.store)


def test_two_that_end_the_same_transfer_end_it_once(club: Club, till: Till) -> None:
    """I10: the sweep and the same ask, one after the other's first steps: credit and post stand once."""
    body = asks("A1", "A2", 20_000)
    assert _die_at(club, 4, "after", lambda: till.call("POST", "/v1/transfers", body))
    (kept,) = club.store.read(lambda c: [one for b in range(64) for one in transfers.transfers.pending(c, b, 2**62)])
    settings = club.store.read(lambda c: club.ledger.shelf.now(c, club.now_us).club(CLUB_ID))
    assert settings is not None
    states = [transfers.finish(kept, settings, club.store, club.now_us) for _ in range(3)]
    assert states == ["posted"] * 3
    assert Counter(kind for kind, _ in kinds(club.store, "A1")) == {"transfer_out": 2}
    assert kinds(club.store, "A2") == [("transfer_in", 20_000)]
    audit(club.store)


def test_points_that_expire_while_it_is_pending_still_arrive_and_live_no_longer(club: Club, till: Till) -> None:
    """R34, R38: decided while they lived; what arrives past its last day is dropped there, and no total is wrong."""
    opening = (seeds.Opening(amount_h=4_000, earn_day=date(2026, 1, 2), last_day=date(2026, 3, 13)),)
    seed = seeds.Seed(
        accounts=(seeds.Account(club_id=CLUB_ID, account_id="A7", persons=(person("A7"),), opening=opening),)
    )
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us - MINUTE)
    assert _die_at(club, 3, "after", lambda: till.call("POST", "/v1/transfers", asks("A7", "A2", 4_000)))
    club.tick(26 * 60 * MINUTE)
    assert transfers.sweep(club.store, club.ledger.shelf, club.now_us) == 1
    assert balances(club.store)["A7"] == (0, 0, 0)
    assert balances(club.store)["A2"] == (OPENING_H, 0, 0)
    audit(club.store)
