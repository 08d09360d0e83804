"""A line of a sale: its own sums."""

from __future__ import annotations

from clubtill_rules.goods.line import Line, PaidByPoints
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import NO_POINTS, whole


def _line(**more: object) -> Line:
    fields: dict[str, object] = {
        "n": 1,
        "product_id": "pale",
        "name": "Schooner Pale",
        "family_id": "beer",
        "category_id": "beer",
        "qty": 2,
        "added_at_us": 0,
        "unit_price": Money(800),
        "public_price": Money(850),
        **more,
    }
    return Line(**fields)  # type: ignore[arg-type] - a table's columns


def test_net_is_gross_less_discount() -> None:
    """R28: the earning base is the line after its discount."""
    line = _line(discount=Money(160))
    assert (line.gross, line.net) == (Money(1600), Money(1440))


def test_the_receipt_sees_the_line_after_the_points_pay_discount() -> None:
    """R69: for tax and receipt the PP discount lowers the line, for the books it does not."""
    line = _line(by_points=PaidByPoints(points=whole(1440), value=Money(1440), discount=Money(160)))
    assert (line.net, line.receipt_net, line.points_used) == (Money(1600), Money(1440), whole(1440))
    assert _line().receipt_net == Money(1600)
    assert _line().points_used == NO_POINTS


def test_saved_is_against_the_public_price_and_never_negative() -> None:
    """R80: 2 x 8.50 less 16.00 is 1.00 saved; a dearer price saves nothing."""
    assert _line().saved == Money(100)
    assert _line(unit_price=Money(900)).saved == Money(0)
    assert _line(discount=Money(50)).saved == Money(150)
