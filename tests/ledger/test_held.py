"""What managers do about held and flagged facts (C12, C13, C22 to C25, I33)."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from typer.testing import CliRunner

from clubtill_ledger.office import exceptions, held, periods, rebuilding, verifying
from clubtill_ledger.office.clerk import Clerk, operator
from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices, tables
from clubtill_ledger.store.tables_decisions import decision
from clubtill_rules.permissions import Role
from clubtill_rules.values.ids import account_bucket, device_bucket
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.events import AdmissionV1, SaleV1
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.versions import BODIES
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club, clone, event_id
from tests.ledger.master import CLUB_ID, DAY, START_US, product

MANAGER = operator("M1")


def _post(club: Club, name: str, reason: str = "looked at it") -> held.Decided:
    return held.post(
        club.store, club.ledger.shelf, name, clerk=MANAGER, reason=reason, decision_id=event_id(), now_us=club.now_us
    )


def _sound(club: Club) -> None:
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()


def test_revoked_devices_facts_wait_for_a_manager(club: Club) -> None:
    """C13, I33: after its last acknowledged head nothing posts by itself; a manager posts or voids each, and why."""
    till = club.till()
    till.push(till.sale("A1"))
    club.store.write(lambda c: devices.change(c, till.device_id, revoked_us=club.now_us, drain=True))
    good, bad = till.sale("A1", qty=2, at_us=START_US), till.sale("A2", qty=50)
    club.tick(DAY)
    answer = till.push(good, bad)
    assert [one.status for one in answer.results] == ["held", "held"]
    assert kinds(club.store, "A1") == [("award", 500)]
    waiting = held.waiting(club.store, reason="revoked", device_id=till.device_id)
    assert [row.event_id for row in waiting] == [good.event_id, bad.event_id]
    told = _post(club, good.event_id)
    assert (told.status, "RELEASED" in told.flags) == ("posted", True)
    assert kinds(club.store, "A1") == [("award", 500), ("award", 1_000)]
    assert raw(club.store, good.event_id).eff_us == START_US
    held.void(
        club.store, bad.event_id, clerk=MANAGER, reason="no such sale", decision_id=event_id(), now_us=club.now_us
    )
    assert kinds(club.store, "A2") == []
    stored = raw(club.store, bad.event_id)
    assert (stored.status, bytes(stored.bytes)) == ("void", bad.data)
    assert [
        (row.act, row.staff_id, row.subject) for row in sorted(rows(club.store, decision), key=lambda r: r.act)
    ] == [
        ("held.post", "M1", good.event_id),
        ("held.void", "M1", bad.event_id),
    ]
    assert held.waiting(club.store) == []
    till.acked = 1
    assert [one.status for one in till.push().results] == ["posted", "held"]
    _sound(club)


def test_decision_is_taken_once(club: Club) -> None:
    """C13: the same decision again answers the same; another one about a settled event is refused."""
    till = club.till()
    till.push(sale := till.sale("A1", product_id="unknown"))
    name = sale.event_id
    _publish_product(club, "unknown")
    one = event_id()
    ask = {"clerk": MANAGER, "reason": "new beer", "decision_id": one, "now_us": club.now_us}
    first = held.post(club.store, club.ledger.shelf, name, **ask)
    assert held.post(club.store, club.ledger.shelf, name, **ask) == first
    with pytest.raises(Refusal, match=r"held\.decided"):
        _post(club, name)
    with pytest.raises(Refusal, match=r"held\.decided"):
        held.void(club.store, name, **ask | {"decision_id": event_id()})
    assert kinds(club.store, "A1") == [("award", 500)]
    _sound(club)


def test_what_cannot_be_posted_stays_held(club: Club) -> None:
    """C25: an event that this program cannot read says why and stays; nobody without the right decides anything."""
    till = club.till()
    till.keep(broken := till.happened(msgspec.structs.replace(till.sale("A1").body, award_h=-5)))
    till.post(till.batch())
    with pytest.raises(Refusal, match=r"held\.still"):
        _post(club, broken.event_id)
    with pytest.raises(Refusal, match=r"held\.unknown"):
        _post(club, "f" * 32)
    cashier = Clerk(staff_id="S1", roles=frozenset({Role.CASHIER}))
    asked = {"reason": "please", "decision_id": event_id(), "now_us": club.now_us}
    with pytest.raises(Refusal, match=r"permission\.missing"):
        held.void(club.store, broken.event_id, clerk=cashier, **asked)
    with pytest.raises(Refusal, match=r"decision\.reason"):
        held.void(club.store, broken.event_id, clerk=MANAGER, **asked | {"reason": " "})
    assert raw(club.store, broken.event_id).status == "held"
    assert rows(club.store, decision) == []


def _publish_product(club: Club, name: str) -> None:
    body = msgspec.Raw(msgspec.json.encode(product(name)))
    new = Document(kind="product", id=name, version=1, body=body)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(documents=(new,)), now_us=club.now_us)


def test_retry_posts_what_a_newer_program_reads(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """C25, F40: what an older program held unread is posted after the update, in its own account's bucket, once."""
    till = club.till()
    while device_bucket(till.device_id) in {account_bucket(CLUB_ID, name) for name in ("A1", "A2")}:
        till = club.till()
    sale, admission = till.sale("A1"), till.admission(event_id(), "A2")
    with monkeypatch.context() as older:
        for kind in (("sale", 1), ("admission", 1)):
            older.delitem(BODIES, kind)
        answer = till.push(sale, admission)
    assert [one.status for one in answer.results] == ["held", "held"]
    assert isinstance(sale.body, SaleV1)
    assert isinstance(admission.body, AdmissionV1)
    told = held.retry(club.store, club.ledger.shelf, club.now_us)
    assert (told.posted, told.waiting) == (2, {})
    assert held.retry(club.store, club.ledger.shelf, club.now_us).posted == 0
    assert kinds(club.store, "A1") == [("award", 500)]
    assert sorted(row.status for row in rows(club.store, tables.raw_event)) == ["moved", "moved", "posted", "posted"]
    till.acked = 0
    assert [one.status for one in till.push().results] == ["posted", "posted"]
    assert kinds(club.store, "A1") == [("award", 500)]
    _sound(club)


def test_resend_after_the_update_and_retry_agree(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """C25, I10: a till that sends again after the update posts it there and then; a retry finds it and adds nothing."""
    till = club.till()
    sale = till.sale("A1")
    with monkeypatch.context() as older:
        older.delitem(BODIES, ("sale", 1))
        till.push(sale)
    till.acked = 0
    till.push()
    assert kinds(club.store, "A1") == [("award", 500)]
    held.retry(club.store, club.ledger.shelf, club.now_us)
    assert kinds(club.store, "A1") == [("award", 500)]
    _sound(club)


def test_held_event_of_a_closed_period_is_late(club: Club) -> None:
    """C8, C13: an event released after its period was closed gets the pin, as if it arrived now."""
    till = club.till()
    till.push(sale := till.sale("A1", product_id="unknown"))
    club.tick(2 * DAY)
    pin = periods.close(
        club.store, club.ledger.shelf, CLUB_ID, date(2026, 3, 13), clerk=MANAGER, now_us=club.now_us
    ).pin_us
    _publish_product(club, "unknown")
    assert held.retry(club.store, club.ledger.shelf, club.now_us).posted == 1
    stored = raw(club.store, sale.event_id)
    assert (stored.eff_us, "LATE" in stored.flags) == (pin, True)
    _sound(club)


def test_exceptions_are_counted_and_listed(club: Club) -> None:
    """C4 to C24: each flag is counted, explained and listed with its events; a fork's flag lies with its place."""
    till = club.till()
    till.push(till.sale("A1"))
    lease = till.lease("A1", 5_000).lease
    assert lease is not None
    copy = clone(till)
    till.push(till.sale("A1", spends=[(lease.lease_id, 5_000)]))
    copy.keep(twice := copy.sale("A1", spends=[(lease.lease_id, 5_000)]))
    copy.post(copy.batch())
    wrong = till.sale("A2", award_h=9_900)
    door = club.till("D1")
    door.push(clock := door.swipe("A3", at_us=club.now_us + DAY), door.swipe("A3", at_us=club.now_us + DAY))
    till.acked = 2
    till.push(wrong)
    found = exceptions.counts(club.store)
    assert {name: found[name] for name in ("AWARD_DIFFERS", "FORK", "BEYOND_LEASE", "ABSORBED")} == {
        "AWARD_DIFFERS": 1,
        "FORK": 1,
        "BEYOND_LEASE": 1,
        "ABSORBED": 1,
    }
    assert found["CLOCK_SUSPECT"] == 2
    assert set(found) <= set(exceptions.MEANING)
    for flag, name in (("AWARD_DIFFERS", wrong), ("FORK", twice), ("CLOCK_SUSPECT", clock)):
        assert name.event_id in [row.event_id for row in exceptions.listed(club.store, flag)]


def test_commands_show_post_void_and_retry(club: Club, database: str) -> None:
    """C13, C25: `clubtill ledger held` lists, shows, posts, voids and tries again; refusals are sentences."""
    till = club.till()
    sales = [till.sale("A1", product_id=f"new{n}") for n in range(3)]
    till.push(*sales)
    names = [one.event_id for one in sales]

    def run(*words: str) -> tuple[int, str]:
        told = CliRunner().invoke(command, [*words, "--database", database])
        return told.exit_code, told.output

    assert "3 held." in run("held", "list")[1]
    assert "unknown_product" in run("held", "show", names[0])[1]
    assert run("held", "post", names[0], "--reason", "x") == (
        2,
        "This event cannot be posted: unknown_product. It stays held, with its bytes.\n",
    )
    _publish_product(club, "new0")
    _publish_product(club, "new1")
    assert run("held", "post", names[0], "--reason", "a new beer", "--staff", "M2")[0] == 0
    assert "1 posted, 1 still held" in run("held", "retry")[1]
    assert run("held", "void", names[2], "--reason", "typed wrong")[0] == 0
    assert "M2: held.post. a new beer" in run("held", "show", names[0])[1]
    assert run("held", "void", names[2], "--reason", "again")[0] == 2
    assert run("held", "list")[1] == "0 held.\n"
    assert "RELEASED" in run("exceptions")[1]
    assert names[0] in run("exceptions", "RELEASED")[1]
    assert balances(club.store)["A1"][0] == 100_000 + 1_000
