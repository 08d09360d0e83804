"""Settings of discounts: what cannot be set, and whose limit counts (R94, R98)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.discount import (
    Combo,
    ComboPart,
    Covers,
    DiscountLimit,
    LimitBy,
    LimitType,
    MixAndMatch,
    OwnLimit,
)
from clubtill_rules.values.money import Money

LIMIT = DiscountLimit(type=LimitType.TIMES, by=LimitBy.ACCOUNT, starts=date(2026, 1, 1), value=5)
MIX = MixAndMatch(id="m", name="M", n=1, covers=Covers(), price=Money(1))
PART = ComboPart(covers=Covers(), qty=1)
COMBO = Combo(id="c", name="C", parts=(PART,), price=Money(1))


@pytest.mark.parametrize(
    ("one", "field", "value", "said"),
    [
        pytest.param(LIMIT, "months", 0, "months: 0 is below 1", id="a period without a month"),
        pytest.param(MIX, "n", 0, "n: 0 is below 1", id="a set of nothing"),
        pytest.param(PART, "qty", 0, "qty: 0 is below 1", id="a part of nothing"),
        pytest.param(COMBO, "parts", (), "parts: a combo has at least one", id="a combo of nothing"),
    ],
)
def test_what_would_never_end_cannot_be_set(one: object, field: str, value: object, said: str) -> None:
    """R94, R98: the mistake names the field."""
    with pytest.raises(ValueError, match=said):
        replace(one, **{field: value})  # type: ignore[type-var] - one of four settings


def test_a_holders_own_limit_comes_before_that_of_everybody() -> None:
    """R94: the value is entered on the club, scheme, account or contact."""
    own = replace(LIMIT, own=(OwnLimit(holder_id="a", value=9), OwnLimit(holder_id="b", value=0)))
    assert (own.of("a"), own.of("b"), own.of("c"), LIMIT.of("a")) == (9, 0, 5, 5)
