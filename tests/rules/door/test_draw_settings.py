"""Draw settings: what a draw is where nothing else is said."""

from __future__ import annotations

from datetime import date

from clubtill_rules.door.draws import Draw, Season, SpendType, Tickets

NOVEMBER = Season(starts=date(2026, 11, 1), ends=date(2026, 11, 30))


def test_a_period_is_all_week_and_all_day() -> None:
    """R54: every weekday, from 00:00 to 23:59."""
    assert (
        Season(
            starts=date(2026, 11, 1),
            ends=date(2026, 11, 30),
            weekdays=(0, 1, 2, 3, 4, 5, 6),
            start_min=0,
            end_min=1439,
        )
        == NOVEMBER
    )


def test_a_draw_is_virtual_and_carries_nothing() -> None:
    """R54: every product counts, nothing is carried over, for members only, without automatic entry."""
    plain = Draw(id="d", name="Draw", spend_type=SpendType.MONEY, step=1, earn=NOVEMBER, issue=NOVEMBER, zone="UTC")
    assert plain == Draw(
        id="d",
        name="Draw",
        spend_type=SpendType.MONEY,
        step=1,
        earn=NOVEMBER,
        issue=NOVEMBER,
        zone="UTC",
        products=(),
        accumulative=False,
        virtual=True,
        auto_entry=False,
    )


def test_no_ticket_stands_where_none_was_given() -> None:
    """R54: an empty drum counts none."""
    assert Tickets(issued=(), carried={}, waiting=0, because=()).standing == 0
