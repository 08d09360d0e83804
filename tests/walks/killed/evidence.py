"""Evidence: what is true of a terminal's store, its printer and its ledger after a kill, and after the story's end."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from clubtill_ledger.store import tables as ledger_tables
from clubtill_ledger.store.engines import Store as LedgerStore
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.events import LeaseCloseV1, SaleV1, SwipeV1
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.store import members, tables
from clubtill_terminal.store.device import Device, read_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import open_store
from clubtill_wording.speech import Speech
from tests.walks.killed.story import KEY

_PRINTED = re.compile(r"\d+-(?P<job>(?P<sale>[0-9a-f]{32})-(?P<turn>1|c[0-9a-f]{32}))\.txt")
FIRST_NUMBER = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a terminal's files tell.

    Attributes:
        log: rows of the outbox in the order of the log; `bodies` are their events, by id.
        printed: texts by (sale, job), as they came out of the printer.
    """

    device: Device
    log: tuple[Any, ...]
    bodies: dict[str, Any]
    sales: tuple[Any, ...]
    jobs: tuple[Any, ...]
    leases: tuple[Any, ...]
    swipes: tuple[Any, ...]
    printed: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    card: Any = None


def read(folder: Path, account_id: str) -> Told:
    """Open the files of a terminal that is down, as the next start would, and read everything."""
    store = open_store(folder / "store", KEY)
    try:
        return _read(store, folder / "spool", account_id)
    finally:
        store.close()


def _read(store: Store, spool: Path, account_id: str) -> Told:
    with store.facts.begin() as facts:

        def rows(table: sa.Table, *order: Any) -> tuple[Any, ...]:
            return tuple(facts.execute(sa.select(table).order_by(*order)))

        log = rows(tables.outbox, tables.outbox.c.epoch, tables.outbox.c.seq)
        told = Told(
            device=read_device(facts),
            log=log,
            bodies={row.event_id: decode_body(decode_event(row.bytes)) for row in log},
            sales=rows(tables.sale, tables.sale.c.number),
            jobs=rows(tables.print_job, tables.print_job.c.job_id),
            leases=rows(tables.lease, tables.lease.c.lease_id),
            swipes=rows(tables.swipe),
            printed=_printed(spool),
            card=None,
        )
    with store.cache.begin() as cache:
        card = members.by_account(cache, account_id)
    return Told(**{name: getattr(told, name) for name in Told.__slots__ if name != "card"}, card=card)


def _printed(spool: Path) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(spool.glob("*.txt")) if spool.exists() else ():
        match = _PRINTED.fullmatch(path.name)
        assert match is not None, f"the printer printed {path.name}"
        found.setdefault((match["sale"], match["job"]), []).append(path.read_text(encoding="utf-8"))
    return found


# ---------------------------------------------------------------- at any moment


def whole(told: Told) -> None:
    """Assert what holds at any moment, also just after a kill (I1 to I3, I5)."""
    head = START_OF_CHAIN
    for seq, row in enumerate(told.log, start=1):
        head = chain(head, row.bytes)
        assert (row.epoch, row.seq, row.chain) == (1, seq, head), "the log is contiguous and its chain verifies (I2)"
    assert (told.device.next_seq, told.device.head_hash) == (len(told.log) + 1, head)
    made = [row.sale_id for row in told.sales]
    assert [row.number for row in told.sales] == list(range(FIRST_NUMBER, FIRST_NUMBER + len(made)))
    assert told.device.next_sale_number == FIRST_NUMBER + len(made)
    assert [row.event_id for row in told.log if row.kind == "sale"] == made, "a sale and its event are one (I3)"
    assert {row.sale_id for row in told.jobs} == set(made), "a sale and its receipt are one"
    assert {sale_id for sale_id, _ in told.printed} <= set(made), "what was printed was committed before (I1)"
    swiped = [row.event_id for row in told.log if row.kind == "swipe"]
    assert [row.event_id for row in told.swipes] == swiped
    assert sum(row.kind == "admission" for row in told.log) == len(swiped), "a welcome and its admission are one"
    spent = spends(told)
    for lease in told.leases:
        assert lease.spent_h == spent[lease.lease_id], "a spend and its lease's decrement are one (I3)"
        assert lease.spent_h <= lease.granted_h, "no lease is overspent (I5)"
    closed = [body.lease_id for body in told.bodies.values() if isinstance(body, LeaseCloseV1)]
    assert sorted(closed) == sorted(row.lease_id for row in told.leases if not row.open)


def spends(told: Told) -> Counter[str]:
    """Sum what the log's sales spent of each lease."""
    sums: Counter[str] = Counter()
    for body in told.bodies.values():
        if isinstance(body, SaleV1):
            for one in body.lease_spends:
                sums[one.lease_id] += one.amount_h
    return sums


# ---------------------------------------------------------------- at the end


def finished(told: Told, *, copies_most: int = 1) -> None:
    """Assert that the story was told to its end, each thing once; of a copy the end may be unknown as well."""
    whole(told)
    assert len(told.sales) == 3
    kinds = Counter(row.kind for row in told.log)
    assert kinds == {"sale": 3, "swipe": 1, "admission": 1, "lease_close": len(told.leases)}
    assert {row.state for row in told.log} == {"acked"}
    assert told.device.acked_seq == len(told.log)
    assert told.device.trouble == ""
    assert not [row for row in told.leases if row.open]
    _receipts(told, copies_most)


def _receipts(told: Told, copies_most: int) -> None:
    """Every receipt came out once; where its end was unknown there is a copy that says so, and only there (U116)."""
    copy = Speech().label("receipt.mark.copy")
    for sale in told.sales:
        first = next(row for row in told.jobs if row.job_id == f"{sale.sale_id}-1")
        copies = [row for row in told.jobs if row.sale_id == sale.sale_id and row is not first]
        originals = told.printed.get((sale.sale_id, first.job_id), [])
        assert first.state in {"confirmed", "unknown"}
        assert len(originals) == 1 if first.state == "confirmed" else len(originals) <= 1
        assert bool(copies) == (first.state == "unknown")
        assert len(copies) <= copies_most
        assert [row.state for row in copies].count("confirmed") == bool(copies)
        for row in copies:
            texts = told.printed.get((sale.sale_id, row.job_id), [])
            assert len(texts) == 1 if row.state == "confirmed" else len(texts) <= 1
            assert all(text.splitlines()[0].strip() == copy and str(sale.number) in text for text in texts)
        assert not any(text.splitlines()[0].strip() == copy for text in originals)


def booked(told: Told, ledger: LedgerStore, account_id: str, opening_h: int) -> None:
    """Assert that the ledger has each fact of the log once, with the bytes that were written, and the right sums."""
    with ledger.reader.begin() as connection:

        def rows(table: sa.Table, *where: Any) -> list[Any]:
            return list(connection.execute(sa.select(table).where(*where)))

        raw, entry, lease = ledger_tables.raw_event, ledger_tables.entry, ledger_tables.lease
        stored = rows(raw, raw.c.device_id == told.device.device_id)
        entries = rows(entry, entry.c.account_id == account_id)
        granted = rows(lease, lease.c.account_id == account_id)
        (state,) = rows(ledger_tables.account_state, ledger_tables.account_state.c.account_id == account_id)
    kept = {row.event_id: bytes(row.bytes) for row in stored}
    assert len(kept) == len(stored) == len(told.log), "each event is at the ledger once (I9)"
    assert kept == {row.event_id: row.bytes for row in told.log}, "with the bytes that were written (I4)"
    assert {row.status for row in stored} == {"posted"}
    _entries(told, entries)
    sold = [body for body in told.bodies.values() if isinstance(body, SaleV1)]
    given = sum(body.visit_h + body.birthday_h for body in told.bodies.values() if isinstance(body, SwipeV1))
    used_h = sum(body.points_used_h for body in sold)
    assert given > 0
    assert used_h > 0
    assert {row.lease_id: (row.granted_h, row.spent_h, row.state) for row in granted} == {
        row.lease_id: (row.granted_h, row.spent_h, "closed") for row in told.leases
    }, "the leases are the same on both sides"
    balance_h = opening_h - used_h + sum(body.award_h for body in sold) + given
    assert (state.avail_h, state.reserved_h, state.deficit_h) == (balance_h, 0, 0)
    assert (told.card.balance.hundredths, told.card.reserved.hundredths) == (balance_h, 0)


def _entries(told: Told, entries: list[Any]) -> None:
    """Each sale has its spends and its award once, the visit is given once, and every grant was ended."""
    of_event = Counter((row.event_id, row.kind) for row in entries)
    for event_id, body in told.bodies.items():
        if isinstance(body, SaleV1):
            assert of_event[event_id, "award"] == (body.award_h > 0)
            assert of_event[event_id, "lease_spend"] == len(body.lease_spends)
            spent = [row.amount_h for row in entries if (row.event_id, row.kind) == (event_id, "lease_spend")]
            assert sorted(spent) == sorted(one.amount_h for one in body.lease_spends)
    assert sum(row.award_for == "visit" for row in entries) == 1
    sums: Counter[str] = Counter()
    for row in entries:
        sums[row.kind] += row.amount_h
    assert sums["lease_grant"] == sums["lease_spend"] + sums["lease_return"]
    grants = sum(row.kind == "lease_grant" for row in entries)
    assert grants == len(told.leases), "every lease that was granted was found again"
