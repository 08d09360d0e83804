"""Goods with modifiers, an open price and a fee, and how an act is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clubtill_rules.goods.product import (
    LevelPrice,
    Modifier,
    ModifierGroup,
    OpenPrice,
    ProductKind,
)
from clubtill_rules.members.classification import MemberPriceLevel
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.larkspur import GOLD, priced, selling

GOLD_AT_3 = replace(GOLD, member_prices=(MemberPriceLevel(location_id="main", level=3),))
BEER = replace(
    priced("beer", 800, "beer"),
    prices=(LevelPrice(level=1, price=Money(800)), LevelPrice(level=3, price=Money(650))),
)
CHEESE = Modifier(id="cheese", name="Extra cheese", price=Money(250))
BACON = Modifier(id="bacon", name="Bacon", price=Money(300))
RARE, WELL = Modifier(id="rare", name="Rare", price=NIL), Modifier(id="well", name="Well done", price=NIL)
DONE = ModifierGroup(id="done", name="How done", modifiers=(RARE, WELL), least=1, most=1)
EXTRAS = ModifierGroup(id="extras", name="Extras", modifiers=(CHEESE, BACON), most=2)
PARMA = priced("parma", 2400, modifier_groups=(EXTRAS,))
STEAK = priced("steak", 3000, modifier_groups=(EXTRAS, DONE))
MISC = replace(priced("misc", 0, open_price=OpenPrice(least=Money(100), most=Money(5000))), prices=())
FEE = priced("fee", 4500, kind=ProductKind.FEE)
HERE = selling(BEER, PARMA, STEAK, MISC, FEE, classifications={3: GOLD_AT_3})


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Give code and facts of the refusal of an act."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code, refused.value.facts
