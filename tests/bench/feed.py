"""Feed: a delta of 1,000 members applied on a terminal, against the same rows by the driver's own `executemany`.

From the bytes of the answer to the committed cache: decoding, cards, search index, cursor, leases, and the balance of a
member with this terminal's own events on top. Bare: the very rows, made before, in one transaction on the same file.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter_ns
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store import streams
from clubtill_ledger.store.engines import open_store as open_ledger
from clubtill_rules.members.account import AccountCard
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import Points
from clubtill_sync.client import Answer
from clubtill_sync.wire.feed import FeedPage, StreamRange
from clubtill_sync.wire.snapshot import card_bytes
from clubtill_terminal.actions import exchange_pull
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, members
from clubtill_terminal.store.opening import open_store
from tests.bench.figures import Figure, median, since_us
from tests.bench.members_file import members_folder
from tests.ledger.audit import balances
from tests.ledger.club import Club, Till
from tests.ledger.master import ACCOUNTS
from tests.ledger.test_feed import Reader
from tests.terminal.kit.club import CARD_KEY, KEY, Clock

RATIO: Final = 2.0
WRITERS: Final = 8
CHANGED: Final = 1_000
PAGE: Final = 500
_UNSEARCH: Final = (
    "INSERT INTO person_search (person_search, rowid, name, number) SELECT 'delete', id, name, number "
    "FROM person WHERE account_id = ?"
)
_FORGET: Final = (
    _UNSEARCH,
    "DELETE FROM person WHERE account_id = ?",
    "DELETE FROM card_token WHERE account_id = ?",
    "DELETE FROM account WHERE account_id = ?",
)
_ACCOUNT: Final = "INSERT INTO account (account_id, club_id, bucket, version, card) VALUES (?, ?, ?, ?, ?)"
_PERSON: Final = "INSERT INTO person (person_id, account_id, number, name, photo) VALUES (?, ?, ?, ?, ?)"
_SEARCH: Final = (
    "INSERT INTO person_search (rowid, name, number) SELECT id, name, number FROM person WHERE account_id = ?"
)
_TOKEN: Final = "INSERT INTO card_token (digest, person_id, account_id) VALUES (?, ?, ?)"  # noqa: S105 - no secret


def run(*, quick: bool, members: int | None = None) -> Iterator[Figure]:
    """Apply deltas and bare rows in turn, each to other members of the same file."""
    count = members or (10_000 if quick else 100_000)
    rounds = 5 if quick else 11
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "store"
        shutil.copytree(members_folder(count), copy)
        terminal = _terminal(copy)
        drawn = random.Random(3)  # noqa: S311 - the same members every time
        own: list[float] = []
        bare: list[float] = []
        for at in range(rounds + 1):
            cards = [_cards(terminal, drawn, count, at) for _ in range(2)]
            pages = _pages(terminal, cards[0])
            each = _bare(terminal, cards[1]), _applied(terminal, pages, cards[0][0])
            if at:
                bare.append(each[0])
                own.append(each[1])
        terminal.store.close()
    yield Figure(
        bench=f"feed.delta_{CHANGED}_of_{count}",
        value=median(own),
        unit="us",
        baseline=median(bare),
        ratio=median([mine / other for mine, other in zip(own, bare, strict=True)]),
        rounds=rounds,
        bound=RATIO,
    )
    if (figure := missed(10 if quick else 60)) is not None:
        yield figure


def missed(rounds: int) -> Figure | None:
    """Count the rows that a reader beside eight writers missed, on PostgreSQL; None without a server."""
    server = os.environ.get("CLUBTILL_TEST_POSTGRES", "")
    if not server:
        return None
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"bench_feed_{os.getpid()}"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    store = open_ledger(url.set(drivername="postgresql", database=name).render_as_string(hide_password=False))
    prepare(store)
    club = Club.in_ledger(store)
    tills = [club.till("T1") for _ in range(WRITERS)]
    reader, over = Reader(club.till("T2")), threading.Event()

    def read() -> None:
        while not over.is_set():
            reader.read(rows_max=7)

    def write(till: Till) -> None:
        for n in range(rounds):
            till.push(*(till.sale(ACCOUNTS[(n + m) % len(ACCOUNTS)]) for m in range(4)))

    reading = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(till,)) for till in tills]
    for thread in (reading, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    reading.join()
    reader.read()
    heads = store.read(streams.heads)
    true = {key: avail for key, (avail, _, _) in balances(store).items()}
    wrong = sum(seq - reader.positions[stream] for stream, seq in heads.items())
    wrong += sum(reader.cards.get(key) != avail for key, avail in true.items())
    store.close()
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    return Figure(
        bench=f"feed.missed_of_{WRITERS * rounds * 4}", value=wrong, unit="rows", rounds=1, bound=0, judged="value"
    )


def _terminal(folder: Path) -> Terminal:
    clock = Clock()
    return Terminal(
        store=open_store(folder, KEY),
        now_us=clock.now,
        mono_us=lambda: 0,
        new_id=clock.new_id,
        boot_id="boot",
        card_key=CARD_KEY,
        device_id="d1",
        terminal_id="t1",
    )


def _cards(terminal: Terminal, drawn: random.Random, count: int, version: int) -> list[AccountCard]:
    """Give cards of members as they stand, with another balance."""
    ids = [f"c{n:06d}" for n in drawn.sample(range(count), CHANGED)]
    with terminal.store.cache.begin() as cache:
        found = [members.by_account(cache, account_id) for account_id in ids]
    balance = Points(drawn.randrange(1_000_000))
    return [replace(card, version=version + 2, balance=balance) for card in found if card is not None]


def _pages(terminal: Terminal, cards: Sequence[AccountCard]) -> list[bytes]:
    """Write the answers in which the ledger would send these cards."""
    with terminal.store.cache.begin() as cache:
        at = dict(enumerate(documents.positions(cache)))
        epoch = documents.feed_state_of(cache).feed_epoch
    told: list[bytes] = []
    for start in range(0, len(cards), PAGE):
        some = tuple(cards[start : start + PAGE])
        ranges = []
        for stream in sorted({account_bucket(card.club_id, card.account_id) for card in some}):
            ranges.append(StreamRange(stream=stream, after=at[stream], through=at[stream] + 1))
            at[stream] += 1
        page = FeedPage(
            cursor="c", feed_epoch=epoch, ranges=tuple(ranges), accounts=some, documents=(), deny=(), leases=(),
            recalls=(), more=start + PAGE < len(cards),
        )  # fmt: skip
        told.append(msgspec.json.encode(page))
    return told


def _applied(terminal: Terminal, pages: Sequence[bytes], card: AccountCard) -> float:
    """Apply the answers as the terminal does; give microseconds."""
    start_ns = perf_counter_ns()
    for body in pages:
        page = msgspec.json.decode(body, type=FeedPage)
        fetched = exchange_pull.Fetched(pages=(page,), outcome=Answer(page), anew=False)
        pulled = exchange_pull.apply(terminal, fetched, tendering=frozenset())
        if pulled.hole:
            raise RuntimeError("the pages do not join")
    read_balance(terminal, card)
    return since_us(start_ns)


def _bare(terminal: Terminal, cards: Sequence[AccountCard]) -> float:
    """Write the same rows by the driver alone; give microseconds."""
    rows: list[tuple[str, list[tuple[Any, ...]]]] = [
        *((statement, [(card.account_id,) for card in cards]) for statement in _FORGET),
        (
            _ACCOUNT,
            [
                (c.account_id, c.club_id, account_bucket(c.club_id, c.account_id), c.version, card_bytes(c))
                for c in cards
            ],
        ),
        (_PERSON, [(p.person_id, c.account_id, p.number, p.name, p.photo) for c in cards for p in c.persons]),
        (_SEARCH, [(card.account_id,) for card in cards]),
        (_TOKEN, [(t.digest, p.person_id, c.account_id) for c in cards for p in c.persons for t in p.cards]),
    ]
    with terminal.store.cache.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        start_ns = perf_counter_ns()
        for part in range(0, CHANGED, PAGE):  # as many transactions as pages
            raw.execute("BEGIN IMMEDIATE")
            for statement, values in rows:
                raw.executemany(statement, values[part : part + PAGE])
            raw.execute("COMMIT")
        return since_us(start_ns)
