"""Tier wizard: a run over a large club; the baseline is the SQL that selects and sums the same accounts.

One member in a hundred moves, and is written: the card, the report's row, the number in the feed. A fact is a sale or
a line of one; a sale has three lines. Between rounds another hundredth is put into the next classification.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter_ns
from typing import Final

import msgspec
import sqlalchemy as sa

from clubtill_ledger.jobs import tiers
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.tiers.periods import Days
from clubtill_rules.tiers.wizard import Action, Setup
from clubtill_rules.values.money import Money
from clubtill_sync.wire.feed import Document
from tests.bench import million
from tests.bench.figures import Figure, median, since_us
from tests.bench.million import CLUB_ID

BOUND: Final = 2.5
ROUNDS: Final = 5
NOW_US: Final = 1_774_000_000_000_000
SETUP: Final = Setup(days=Days(first=date(2026, 1, 1), last=date(2026, 12, 31)), action=Action.UPDATE_AND_REPORT)
_FILL: Final = tuple(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n\n"))
_SHIFT: Final = (
    "UPDATE member SET classification = classification % 3 + 1, body = convert_to(jsonb_set(convert_from(body, 'UTF8')"
    "::jsonb, '{classification}', to_jsonb(classification % 3 + 1))::text, 'UTF8') WHERE number::bigint % 100 = :round"
)
_SUM: Final = sa.text(
    "SELECT m.classification, count(*), sum(t.spent) FROM member m JOIN"
    " (SELECT s.bucket, s.person_id, sum(l.spend_minor) AS spent"
    " FROM sale s JOIN sale_line l ON l.bucket = s.bucket AND l.event_id = s.event_id WHERE s.club_id = 'bench'"
    " AND s.trading_day BETWEEN '2026-01-01' AND '2026-12-31' AND s.person_id <> ''"
    " GROUP BY s.bucket, s.person_id) AS t ON t.bucket = m.bucket AND t.person_id = m.person_id"
    " WHERE m.club_id = 'bench' GROUP BY m.classification"
)


def run(*, quick: bool, members: int = 0, facts: int = 0) -> Iterator[Figure]:
    """Measure runs over a club with so many members, sales and lines."""
    members = members or (million.QUICK_MEMBERS if quick else million.MEMBERS)
    facts = facts or (million.QUICK_FACTS if quick else million.FACTS)
    own: list[float] = []
    bare: list[float] = []
    with million.ledger("tiers") as store:
        million.publish(store, _settings())
        told = {"members": members, "sales": facts // 4}
        million.blank(store, "sale", "made_sale")
        million.blank(store, "sale_line", "made_line")
        million.fill(store, _FILL, told)
        for n in range(ROUNDS):
            million.fill(store, (_SHIFT,), {"round": n})
            bare.append(min(_bare(store) for _ in range(2)))
            own.append(_own(store, n, members))
    yield Figure(
        bench=f"tier_wizard.{members}.{facts}",
        value=median(own),
        unit="ms",
        baseline=median(bare),
        ratio=median([one / other for one, other in zip(own, bare, strict=True)]),
        rounds=ROUNDS,
        bound=BOUND,
    )


def _bare(store: Store) -> float:
    start_ns = perf_counter_ns()
    with store.reader.begin() as connection:
        connection.execute(_SUM).all()
    return since_us(start_ns) / 1_000


def _own(store: Store, n: int, members: int) -> float:
    """Finish a run that was previewed; the preview is what staff waited for before, and is not measured again."""
    shelf = SettingsShelf()
    seen = tiers.look(store, shelf, CLUB_ID, SETUP, NOW_US).preview.hash
    start_ns = perf_counter_ns()
    done = tiers.run_wizard(store, shelf, f"r{n}", CLUB_ID, SETUP, previewed_hash=seen, now_us=NOW_US)
    took = since_us(start_ns) / 1_000
    if len(done.changes) != len(range(n, members, 100)):
        raise SystemExit(f"{len(done.changes)} members moved")
    return took


def _settings() -> tuple[Document, ...]:
    """A club with three tiers."""
    bands = ((1, 0, 4_999), (2, 5_000, 9_999), (3, 10_000, 9_999_999))
    told: list[tuple[str, str, object]] = [("club", CLUB_ID, Club(id=CLUB_ID, name="Bench", zone="Australia/Sydney"))]
    for number, least, most in bands:
        made = Classification(number=number, club_id=CLUB_ID, tier_min=Money(least), tier_max=Money(most))
        told.append(("classification", f"c{number}", made))
    return tuple(
        Document(kind=kind, id=name, version=1, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, name, value in told
    )
