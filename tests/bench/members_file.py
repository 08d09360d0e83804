"""Members file: a terminal's store with a large club in its cache. Made once under `out/bench`, then used again."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Engine, Table

from clubtill.demo import cast
from clubtill_rules.members.account import CardToken
from clubtill_rules.members.cards.resolving import card_digest
from clubtill_rules.values.ids import account_bucket
from clubtill_terminal.store.opening import HEADS
from clubtill_terminal.store.tables import account, card_token, person
from tests.terminal.kit.club import CARD_KEY, TODAY, Clock, a_terminal, account_cards

OUT: Final = Path(__file__).parents[2] / "out" / "bench"
ISSUE: Final = 3
"""Issue of the bulk members' cards; the cast's have 1 and 2."""
_ROWS: Final = 50_000
_MADE: Final = "made"


def card_text(n: int) -> str:
    """Give the text on the card of the bulk member `n`, counted from nil, up to a million."""
    return cast.card_text(f"{n:06d}", ISSUE)


def swipe_text(n: int) -> str:
    """Give what track 2 of that card says."""
    return cast.swipe_text(f"{n:06d}", ISSUE)


def digest(n: int) -> str:
    """Give the digest of that card."""
    return card_digest(CARD_KEY, card_text(n))


def members_folder(count: int) -> Path:
    """Give the folder of a store with `count` members and the demo club's settings, making it if need be."""
    template = _template()
    settings = [(kind, key, value) for kind, key, value in cast.settings(TODAY)]
    made_of = msgspec.json.encode([template, settings, HEADS, count])
    folder = OUT / f"members-{count}-{hashlib.sha256(made_of).hexdigest()[:8]}"
    if not (folder / _MADE).exists():
        for old in OUT.glob(f"members-{count}-*"):
            shutil.rmtree(old)
        print(f"making a cache of {count} members in {folder}", file=sys.stderr, flush=True)  # not among the figures
        terminal = a_terminal(folder, Clock())
        _fill(terminal.store.cache, template, count)
        terminal.store.close()
        (folder / _MADE).touch()
    return folder


def _template() -> bytes:
    """Give the card of a member with two linked classifications and a lot that ends, with places for `n`."""
    jean = account_cards()[0]
    token = CardToken(digest="%(digest)s", last4="%(last4)s")
    who = replace(jean.persons[0], person_id="b%(n)s", account_id="c%(n)s", number="%(n)s", cards=(token,))
    return msgspec.json.encode(replace(jean, account_id="c%(n)s", persons=(who,)))


def _fill(cache: Engine, template: bytes, count: int) -> None:
    words, club = template.decode(), cast.CLUB
    digests = [digest(n) for n in range(count)]
    first = 1_000  # above the ids of the cast
    accounts = (
        (
            first + n,
            f"c{n:06d}",
            club,
            account_bucket(club, f"c{n:06d}"),
            1,
            (words % {"n": f"{n:06d}", "digest": digests[n], "last4": card_text(n)[-4:]}).encode(),
        )
        for n in range(count)
    )
    people = ((first + n, f"b{n:06d}", f"c{n:06d}", f"{n:06d}", f"Jean Okafor {n}", "") for n in range(count))
    tokens = ((digests[n], f"b{n:06d}", f"c{n:06d}") for n in sorted(range(count), key=digests.__getitem__))
    with cache.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("PRAGMA cache_size = -400000")
        for table, rows in ((account, accounts), (person, people), (card_token, tokens)):
            _insert(raw, table, rows)
        raw.execute("BEGIN")
        raw.execute(
            "INSERT INTO person_search (rowid, name, number) SELECT id, name, number FROM person WHERE id >= ?",
            (first,),
        )
        raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _insert(raw: Any, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
    names = ", ".join(column.name for column in table.columns)
    places = ", ".join("?" for _ in table.columns)
    for some in _pieces(iter(rows)):
        raw.execute("BEGIN")
        raw.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", some)  # noqa: S608 - our own names
        raw.execute("COMMIT")


def _pieces(rows: Iterator[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    while some := list(islice(rows, _ROWS)):
        yield some
