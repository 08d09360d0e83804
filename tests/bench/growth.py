"""Growth: what an event costs in a small, a middle and a large club, over the growth of a bare insert of the same rows.

Batches of a hundred sales to accounts picked over the whole club, taken in by this process on PostgreSQL; each is
followed by the bare insert of the rows that it left, into the same tables. Needs CLUBTILL_TEST_POSTGRES.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter_ns
from typing import Final

from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from tests.bench import million
from tests.bench.figures import Figure, median, since_us
from tests.bench.ingest_rows import insert_bare, left_by
from tests.ledger.club import Club, Till
from tests.ledger.master import CLUB_ID

SIZES: Final = (10_000, 100_000, 1_000_000)
QUICK_SIZES: Final = (1_000, 10_000)
BATCH: Final = 100
BOUND: Final = 1.2
_BUCKET: Final = (
    "CREATE FUNCTION bucket_here(account text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT get_byte("
    f"sha256(convert_to('{CLUB_ID}', 'UTF8') || '\\x00'::bytea || convert_to(account, 'UTF8')), 0) >> 2 $$"
)
_STATES: Final = (
    "INSERT INTO account_state (bucket, club_id, account_id, ver, card_ver, avail_h, reserved_h, deficit_h,"
    " next_expiry, folded_day, block, lots)"
    " SELECT bucket_here('G' || i), :club, 'G' || i, 1, 0, 1000, 0, 0, NULL, '2026-03-01', 'none', ''"
    " FROM generate_series(0, :members - 1) AS i"
)
_ENTRIES: Final = (
    "INSERT INTO entry (bucket, seq, club_id, account_id, ver, event_id, leg, kind, amount_h, eff_us, day, earn_day,"
    " last_day, sale_id, lease_id, natural_key, award_for, refers_to, refers_leg, settled, person_id, device_id,"
    " avail_after, reserved_after, deficit_after, posted_us) SELECT bucket_here('G' || i), i + 1, :club, 'G' || i, 1,"
    " md5('g' || i), 0, 'award', 1000, 1, '2026-01-01', '2026-01-01', NULL, '', '', '', 'opening', '', 0, 0, '', '',"
    " 1000, 0, 0, 0 FROM generate_series(0, :members - 1) AS i"
)


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure each size; the growth is against the smallest."""
    first: tuple[float, float] | None = None
    for members in QUICK_SIZES if quick else SIZES:
        rounds = 5 if quick else 11
        with million.ledger("growth") as store:
            own, bare = _measured(store, members, rounds)
        first = first or (own, bare)
        growth = (own / first[0]) / (bare / first[1])
        yield Figure(
            bench=f"growth.{members}",
            value=own / BATCH * 1000,
            baseline=bare / BATCH * 1000,
            ratio=own / bare,
            growth=growth,
            unit="ms an event",
            rounds=rounds,
            bound=BOUND,
            judged="growth",
        )


def _measured(store: Store, members: int, rounds: int) -> tuple[float, float]:
    """Give the medians of a batch and of the bare insert of its rows, in seconds."""
    club = Club.in_ledger(store)
    with store.writer.begin() as connection:
        connection.exec_driver_sql(_BUCKET)
    taken = "UPDATE stream_head SET seq = seq + :members WHERE bucket < 64"
    million.fill(store, ("DELETE FROM entry", _STATES, _ENTRIES, taken), {"members": members, "club": CLUB_ID})
    club.ledger = type(club.ledger)(store, SettingsShelf())
    till = club.till()
    own: list[float] = []
    bare: list[float] = []
    for turn in range(rounds + 1):
        names = [f"G{(turn * BATCH + n) * 7_919 % members}" for n in range(BATCH)]
        took_s, ids = _batch(till, names)
        bare_s = insert_bare(store, left_by(store, ids, names), turn)
        if turn:  # the first one fills every cache
            own.append(took_s)
            bare.append(bare_s)
    return median(own), median(bare)


def _batch(till: Till, names: list[str]) -> tuple[float, list[str]]:
    sold = [till.sale(name) for name in names]
    till.keep(*sold)
    body = till.batch()
    start_ns = perf_counter_ns()
    response = till.post(body)
    took_s = since_us(start_ns) / 1e6
    if response.status != 200:
        raise SystemExit(f"a batch was answered with {response.status}")
    till.acked = len(till.log)
    return took_s, [one.event_id for one in sold]
