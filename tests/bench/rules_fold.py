"""Rules fold: CPU time of folding one account's entries: per entry from few to many, and against plain integers.

The plain fold is the least that the same rules could cost: awards and redemptions in order, oldest lot first, with
expiry, on tuples of integers, without leases, refunds, flags or values.
"""

from __future__ import annotations

import gc
import random
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from time import process_time_ns
from typing import Final

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import fold
from clubtill_rules.values.days import US_PER_DAY
from tests.bench.figures import Figure, median

GROWTH: Final = 1.5
PLAIN_SHARE: Final = 0.1
_FIRST: Final = date(2020, 1, 1)
_GRACE: Final = 30
_LIFE: Final = 60
_A_DAY: Final = 40

Plain = tuple[int, int, int, int]
"""Effective instant, day, amount (below 0 a redemption), last usable day."""


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure the fold of a small and a large account, and of the large one in plain integers."""
    rounds, few, many = (3, 2_000, 20_000) if quick else (7, 10_000, 100_000)
    # The small account is folded as often as it takes to fold as many entries: both run equally long.
    # As timeit does, the collector of garbage rests: it would mostly look at the entries, which are no part of a fold.
    small, large = _entries(few), _entries(many)
    plain = [_plain(entry) for entry in large]
    per_few: list[float] = []
    per_many: list[float] = []
    per_plain: list[float] = []
    gc.disable()
    for at in range(rounds + 1):
        each = _each(small, many // few), _each(large, 1), _each_plain(plain)
        gc.collect()
        if at:  # the first one warms up
            per_few.append(each[0])
            per_many.append(each[1])
            per_plain.append(each[2])
    gc.enable()
    yield Figure(
        bench="rules_fold.growth",
        value=median(per_many),
        unit="ns/entry",
        baseline=median(per_few),
        ratio=median([more / less for more, less in zip(per_many, per_few, strict=True)]),
        rounds=rounds,
        bound=GROWTH,
    )
    yield Figure(
        bench="rules_fold.plain",
        value=median(per_many),
        unit="ns/entry",
        baseline=median(per_plain),
        ratio=median([own / bare for own, bare in zip(per_many, per_plain, strict=True)]),
        rounds=rounds,
        bound=1 / PLAIN_SHARE,
    )


def _each(entries: Sequence[Entry], times: int) -> float:
    """Fold entries so many times; give nanoseconds of CPU an entry."""
    as_of = entries[-1].day
    start_ns = process_time_ns()
    for _ in range(times):
        fold(entries, as_of=as_of, refund_grace_days=_GRACE)
    return (process_time_ns() - start_ns) / (len(entries) * times)


def _each_plain(entries: Sequence[Plain]) -> float:
    start_ns = process_time_ns()
    _fold_plain(entries)
    return (process_time_ns() - start_ns) / len(entries)


def _fold_plain(entries: Sequence[Plain]) -> tuple[int, int, int]:
    """Fold awards and redemptions; give what is live, expired and lacking."""
    lots: deque[list[int]] = deque()
    live = gone = lacking = 0
    for _, day, amount, last in sorted(entries):
        while lots and lots[0][1] < day:
            left = lots.popleft()[0]
            live -= left
            gone += left
        if amount > 0:
            paid = min(amount, lacking)
            lacking -= paid
            lots.append([amount - paid, last])
            live += amount - paid
            continue
        owed = -amount
        while owed and lots:
            taken = min(lots[0][0], owed)
            lots[0][0] -= taken
            live -= taken
            owed -= taken
            if not lots[0][0]:
                lots.popleft()
        lacking += owed
    return live, gone, lacking


def _entries(count: int) -> list[Entry]:
    """Make an account's entries: two awards a redemption, a refund now and then, lots that expire."""
    drawn = random.Random(2026)  # noqa: S311 - the same account every time
    made: list[Entry] = []
    for n in range(count):
        day = _FIRST + timedelta(days=n // _A_DAY)
        eff_us = n // _A_DAY * US_PER_DAY + n % _A_DAY
        kind = (EntryKind.AWARD, EntryKind.AWARD, EntryKind.REDEEM)[n % 3] if n % 30 else EntryKind.AWARD
        amount_h = drawn.randrange(100, 5_000)
        made.append(
            Entry(
                event_id=f"{n:08d}", leg=0, kind=kind, account_id="a", amount_h=amount_h, eff_us=eff_us, day=day,
                earn_day=day, last_day=day + timedelta(days=_LIFE), sale_id=f"{n:08d}",
            )
        )  # fmt: skip
        if n % 30 == 29:
            made[-1] = Entry(
                event_id=f"{n:08d}", leg=0, kind=EntryKind.REFUND, account_id="a", amount_h=amount_h // 10,
                eff_us=eff_us, day=day, last_day=day + timedelta(days=_GRACE), sale_id=f"{n - 3:08d}",
            )  # fmt: skip
    return made


def _plain(entry: Entry) -> Plain:
    sign = -1 if entry.kind is EntryKind.REDEEM else 1
    last = (entry.last_day or entry.day).toordinal()
    return entry.eff_us, entry.day.toordinal(), sign * entry.amount_h, last
