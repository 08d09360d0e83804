"""Mix and match and combos: which units make a set, what it saves, and how that is shared (R98)."""

from __future__ import annotations

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import Combo, ComboPart, Covers, MixAndMatch, Trigger
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.sale.basket import Basket, add, set_qty, totals
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.larkspur import NOW, priced, rung, selling

ALE, BURGER, CHIPS, DIP = priced("ale", 900), priced("burger", 2000), priced("chips", 450), priced("dip", 150)
ALL = (ALE, BURGER, CHIPS, DIP, priced("hall", 1_000_000))


def on(*products: str) -> Covers:
    """Cover some products."""
    return Covers(products=products)


def mix(mix_id: str = "m", n: int = 3, **more: object) -> MixAndMatch:
    """Give a mix and match over everything but the burger."""
    fields: dict[str, object] = {"covers": on("ale", "chips", "dip"), **more}
    return MixAndMatch(id=mix_id, name=mix_id.upper(), n=n, **fields)  # type: ignore[arg-type] - a table's columns


def combo(combo_id: str, price: int, *parts: tuple[tuple[str, ...], int]) -> Combo:
    """Give a combo of parts, each some products and how many."""
    return Combo(
        id=combo_id,
        name=combo_id.upper(),
        parts=tuple(ComboPart(covers=on(*products), qty=qty) for products, qty in parts),
        price=Money(price),
    )


def bought(here: Catalogue, **quantities: int) -> Basket:
    """Give a sale of quantities by product."""
    basket = rung(*quantities, here=here)
    for line in basket.lines:
        basket = set_qty(basket, line.n, quantities[line.product_id], here)
    return basket


def saved(basket: Basket) -> dict[str, tuple[str, int, int]]:
    """Give of each discounted line: offer, cents, units."""
    return {
        line.product_id: (line.discount_id, line.discount.minor, line.discount_qty)
        for line in basket.lines
        if line.discount_kind
    }


@pytest.mark.parametrize(
    ("offer", "wanted", "expected"),
    [
        pytest.param(mix(price=Money(1500)), {"ale": 2}, {}, id="one unit short of a set"),
        pytest.param(mix(price=Money(1500)), {"ale": 3}, {"ale": ("m", 1200, 3)}, id="three for a price"),
        pytest.param(mix(price=Money(2700)), {"ale": 3}, {}, id="a price that saves nothing"),
        pytest.param(mix(price=Money(2699)), {"ale": 3}, {"ale": ("m", 1, 3)}, id="a price that saves a cent"),
        pytest.param(mix(price=Money(-5)), {"ale": 3}, {"ale": ("m", 2700, 3)}, id="never below nil"),
        pytest.param(
            mix(price=Money(1500)), {"dip": 1, "chips": 1, "ale": 2},
            {"ale": ("m", 600, 2), "chips": ("m", 150, 1)}, id="the dearest together, the rest alone",
        ),
        pytest.param(
            mix(price=Money(1000)), {"ale": 3, "dip": 3}, {"ale": ("m", 1700, 3)}, id="no set that would be dearer"
        ),
        pytest.param(mix(n=2, amount=Money(100)), {"ale": 5}, {"ale": ("m", 200, 4)}, id="an amount off each set"),
        pytest.param(mix(n=2, amount=Money(999)), {"dip": 4}, {"dip": ("m", 600, 4)}, id="not more than the set"),
        pytest.param(
            mix(n=2, rate_bp=1000), {"ale": 2, "chips": 2}, {"ale": ("m", 180, 2), "chips": ("m", 90, 2)},
            id="a percentage off whole sets",
        ),
        pytest.param(
            mix(n=3, rate_bp=5000, cheapest=2), {"ale": 1, "chips": 1, "dip": 1},
            {"ale": ("m", 180, 1), "chips": ("m", 90, 1), "dip": ("m", 30, 1)},
            id="half off the two cheapest, shared over all three",
        ),
        pytest.param(
            mix(n=2, rate_bp=5000, cheapest=1), {"dip": 2, "ale": 2}, {"ale": ("m", 450, 2), "dip": ("m", 75, 2)},
            id="sets of like prices, so the cheapest is dear",
        ),
        pytest.param(mix(n=1, rate_bp=333), {"dip": 3}, {"dip": ("m", 15, 3)}, id="one rounding over all sets"),
        pytest.param(mix(n=2, rate_bp=20_000), {"dip": 2}, {"dip": ("m", 300, 2)}, id="never more than all"),
        pytest.param(mix(n=2, rate_bp=-5000), {"dip": 2}, {}, id="never dearer"),
        pytest.param(
            mix(price=Money(450)), {"ale": 3, "dip": 3}, {"ale": ("m", 2250, 3)}, id="no further set that saves nothing"
        ),
        pytest.param(
            mix(n=1, rate_bp=20_000, covers=on("hall")), {"hall": 1}, {"hall": ("m", 1_000_000, 1)},
            id="to the cent never more than all",
        ),
        pytest.param(mix(n=2), {"dip": 2}, {}, id="an offer that takes nothing off"),
        pytest.param(
            mix(price=Money(1500), amount=Money(1), rate_bp=1), {"ale": 3}, {"ale": ("m", 1200, 3)}, id="price counts"
        ),
        pytest.param(mix(amount=Money(7), rate_bp=9000), {"ale": 3}, {"ale": ("m", 7, 3)}, id="then the amount"),
        pytest.param(mix(price=Money(1500)), {"burger": 3}, {}, id="goods that it does not cover"),
    ],
)  # fmt: skip
def test_mix_and_match(offer: MixAndMatch, wanted: dict[str, int], expected: dict[str, tuple[str, int, int]]) -> None:
    """R98: sets of n units, the dearest together, as long as a set saves something."""
    assert saved(bought(selling(*ALL, mix_and_match=(offer,)), **wanted)) == expected


@pytest.mark.parametrize(
    ("offer", "wanted", "expected"),
    [
        pytest.param(
            combo("c", 2500, (("burger",), 1), (("ale",), 1)), {"burger": 1, "ale": 1},
            {"burger": ("c", 276, 1), "ale": ("c", 124, 1)}, id="one of each",
        ),
        pytest.param(combo("c", 2500, (("burger",), 1), (("ale",), 1)), {"burger": 2}, {}, id="a part is missing"),
        pytest.param(combo("c", 2900, (("burger",), 1), (("ale",), 1)), {"burger": 1, "ale": 1}, {}, id="saves none"),
        pytest.param(
            combo("c", 2899, (("burger",), 1), (("ale",), 1)), {"burger": 1, "ale": 1}, {"burger": ("c", 1, 1)},
            id="saves one cent",
        ),
        pytest.param(
            combo("c", 2500, (("burger",), 1), (("ale",), 1)), {"burger": 3, "ale": 2},
            {"burger": ("c", 552, 2), "ale": ("c", 248, 2)}, id="as many as there are",
        ),
        pytest.param(
            combo("c", 3000, (("burger",), 1), (("ale", "chips"), 2)), {"burger": 1, "ale": 1, "chips": 3},
            {"burger": ("c", 209, 1), "ale": ("c", 94, 1), "chips": ("c", 47, 1)}, id="two of a part, the dearest",
        ),
        pytest.param(
            combo("c", 1000, (("ale", "chips"), 1), (("ale",), 1)), {"ale": 1, "chips": 1},
            {"ale": ("c", 233, 1), "chips": ("c", 117, 1)}, id="a unit goes to the part that has fewer",
        ),
        pytest.param(
            combo("c", 500, (("ale",), 1), (("ale",), 1)), {"ale": 3}, {"ale": ("c", 1300, 2)}, id="one line, two parts"
        ),
        pytest.param(
            combo("c", 100, (("ale", "dip"), 1), (("burger", "ale", "chips"), 2)),
            {"burger": 3, "ale": 1, "dip": 1, "chips": 1},
            {"burger": ("c", 5840, 3), "ale": ("c", 876, 1), "dip": ("c", 146, 1), "chips": ("c", 438, 1)},
            id="past what the other part has used up",
        ),
        pytest.param(combo("c", -100, (("dip",), 1)), {"dip": 2}, {"dip": ("c", 300, 2)}, id="never below nil"),
    ],
)  # fmt: skip
def test_combos(offer: Combo, wanted: dict[str, int], expected: dict[str, tuple[str, int, int]]) -> None:
    """R98: one set of every part for the price, the dearest goods first, never dearer than apart."""
    assert saved(bought(selling(*ALL, combos=(offer,)), **wanted)) == expected


def test_a_combo_goes_on_with_cheaper_goods() -> None:
    """R98: the burger's combo saves 4.00; the next one with chips would save nothing and is not made."""
    offer = combo("c", 1500, (("burger", "chips"), 1), (("ale",), 1))
    basket = bought(selling(*ALL, combos=(offer,)), burger=1, chips=1, ale=2)
    assert saved(basket) == {"burger": ("c", 966, 1), "ale": ("c", 434, 1)}
    assert totals(basket, selling(*ALL)).total == Money(1500 + 900 + 450)
    even = combo("c", 1350, (("burger", "chips"), 1), (("ale",), 1))
    basket = bought(selling(*ALL, combos=(even,)), burger=1, chips=1, ale=2)
    assert saved(basket) == {"burger": ("c", 1069, 1), "ale": ("c", 481, 1)}


def test_of_two_offers_the_one_that_saves_more_goes_first_then_the_lower_id() -> None:
    """R98: 12.00 beats 11.00 on the ales; what the other one still can make of the rest it makes."""
    more, less = mix("b", price=Money(1500)), mix("a", n=2, price=Money(700))
    here = selling(*ALL, mix_and_match=(less, more))
    assert saved(bought(here, ale=3)) == {"ale": ("b", 1200, 3)}
    both = selling(*ALL, mix_and_match=(mix("b", amount=Money(90)), mix("a", amount=Money(90))))
    assert saved(bought(both, ale=3)) == {"ale": ("a", 90, 3)}
    rest = mix("z", n=2, covers=on("burger"), price=Money(3990))
    assert saved(bought(selling(*ALL, mix_and_match=(more, rest)), ale=3, burger=2)) == {
        "ale": ("b", 1200, 3),
        "burger": ("z", 10, 2),
    }


def test_a_line_in_a_set_takes_no_second_offer() -> None:
    """R98: one of three ales is left over; it is on the line that has its discount."""
    here = selling(*ALL, mix_and_match=(mix("m", n=2, price=Money(1000)),), combos=(combo("c", 1, (("ale",), 1)),))
    assert saved(bought(here, ale=3)) == {"ale": ("m", 800, 2)}


def test_sets_are_of_lines_in_whose_moment_the_offer_runs() -> None:
    """R46, R98: a mix that starts tomorrow makes no set of today's lines, and none of nothing."""
    later = mix("m", n=1, price=Money(1), trigger=Trigger(start_min=1200, end_min=1260))
    here = selling(*ALL, mix_and_match=(later,))
    assert saved(rung("ale", here=here)) == {}
    assert saved(rung("ale", here=here, at_us=NOW + 90 * 60_000_000)) == {"ale": ("m", 899, 1)}


def test_large_quantities_make_no_more_work() -> None:
    """R98: a million units are as many sets as they make, in no time."""
    here = selling(
        *ALL, mix_and_match=(mix("m", n=3, price=Money(1500)),), combos=(combo("c", 2300, (("burger",), 1)),)
    )
    basket = bought(here, ale=1_000_000)
    assert saved(basket) == {"ale": ("m", 333_333 * 1200, 999_999)}


def test_shares_say_why() -> None:
    """R98: the working of a share names the amount, the line's part and all parts."""
    offer = combo("c", 2500, (("burger",), 1), (("ale",), 1))
    basket = bought(selling(*ALL, combos=(offer,)), burger=1, ale=1)
    terms = (("x", Money(2000)), ("/", Money(2900)), ("+", Money(1)))
    assert basket.because[0] == because(
        "why.discount.combo",
        "R98",
        working=working(Money(276), Rounding.FLOOR, Money(400), *terms),
        line=1,
        product="Burger",
        offer="C",
        discount=Money(276),
    )
    assert basket.line(1).discount_kind is DiscountKind.COMBO


def test_equal_prices_are_taken_by_product_so_that_their_order_does_not_matter() -> None:
    """R98: of two goods at one price the set has the first by name, scanned first or last."""
    twins = (priced("a", 900), priced("b", 900), priced("c", 900))
    offer = MixAndMatch(id="m", name="M", n=2, covers=Covers(), price=Money(1000))
    here = selling(*twins, mix_and_match=(offer,))
    for order in (("a", "b", "c"), ("c", "b", "a")):
        assert set(saved(rung(*order, here=here))) == {"a", "b"}
    two = add(rung("a", here=here, at_us=NOW), "a", catalogue=here, at_us=NOW)
    assert saved(two) == {"a": ("m", 800, 2)}
