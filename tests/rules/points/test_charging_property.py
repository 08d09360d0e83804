"""Charge / Redemption over random sales and accounts: nothing is charged twice, or beyond what is held (R74, R66)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.product import ProductKind
from clubtill_rules.points.charging import ChargeAccount, ChargeKind, auto_charge, charge_screen
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from tests.rules.points import redeeming_oracle as oracle
from tests.rules.points.goods import GOLD, line, settings
from tests.rules.points.workings import check


@given(
    nets=st.lists(st.tuples(st.integers(-200, 9_000), st.booleans(), st.booleans()), min_size=1, max_size=5),
    held=st.integers(0, 900_000), ratio=st.integers(1, 400), available=st.lists(st.integers(-50, 9_000), max_size=2),
    tendered=st.integers(0, 100), decimals=st.sampled_from((0, 2, 3)), fine=st.booleans(), first=st.booleans(),
)  # fmt: skip
def test_charges_never_take_more_than_is_held_or_due(nets, *, held, ratio, available, tendered, decimals, fine, first):
    """R1, R66, R74: charges and rest make the due; points cost no more than is leased, and pay only what they may."""
    lines = tuple(
        line(n, net, family="food" if listed else "gifts", kind=ProductKind.GOODS if goods else ProductKind.TIP)
        for n, (net, listed, goods) in enumerate(nets, start=1)
    )
    due = max(0, sum(net for net, _, _ in nets)) * tendered // 100
    leased = ChargeAccount(account_id="p", name="Points", kind=ChargeKind.POINTS, leased=Points(held))
    others = [
        ChargeAccount(account_id=f"c{n}", name="Family", kind=ChargeKind.MONEY, available=Money(amount))
        for n, amount in enumerate(available)
    ]
    accounts = (leased, *others) if first else (*others, leased)
    catalogue = settings(decimals=2 if fine else 0, money_decimals=decimals)
    rule = replace(GOLD, account_charge_families=("food",), redemption_ratio=ratio)
    screen = auto_charge(charge_screen(lines, accounts, classification=rule, catalogue=catalogue, due=Money(due)))
    listed = sum(net for net, food, _ in nets if food and net > 0)
    by_points = sum(net for net, food, goods in nets if food and goods and net > 0)
    taken = {charge.account_id: charge.amount.minor for charge in screen.charges}
    assert sum(taken.values()) + screen.rest.minor == due
    assert sum(taken.values()) <= min(due, listed)
    assert taken.get("p", 0) <= by_points
    assert screen.points.hundredths == oracle.cost_h(taken.get("p", 0), ratio, decimals, catalogue.grain_h)
    assert screen.points.hundredths <= held
    if first:
        usable = held // catalogue.grain_h * catalogue.grain_h
        assert taken.get("p", 0) == min(by_points, due, listed, oracle.worth(usable, ratio, decimals))
    for n, amount in enumerate(available):
        assert taken.get(f"c{n}", 0) <= max(0, amount)
    for option in screen.options:
        check(option.because, money_decimals=decimals, grain_h=catalogue.grain_h)
