"""Expiry: the job of a club's day on a large ledger; the baseline is the SQL that selects and sums the same accounts.

One account in 365 is due each day. Each round is another day: first the bare SQL twice, of which the quicker counts
(the first warms the pages), then the whole job with what it writes and commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from time import perf_counter_ns
from typing import Final

import msgspec
import sqlalchemy as sa

from clubtill_ledger.jobs.expiry import expire
from clubtill_ledger.store.engines import Store
from clubtill_rules.members.club import Club
from clubtill_rules.values.ids import BUCKETS
from clubtill_sync.wire.feed import Document
from tests.bench import million
from tests.bench.figures import Figure, median, since_us
from tests.bench.million import CLUB_ID

BOUND: Final = 2.0
FIRST: Final = date(2026, 3, 1)
ROUNDS: Final = 7
_SUM: Final = sa.text(
    "SELECT s.account_id, sum(e.amount_h) FROM account_state s"
    " JOIN entry e ON e.bucket = s.bucket AND e.club_id = s.club_id AND e.account_id = s.account_id"
    " WHERE s.bucket = :bucket AND s.club_id = :club AND s.next_expiry < :day GROUP BY s.account_id"
)

_STATES: Final = (
    "INSERT INTO account_state (bucket, club_id, account_id, ver, card_ver, avail_h, reserved_h, deficit_h,"
    " next_expiry, folded_day, block, lots)"
    " SELECT bucket_of('A' || i), 'bench', 'A' || i, :each, 0, 1000 * (:each - 2), 0, 0,"
    " to_char(date '2026-03-01' + (i % 365), 'YYYY-MM-DD'), '2026-03-01', 'none', '{\"ends\":[' ||"
    " (SELECT string_agg('[\"' || to_char(date '2026-03-01' + (i % 365) + 45 * n, 'YYYY-MM-DD') || '\",1000]', ','"
    " ORDER BY n) FROM generate_series(0, least(4, :each - 2) - 1) AS n)"
    " || '],\"complete\":' || (:each <= 6)::text || '}'"
    " FROM generate_series(0, :members - 1) AS i"
)
_ENTRIES: Final = (
    "INSERT INTO entry (bucket, seq, club_id, account_id, ver, event_id, leg, kind, amount_h, eff_us, day, earn_day,"
    " last_day, sale_id, lease_id, natural_key, award_for, refers_to, refers_leg, settled, person_id, device_id,"
    " avail_after, reserved_after, deficit_after, posted_us) SELECT bucket_of('A' || i), v::bigint * :members + i"
    " + 1, 'bench', 'A' || i, v + 1, md5(v || ':' || i), 0, CASE v WHEN 1 THEN 'redeem' ELSE 'award' END, 1000, v,"
    " '2026-01-01', '2026-01-01', CASE WHEN v < 2 THEN NULL"
    " ELSE to_char(date '2026-03-01' + (i % 365) + 45 * (v - 2), 'YYYY-MM-DD') END,"
    " '', '', '', 'sale', '', 0, 1, 'P' || i, 'D', 0, 0, 0, 0"
    " FROM generate_series(0, :each - 1) AS v, generate_series(0, :members - 1) AS i"
)
"""An award that was spent, then lots 45 days apart, none of them spent yet. Entries lie in the order of time, so that
those of one account are spread over the table."""


def run(*, quick: bool, members: int = 0, facts: int = 0) -> Iterator[Figure]:
    """Measure days of a club with so many members and entries."""
    members = members or (million.QUICK_MEMBERS if quick else million.MEMBERS)
    facts = facts or (million.QUICK_FACTS if quick else million.FACTS)
    club = Club(id=CLUB_ID, name="Bench", zone="Australia/Sydney")
    own: list[float] = []
    bare: list[float] = []
    with million.ledger("expiry") as store:
        body = msgspec.Raw(msgspec.json.encode(club))
        million.publish(store, (Document(kind="club", id=CLUB_ID, version=1, body=body),))
        each = max(4, facts // members)
        told = {"members": members, "each": each}
        million.fill(store, (_STATES, _ENTRIES, "UPDATE stream_head SET seq = CAST(:members AS BIGINT) * :each"), told)
        for n in range(1, ROUNDS + 1):
            day = FIRST + timedelta(days=n)
            bare.append(min(_bare(store, day)[1] for _ in range(2)))
            due = _bare(store, day)[0]
            start_ns = perf_counter_ns()
            posted = expire(store, club, day, now_us=n)
            own.append(since_us(start_ns) / 1_000)
            if not posted == due > 0:
                raise SystemExit(f"{posted} accounts were posted to and {due} were due")
    yield Figure(
        bench=f"expiry.{members}.{facts}",
        value=median(own),
        unit="ms",
        baseline=median(bare),
        ratio=median([one / other for one, other in zip(own, bare, strict=True)]),
        rounds=ROUNDS,
        bound=BOUND,
    )


def _bare(store: Store, day: date) -> tuple[int, float]:
    """Select and sum, bucket by bucket; give how many accounts were due, and the milliseconds."""
    start_ns, due = perf_counter_ns(), 0
    for bucket in range(BUCKETS):
        with store.reader.begin() as connection:
            told = {"bucket": bucket, "club": CLUB_ID, "day": day.isoformat()}
            due += len(connection.execute(_SUM, told).all())
    return due, since_us(start_ns) / 1_000
