"""Mix and match and combos: sets of units that cost less together; what a set saves is shared over its lines (R98)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from clubtill_rules.goods.discount import ALL_GOODS, Combo, MixAndMatch
from clubtill_rules.goods.line import DiscountKind, Line
from clubtill_rules.sale.discounts.limits import Left
from clubtill_rules.sale.discounts.pool import Pool, Shared, Terms, each
from clubtill_rules.sale.discounts.triggers import covers
from clubtill_rules.values.money import Money


@dataclass(slots=True, kw_only=True)
class Units:
    """What is left of a line's units while sets are made; all of them cost the same."""

    line: Line
    each: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """The sets of one offer: what they save together in minor units, and the units of each line in them, by number."""

    off: int
    used: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOffer(Terms):
    """An offer over sets. `sets` makes as many as save something of lines and of what its limit leaves."""

    kind: DiscountKind
    sets: Callable[[list[Line], Left], Sets]


def of_mix(mix: MixAndMatch) -> SetOffer:
    """Give a mix and match as an offer over sets."""
    return SetOffer(
        id=mix.id,
        name=mix.name,
        covers=mix.covers,
        trigger=mix.trigger,
        limit=mix.limit,
        kind=DiscountKind.MIX_AND_MATCH,
        sets=lambda lines, left: mixed(mix, lines, left.units),
    )


def of_combo(combo: Combo) -> SetOffer:
    """Give a combo as an offer over sets."""
    return SetOffer(
        id=combo.id,
        name=combo.name,
        covers=ALL_GOODS,
        trigger=combo.trigger,
        limit=combo.limit,
        kind=DiscountKind.COMBO,
        sets=lambda lines, left: combined(combo, lines, left.units),
    )


def give(pool: Pool, offers: Iterable[SetOffer]) -> None:
    """Give lines the offers over sets of one kind: the one that saves most, then the lower id, until none saves more.

    What an offer saves is one amount, shared over its lines in proportion to their units in the sets. A line with a
    unit in a set has its discount: its other units take no second one.
    """
    waiting = sorted(offers, key=lambda offer: offer.id)
    while waiting:
        tried = [(offer, _within(offer, pool)) for offer in waiting]
        offer, best = max(tried, key=lambda one: one[1].off)
        if best.off <= 0:
            break
        waiting.remove(offer)
        _write(pool, offer, best)
    pool.reached |= {one.id for one in waiting if one.limit is not None and _unlimited(one, pool).off > 0}


def _within(offer: SetOffer, pool: Pool) -> Sets:
    """Make the sets of an offer of the lines that are free; none where its limit is reached."""
    left = pool.left[offer.id]
    return Sets(off=0, used={}) if left.none else offer.sets(pool.taking(offer), left)


def _unlimited(offer: SetOffer, pool: Pool) -> Sets:
    return offer.sets(pool.taking(offer), Left())


def _write(pool: Pool, offer: SetOffer, sets: Sets) -> None:
    most = pool.left[offer.id].amount
    off = sets.off if most is None else min(sets.off, most)
    cut = offer.limit is not None and off < _unlimited(offer, pool).off
    whole = Shared(kind=offer.kind, id=offer.id, name=offer.name, amount=off, cut=cut)
    pool.share(whole, {n: each(pool.lines[n]) * sets.used[n] for n in pool.lines if n in sets.used}, sets.used)


def dearest_first(lines: Iterable[Line]) -> list[Units]:
    """Give lines with their units, the dearest first; of equal ones by product, so that their order does not matter."""
    found = [Units(line=line, each=each(line), left=line.qty) for line in lines]
    return sorted(found, key=lambda units: (-units.each, units.line.product_id, units.line.n))


def mixed(mix: MixAndMatch, lines: Iterable[Line], most_units: int | None) -> Sets:
    """Make sets of `n` units, the dearest together, for as long as a set saves something.

    Args:
        mix: the offer.
        lines: that it covers and that are free.
        most_units: what a limit by items leaves; None is no limit.
    """
    units = deque(dearest_first(lines))
    base = off = 0
    used: dict[int, int] = {}
    sets_left = None if most_units is None else most_units // mix.n
    while sets_left is None or sets_left > 0:
        picked = _dearest(units, mix.n)
        if picked is None:
            break
        prices = [one.each for one, count in picked for _ in range(count)]
        one_base, one_off = _set_off(mix, prices)
        if one_base + one_off <= 0:
            break
        times = _repeats(picked, sets_left)
        base, off = base + one_base * times, off + one_off * times
        _take(picked, times, used)
        sets_left = None if sets_left is None else sets_left - times
    return Sets(off=off + Money(base).share(min(mix.rate_bp, 10_000)).minor, used=used)


def _set_off(mix: MixAndMatch, prices: Sequence[int]) -> tuple[int, int]:
    """Give of one set, its prices falling, what the rate is taken off, or else what the set saves."""
    whole = sum(prices)
    if mix.price is not None:
        return 0, whole - max(0, mix.price.minor)
    if mix.amount:
        return 0, min(mix.amount.minor, whole)
    return sum(prices[-mix.cheapest :]), 0  # -0 is where they begin: none named is all of them


def combined(combo: Combo, lines: Sequence[Line], most_units: int | None) -> Sets:
    """Make combos, the dearest goods first, for as long as one costs less than its parts.

    A unit that fits two parts goes to the one for which fewer units are there.

    Args:
        combo: the offer.
        lines: that are free, whether a part covers them or not.
        most_units: what a limit by items leaves; None is no limit.
    """
    units = dearest_first(lines)
    fitting = [(part.qty, deque(one for one in units if covers(part.covers, one.line))) for part in combo.parts]
    fitting.sort(key=lambda part: sum(one.left for one in part[1]))
    size = sum(part.qty for part in combo.parts)
    off = 0
    used: dict[int, int] = {}
    sets_left = None if most_units is None else most_units // size
    while sets_left is None or sets_left > 0:
        picked = _one_of_each(fitting)
        if picked is None:
            break
        saved = sum(one.each * count for one, count in picked) - max(0, combo.price.minor)
        if saved <= 0:
            break
        times = _repeats(picked, sets_left)
        off += saved * times
        _take(picked, times, used)
        sets_left = None if sets_left is None else sets_left - times
    return Sets(off=off, used=used)


def _one_of_each(fitting: Iterable[tuple[int, deque[Units]]]) -> list[tuple[Units, int]] | None:
    """Pick the units of one combo, part by part; None where a part finds too few."""
    picked: dict[int, tuple[Units, int]] = {}
    for qty, units in fitting:
        own = _dearest(units, qty, picked)
        if own is None:
            return None
        for one, count in own:
            before = picked.get(one.line.n)
            picked[one.line.n] = (one, count + (before[1] if before else 0))
    return list(picked.values())


def _dearest(
    units: deque[Units], wanted: int, taken: Mapping[int, tuple[Units, int]] = MappingProxyType({})
) -> list[tuple[Units, int]] | None:
    """Pick so many units from the front, besides those taken already; None where there are too few.

    What is used up leaves the front for good, so that making all sets costs no more than looking at each line once.
    """
    while units and not units[0].left:
        units.popleft()
    picked: list[tuple[Units, int]] = []
    for one in units:
        count = min(wanted, one.left - (taken[one.line.n][1] if one.line.n in taken else 0))
        if count > 0:
            picked.append((one, count))
            wanted -= count
        if not wanted:
            return picked
    return None


def _repeats(picked: Iterable[tuple[Units, int]], most: int | None) -> int:
    """Tell how often the same set can be made: so that a large quantity costs no more time than a small one."""
    times = min(one.left // count for one, count in picked)
    return times if most is None else min(times, most)


def _take(picked: Iterable[tuple[Units, int]], times: int, used: dict[int, int]) -> None:
    for one, count in picked:
        one.left -= count * times
        used[one.line.n] = used.get(one.line.n, 0) + count * times
