"""Sale commit: CPU time of making a 5-line sale final: rules, entries, receipt, event, log and commit.

One line is paid by points from a lease, the others earn; each sale is another member's. The baseline is a bare
transaction that writes the same rows with the same bytes to the same tables of another store, opened alike.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns, process_time_ns
from typing import Any, Final

from sqlalchemy import Table

from clubtill.demo import goods
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.points import Points
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.actions.find_member import by_number
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.sell import Sold, sell
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import leases, members
from clubtill_terminal.store.tables import lease, outbox, print_job, sale
from clubtill_wording.speech import Speech
from tests.bench.figures import Figure, median, since_us
from tests.bench.members_file import OUT
from tests.terminal.kit.club import Clock, a_terminal, account_cards

CPU_RATIO: Final = 4
LINES: Final = 5
_GRANTED_H: Final = 500_000
_BLOCK: Final = bytes(16_384)
_SPEECH: Final = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")


@dataclass(slots=True)
class Took:
    """What each round took, in microseconds."""

    cpu: list[float] = field(default_factory=list)
    raw_cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    sync: list[float] = field(default_factory=list)


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure sales one by one: the product, the bare transaction, a block to the disk."""
    rounds, clock, took = 60 if quick else 400, Clock(), Took()
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=OUT) as folder:
        terminal, twin = (_terminal(Path(folder) / name, clock, rounds + 1) for name in ("till", "twin"))
        place = read_place(terminal)
        if place is None:
            raise LookupError("the store has no settings")
        with twin.store.facts.connect() as held, (Path(folder) / "block").open("wb", buffering=0) as block:
            raw = held.connection.dbapi_connection
            for at in range(rounds + 1):
                kept = took if at else Took()  # the first one warms up
                _round(terminal, place, at, kept, raw=raw, block=block.fileno())
        terminal.store.close()
        twin.store.close()
    yield Figure(
        bench="sale_commit.cpu",
        value=median(took.cpu),
        unit="us",
        baseline=median(took.raw_cpu),
        ratio=median([own / bare for own, bare in zip(took.cpu, took.raw_cpu, strict=True)]),
        rounds=rounds,
        bound=CPU_RATIO,
    )
    yield Figure(
        bench="sale_commit.wall",
        value=median(took.wall),
        unit="us",
        baseline=median(took.sync),
        ratio=median(took.wall) / median(took.sync),
        rounds=rounds,
    )


def _round(terminal: Terminal, place: Place, at: int, took: Took, *, raw: Any, block: int) -> None:
    basket = _basket(terminal, place, at)
    start_ns, cpu_ns = perf_counter_ns(), process_time_ns()
    sold = sell(
        terminal,
        basket,
        catalogue=place.catalogue,
        staff_id="sam",
        offline=False,
        speech=_SPEECH,
        till=place.terminal.name,
        staff="Sam",
    )
    took.cpu.append((process_time_ns() - cpu_ns) / 1_000)
    took.wall.append(since_us(start_ns))
    written = _written(terminal, sold)
    cpu_ns = process_time_ns()
    raw.execute("BEGIN IMMEDIATE")
    for statement, values in written:
        raw.execute(statement, values)
    raw.execute("COMMIT")
    took.raw_cpu.append((process_time_ns() - cpu_ns) / 1_000)
    start_ns = perf_counter_ns()
    os.write(block, _BLOCK)
    os.fdatasync(block)
    took.sync.append(since_us(start_ns))


# ------------------------------------------------------------ a club whose members all have points here


def _terminal(folder: Path, clock: Clock, count: int) -> Terminal:
    """Give a terminal with as many members as there will be sales, each with a lease here."""
    terminal = a_terminal(folder, clock)
    jean = account_cards()[0]
    cards = [
        replace(
            jean,
            account_id=f"c{n}",
            persons=(replace(jean.persons[0], person_id=f"b{n}", account_id=f"c{n}", number=f"{n:06d}", cards=()),),
        )
        for n in range(count)
    ]
    rows = [
        LeaseRow(
            lease_id=f"{n:032x}",
            club_id=jean.club_id,
            account_id=f"c{n}",
            granted_h=_GRANTED_H,
            spent_h=0,
            sale_id="",
            ask_no=1,
            advice=((None, _GRANTED_H),),
        )
        for n in range(count)
    ]
    with terminal.store.cache.begin() as cache:
        members.apply_cards(cache, cards)
    with terminal.store.facts.begin() as facts:
        leases.adopt(facts, rows)
    return terminal


def _basket(terminal: Terminal, place: Place, n: int) -> Basket:
    """Ring up five products for a member, pay the first line with points and the rest by card."""
    found, catalogue = by_number(terminal, place, f"{n:06d}")[0], place.catalogue
    at_us = terminal.now_us()
    basket = Basket(sale_id=terminal.new_id())
    basket = baskets.attach(basket, found.member, found.account, found.attach, catalogue)
    for product_id in [one for tab in goods.layouts()[0].tabs[:1] for one in tab.products][:LINES]:
        basket = baskets.add(basket, product_id, catalogue=catalogue, at_us=at_us)
    classification = baskets.paying_classification(basket, catalogue)
    if classification is None:
        raise LookupError("the member has no benefits")
    offered = options(basket.lines, classification=classification, catalogue=catalogue, available=Points(_GRANTED_H))
    basket = baskets.use_points(basket, offered, frozenset({basket.lines[0].n}))
    due = baskets.totals(basket, catalogue).due
    return baskets.tender(basket, tenders.card(due, due, catalogue.media_of(MediaKind.CARD).id))


# ------------------------------------------------------------ the same bytes again


def _written(terminal: Terminal, sold: Sold) -> Sequence[tuple[str, tuple[object, ...]]]:
    """Give the statements that write once more what a sale has written."""
    found: list[tuple[str, tuple[object, ...]]] = []
    with terminal.store.reading_facts.begin() as facts:
        for table, column in ((outbox, outbox.c.event_id), (sale, sale.c.sale_id), (print_job, print_job.c.sale_id)):
            row = facts.execute(table.select().where(column == sold.sale.sale_id)).one()
            found.append((_insert(table), tuple(row)))
        spent = facts.execute(lease.select().where(lease.c.account_id == sold.sale.account_id)).one()
        log = found[0][1][1], found[0][1][5]
    found.append(
        ("UPDATE lease SET spent_h = ?, advice = ? WHERE lease_id = ?", (spent.spent_h, spent.advice, spent.lease_id))
    )
    found.append(
        (
            "UPDATE device_state SET next_seq = ?, head_hash = ?, next_sale_number = ? WHERE id = 1",
            (*log, sold.sale.number),
        )
    )
    return found


def _insert(table: Table) -> str:
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' for _ in table.columns)})"  # noqa: S608 - our own names
