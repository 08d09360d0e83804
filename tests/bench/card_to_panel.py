"""Card to panel: from a card's read to the member on the glass, in a large club; and the store's part of it.

The store's part is a look-up by digest in its own transaction with the whole card decoded, as the till does it. Its
baseline is the same query, prepared, on a connection of its own to the same file, fetching the same bytes. The whole
way's baseline is a repaint of the same window at the same time: it tells how noisy the machine was.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any, Final

from clubtill.demo import cast
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import members
from clubtill_terminal.store.engines import Store, open_engine
from tests.bench.figures import Figure, median, percentile, since_us
from tests.bench.members_file import digest, members_folder, swipe_text
from tests.bench.till_window import TillWindow, terminal_on, till_window
from tests.terminal.kit.club import KEY, Clock

PANEL_MS: Final = 50
LOOK_UP_RATIO: Final = 2.5
GROWTH: Final = 1.2
PROMISED: Final = (100_000, 1_000_000)
"""The sizes that the look-up's bound is given for; in a smaller club the whole file lies in SQLite's page cache."""
_SEED: Final = 7
_RAW: Final = (
    "SELECT account.card, card_token.person_id FROM card_token "
    "JOIN account ON account.account_id = card_token.account_id WHERE card_token.digest = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Medians of each round, in microseconds."""

    product: list[float]
    raw: list[float]


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure both sizes; the growth is from the one to the other."""
    sizes = (10_000, 100_000) if quick else PROMISED
    rng = random.Random(_SEED)  # noqa: S311 - picks cards, keeps no secret
    found = []
    for count in sizes:
        store = _store(count)
        try:
            looked = _look_ups(store, count, rng, rounds=7 if quick else 15, each=100 if quick else 300)
            panels = _panels(store, count, rng, cards=100 if quick else 400)
        finally:
            store.close()
        found.append(looked)
        yield Figure(
            bench=f"card_to_panel.p99.{count}",
            value=percentile([swipe for swipe, _ in panels], 99) / 1_000,
            unit="ms",
            baseline=percentile([repaint for _, repaint in panels], 99) / 1_000,
            rounds=len(panels),
            bound=PANEL_MS,
            judged="value",
        )
        yield Figure(
            bench=f"card_to_panel.look_up.{count}",
            value=median(looked.product),
            unit="us",
            baseline=median(looked.raw),
            ratio=_ratio(looked.product, looked.raw),
            rounds=len(looked.product),
            bound=LOOK_UP_RATIO if count in PROMISED else None,
        )
    small, large = found
    own = median(large.product) / median(small.product)
    raw = median(large.raw) / median(small.raw)
    yield Figure(
        bench="card_to_panel.growth",
        value=own,
        unit="times",
        baseline=raw,
        growth=own / raw,
        rounds=len(large.product),
        bound=GROWTH,
        judged="growth",
    )


def _ratio(product: Sequence[float], raw: Sequence[float]) -> float:
    return median([one / other for one, other in zip(product, raw, strict=True)])


def _store(count: int) -> Store:
    """Open the files as the terminal does, without the check of every page that a start makes."""
    folder = members_folder(count)
    return Store(
        facts=open_engine(folder / "facts.db", KEY),
        cache=open_engine(folder / "cache.db", KEY),
        reading_facts=open_engine(folder / "facts.db", KEY, read_only=True),
        reading=open_engine(folder / "cache.db", KEY, read_only=True),
        folder=folder,
        key=KEY,
    )


def _look_ups(store: Store, count: int, rng: random.Random, *, rounds: int, each: int) -> LookUp:
    """Take turns: each round other cards, the same for the product and the raw query, now the one first, now the other.

    Both have a page cache of their own. A third connection has read the round's cards before, so that neither of the
    two waits for the disk.
    """
    engines = [open_engine(store.folder / "cache.db", KEY, read_only=True) for _ in range(2)]
    found = LookUp(product=[], raw=[])
    with engines[0].connect() as one, engines[1].connect() as other:
        raw, third = one.connection.dbapi_connection, other.connection.dbapi_connection

        def product(one: str) -> object:
            with store.reading.begin() as cache:
                return members.by_digest(cache, one)

        def baseline(one: str) -> object:
            return raw.execute(_RAW, (one,)).fetchone()

        for round_ in range(rounds + 1):
            cards = [digest(rng.randrange(count)) for _ in range(each)]
            for card in cards:
                third.execute(_RAW, (card,)).fetchone()
            order = ((product, found.product), (baseline, found.raw))
            for look_up, kept in order if round_ % 2 else order[::-1]:
                took = _timed(look_up, cards)
                if round_:  # the first one only warms the page caches
                    kept.append(took)
    for engine in engines:
        engine.dispose()
    return found


def _timed(look_up: Callable[[str], Any], cards: Sequence[str]) -> float:
    took = []
    for one in cards:
        start = perf_counter_ns()
        found = look_up(one)
        took.append(since_us(start))
        if found is None:
            raise LookupError("a card that is in the cache was not found")
    return median(took)


def _panels(store: Store, count: int, rng: random.Random, *, cards: int) -> list[tuple[float, float]]:
    clock = Clock()
    with till_window(terminal_on(store, clock, cast.TILL), clock) as window:
        _swipe(window, rng.randrange(count))  # the first one lays the strip out
        return [_swipe(window, rng.randrange(count)) for _ in range(cards)]


def _swipe(window: TillWindow, n: int) -> tuple[float, float]:
    """Swipe a member's card, time it, take the member off again, and time a repaint of what has not changed."""
    counter, sale, number = window.till.counter, window.till.sale, f"{n:06d}"
    seen = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(swipe_text(n),))

    def shown() -> bool:
        member = counter.state.basket.member
        return member is not None and member.number == number and bool(sale.shown.strip_points)

    took = window.painted_us(lambda: counter.card_seen(seen), shown)
    window.painted_us(counter.take_off, lambda: not sale.shown.has_member)
    return took, window.settle()
