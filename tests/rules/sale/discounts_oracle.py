"""Discounts once more, in plain integers and one unit at a time: written from the rules (R98), importing nothing.

A line is `(n, product, each, qty)`. An offer is a dict with `id`, `kind`, `goods` (a set of products) and what it is:

- `bp`: per cent of each line in hundredths; `unit`: cents off each unit; `line`: cents off each line;
- `once`: cents off all its lines together;
- kind `mix`: `n` with `price`, `less` or `bp` and `cheapest`; kind `combo`: `parts` as `(goods, qty)` and `price`.
"""

from __future__ import annotations

KINDS = ("special", "mix", "combo", "scheme", "sale")


def discounts(lines, offers):
    """Give the discount of each line by its number: `{n: (kind, id, cents)}`."""
    free = {line[0]: line for line in lines if line[2] * line[3] > 0}
    got = {}
    for kind in KINDS:
        mine = sorted((o for o in offers if o["kind"] == kind), key=lambda o: o["id"])
        found = _sets(free, mine) if kind in ("mix", "combo") else _lines(free, mine)
        for n, (offer_id, off) in found.items():
            got[n] = (kind, offer_id, off)
            free.pop(n)
    return {n: one for n, one in got.items() if one[2]}


def shared(amount, weights):
    """Share cents: floor, then one more each by the largest remainder, the first of equal ones."""
    whole = sum(weights)
    parts = [amount * w // whole for w in weights]
    rest = amount - sum(parts)
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] - parts[i] * whole), i))
    for i in order[:rest]:
        parts[i] += 1
    return parts


def per_cent(cents, bp):
    """Give a percentage of cents that are not negative, half away from zero."""
    return min(cents, (cents * bp * 2 + 10_000) // 20_000)


def _own(free, offers):
    best = {}
    for n, (_, product, each, qty) in free.items():
        for offer in offers:
            if product not in offer["goods"] or "once" in offer:
                continue
            if "bp" in offer:
                off = per_cent(each * qty, offer["bp"])
            elif "unit" in offer:
                off = min(offer["unit"], each) * qty
            else:
                off = min(offer["line"], each * qty)
            if off > best.get(n, ("", 0))[1]:
                best[n] = (offer["id"], off)
    return best


def _worth(free, offer):
    return min(offer["once"], sum(each * qty for _, product, each, qty in free.values() if product in offer["goods"]))


def _lines(free, offers):
    free = dict(free)
    found = {}
    once = sorted((o for o in offers if "once" in o), key=lambda o: (-_worth(free, o), o["id"]))
    for offer in once:
        mine = [n for n in free if free[n][1] in offer["goods"]]
        amount = _worth(free, offer)
        own = {n: best for n, best in _own(free, offers).items() if n in mine}
        theirs = sum(off for _, off in own.values())
        if amount <= 0 or amount < theirs:
            continue
        if amount == theirs and min(offer_id for offer_id, _ in own.values()) < offer["id"]:
            continue
        for n, off in zip(mine, shared(amount, [free[n][2] * free[n][3] for n in mine]), strict=True):
            found[n] = (offer["id"], off)
            del free[n]
    return found | _own(free, offers)


def _sets(free, offers):
    free = dict(free)
    found = {}
    offers = list(offers)
    while offers:
        made = [(_mix if offer["kind"] == "mix" else _combo)(free, offer) for offer in offers]
        best = max(range(len(offers)), key=lambda i: (made[i][0], -i))
        off, units = made[best]
        if off <= 0:
            break
        offer = offers.pop(best)
        numbers = [n for n in free if n in units]
        for n, part in zip(numbers, shared(off, [free[n][2] * units.count(n) for n in numbers]), strict=True):
            found[n] = (offer["id"], part)
            del free[n]
    return found


def _units(free):
    """Give every unit as (cents, product, line), the dearest first."""
    units = [(each, product, n) for n, product, each, qty in free.values() for _ in range(qty)]
    return sorted(units, key=lambda u: (-u[0], u[1], u[2]))


def _mix(free, offer):
    units = [u for u in _units(free) if u[1] in offer["goods"]]
    off = base = 0
    used = []
    for start in range(0, len(units) - offer["n"] + 1, offer["n"]):
        one = units[start : start + offer["n"]]
        prices = [u[0] for u in one]
        if "price" in offer:
            saved = sum(prices) - offer["price"]
            off += max(0, saved)
        elif "less" in offer:
            saved = min(offer["less"], sum(prices))
            off += saved
        else:
            saved = sum(prices[-offer["cheapest"] :]) if offer["cheapest"] else sum(prices)
            base += saved
        if saved <= 0:
            break
        used += [u[2] for u in one]
    return off + (per_cent(base, offer["bp"]) if base else 0), used


def _combo(free, offer):
    units = _units(free)
    parts = sorted(offer["parts"], key=lambda part: sum(1 for u in units if u[1] in part[0]))
    off = 0
    used = []
    while True:
        left = list(units)
        taken = []
        for goods, qty in parts:
            own = [u for u in left if u[1] in goods][:qty]
            if len(own) < qty:
                return off, used
            for unit in own:
                left.remove(unit)
            taken += own
        saved = sum(u[0] for u in taken) - offer["price"]
        if saved <= 0:
            return off, used
        units = left
        off += saved
        used += [u[2] for u in taken]
