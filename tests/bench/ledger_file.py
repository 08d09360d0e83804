"""Ledger file: a ledger with many members and one terminal. Made once under `out/bench`, then used again.

Names, ids and card digests are random, as those of a real club are: what a snapshot cannot shrink is in them.
"""

from __future__ import annotations

import hashlib
import math
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from clubtill.demo import cast
from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store import documents, tables
from clubtill_ledger.store.engines import Store, open_store
from clubtill_rules.members.account import CardToken, MemberCard
from clubtill_rules.members.venue import MemberCache, Venue
from clubtill_rules.values.ids import BUCKETS, account_bucket
from clubtill_sync.wire.feed import Document

OUT: Final = Path(__file__).parents[2] / "out" / "bench"
CLUB: Final = cast.CLUB
TODAY: Final = date(2026, 11, 24)
TERMINAL: Final = cast.TILL
VERSION: Final = 1
"""Raised when the rows are made in another way."""
_ROWS: Final = 20_000
_TABLES: Final = (tables.account_state, tables.member, tables.personal, tables.member_card, tables.card_change)
_NAMES: Final = tuple(
    """
    Aaliyah Ada Aisha Alan Amelia Ana Arthur Bao Beatrice Carlos Chloe Dara Dinesh Elif Emeka Fatima Finn Grace
    Hana Hugo Ines Isaac Jack Jean Jing Kai Kiri Lachlan Leila Liam Lucia Mei Mia Mohammed Nadia Noah Olga Oscar
    Priya Quinn Rosa Ruby Sami Sean Sofia Tam Thomas Uma Vera Wei William Xin Yusuf Zara Zoe
    """.split()  # noqa: SIM905 - readable as a text
)
_ENDS: Final = tuple(
    "son ley ford wood well ton ham field berg mann ova ski dez nez kov gupta oka moto wati nui".split()  # noqa: SIM905
)
_STEMS: Final = tuple(
    "Ander Bar Chen Dun El Fair Gar Hal Iri Jor Kel Lam Mar Nor Oka Pet Quin Ros Sto Tan".split()  # noqa: SIM905
)


def ledger_file(count: int) -> Path:
    """Give the database of a ledger with `count` members, making it if need be."""
    columns = [f"{table.name}.{column.name}" for table in _TABLES for column in table.c]
    told = msgspec.json.encode([count, VERSION, columns])
    folder = OUT / f"ledger-{count}-{hashlib.sha256(told).hexdigest()[:8]}"
    path = folder / "ledger.db"
    if not (folder / "made").exists():
        for old in OUT.glob(f"ledger-{count}-*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        print(f"making a ledger of {count} members in {folder}", file=sys.stderr, flush=True)  # not among the figures
        store = open_store(str(path))
        prepare(store)
        settings = [
            Document(kind=kind, id=key, version=2, body=msgspec.Raw(msgspec.json.encode(_everyone(value))))
            for kind, key, value in cast.settings(TODAY)
        ]
        store.write(lambda connection: documents.publish(connection, settings))
        fill(store, count)
        store.close()
        (folder / "made").touch()
    return path


def _everyone(value: Any) -> Any:
    """Have the venue's terminals keep all members, however many there are (D27)."""
    return replace(value, member_cache=MemberCache.EVERYONE) if isinstance(value, Venue) else value


def entropy_bytes() -> float:
    """Give what is random in a member, in bytes: what no packing could do without."""
    ids, digest, photo = 16 + 16, 16, 32 / 2
    names = math.log2(len(_NAMES)) + math.log2(len(_STEMS) * len(_ENDS)) + math.log2(len(_STEMS)) / 3
    days, balance, tier = math.log2(20_000) + math.log2(365), math.log2(500_000), 1.37
    return ids + digest + photo + (names + days + balance + tier) / 8


def fill(store: Store, count: int) -> None:
    """Write members: accounts, persons, cards and the numbers of their streams."""
    drawn = random.Random(2026)  # noqa: S311 - the same club every time
    seqs = [0] * BUCKETS
    rows = _rows(drawn, count, seqs)
    while some := list(islice(rows, _ROWS)):

        def write(connection: sa.Connection, some: list[dict[str, dict[str, Any]]] = some) -> None:
            for table in _TABLES:
                connection.execute(table.insert(), [row[table.name] for row in some if table.name in row])

        store.write(write)
    for bucket, seq in enumerate(seqs):
        head = sa.update(tables.stream_head).where(tables.stream_head.c.bucket == bucket).values(seq=seq)
        store.write(lambda connection, head=head: connection.execute(head))


def _rows(drawn: random.Random, count: int, seqs: list[int]) -> Iterator[dict[str, dict[str, Any]]]:
    for n in range(count):
        account, person = f"{drawn.getrandbits(128):032x}", f"{drawn.getrandbits(128):032x}"
        bucket = account_bucket(CLUB, account)
        seqs[bucket] += 1
        first = drawn.choice(_NAMES)
        last = drawn.choice(_STEMS) + drawn.choice(_ENDS) + ("" if n % 3 else f"-{drawn.choice(_STEMS)}")
        digest = f"{drawn.getrandbits(128):032x}"
        card = MemberCard(
            person_id=person,
            account_id=account,
            club_id=CLUB,
            number=f"{n:07d}",
            first_name="",
            last_name="",
            classification=drawn.choice((1, 1, 1, 2, 3)),
            renewal_date=date.fromordinal(TODAY.toordinal() + drawn.randrange(365)),
            cards=(CardToken(digest=digest, last4=f"{n % 10000:04d}"),),
        )
        who = {"bucket": bucket, "club_id": CLUB}
        both = who | {"person_id": person, "account_id": account}
        yield {
            "account_state": who
            | {"account_id": account, "card_ver": 1, "avail_h": drawn.randrange(500_000), "block": "none"},
            "member": both | {"number": card.number, "body": msgspec.json.encode(card)},
            "personal": who
            | {
                "person_id": person,
                "first_name": first,
                "last_name": last,
                "date_of_birth": date.fromordinal(715_000 + drawn.randrange(20_000)),
                "birthday_awarded_on": None,
                "photo": f"{drawn.getrandbits(256):064x}" if n % 2 else "",
                "note": "",
                "ban_note": "",
                "search": f"{first} {last}".casefold(),
            },
            "member_card": both | {"digest": digest},
            "card_change": who | {"account_id": account, "seq": seqs[bucket]},
        }
