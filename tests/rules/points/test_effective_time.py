"""The effective time of an event: what the ledger makes of a terminal's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.effective import Effective, effective
from clubtill_rules.values.days import DayClock, instant, trading_day
from tests.rules.points.accounts import FEB, JAN, JANUARY, at, folded, redeem

SYDNEY = DayClock(zone="Australia/Sydney")
NOW = instant(datetime(2026, 3, 15, 2, tzinfo=UTC))
FIVE = 300_000_000
CLOCK_SUSPECT, LATE = "CLOCK_SUSPECT", "LATE"


@pytest.mark.example("R3.1")
def test_a_sale_carries_the_day_of_its_finalising():
    """R3: finalised Fri 13 Mar 23:50 in Sydney, uploaded on Sunday: earn date 13 Mar."""
    finalised = instant(datetime(2026, 3, 13, 12, 50, tzinfo=UTC))
    given_ = effective(finalised, received_us=NOW, previous_us=0)
    assert given_ == Effective(eff_us=finalised, flags=())
    assert trading_day(given_.eff_us, SYDNEY) == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("told", "more", "eff", "flags"),
    [
        pytest.param(NOW - 1, {}, NOW - 1, (), id="told-in-the-past-stands"),
        pytest.param(NOW, {}, NOW, (), id="told-now-stands"),
        pytest.param(0, {}, 0, (), id="without-a-pin-nothing-is-late"),
        pytest.param(NOW + 1, {}, NOW, (), id="a-little-ahead-is-clamped-without-a-flag"),
        pytest.param(NOW + FIVE, {}, NOW, (), id="five-minutes-ahead-have-no-flag"),
        pytest.param(
            NOW + FIVE + 1, {}, NOW, (CLOCK_SUSPECT,), id="more-than-five-ahead-is-suspect",
            marks=pytest.mark.example("R3.2"),
        ),
        pytest.param(NOW - 90, {"offset_us": 30}, NOW - 60, (), id="the-handshake-corrects"),
        pytest.param(NOW - 90, {"offset_us": -30}, NOW - 120, (), id="the-handshake-corrects-backwards"),
        pytest.param(NOW + FIVE + 1, {"offset_us": -2 * FIVE}, NOW - FIVE + 1, (CLOCK_SUSPECT,), id="corrected"),
        pytest.param(NOW, {"offset_us": FIVE}, NOW, (), id="corrected-five-minutes-ahead"),
        pytest.param(NOW, {"offset_us": FIVE + 1}, NOW, (CLOCK_SUSPECT,), id="corrected-too-far-ahead"),
        pytest.param(NOW - 9, {"previous_us": NOW - 9}, NOW - 9, (), id="not-before-the-previous-event"),
        pytest.param(NOW - 9, {"previous_us": NOW - 4}, NOW - 4, (), id="moved-up-to-the-previous-event"),
        pytest.param(NOW - FIVE, {"previous_us": NOW}, NOW, (), id="moved-by-five-minutes"),
        pytest.param(NOW - FIVE - 1, {"previous_us": NOW}, NOW, (CLOCK_SUSPECT,), id="moved-by-more-than-five-minutes"),
        pytest.param(NOW - 9, {"pin_us": NOW - 9}, NOW - 9, (), id="at-the-pin-is-in-time"),
        pytest.param(NOW - 9, {"pin_us": NOW - 8}, NOW - 8, (LATE,), id="before-the-pin-is-late"),
        pytest.param(
            NOW - 9 * FIVE, {"pin_us": NOW - 8, "previous_us": NOW - FIVE}, NOW - 8, (CLOCK_SUSPECT, LATE),
            id="late-and-suspect",
        ),
        pytest.param(NOW - 9, {"refers_us": NOW - 10}, NOW - 9, (), id="a-tick-after-what-it-refers-to"),
        pytest.param(NOW - 9, {"refers_us": NOW - 9}, NOW - 8, (), id="at-what-it-refers-to-moves-a-tick"),
        pytest.param(NOW - 9, {"refers_us": NOW - 3}, NOW - 2, (), id="before-what-it-refers-to-moves-after"),
        pytest.param(NOW - 9, {"refers_us": NOW - 4, "pin_us": NOW - 5}, NOW - 3, (LATE,), id="reference-last"),
        pytest.param(NOW, {"refers_us": NOW}, NOW + 1, (), id="a-reference-may-pass-the-receipt"),
    ],
)  # fmt: skip
def test_clamps_and_their_flags(told, more, eff, flags):
    """R3, R91: each clamp moves the time no further than it must, and says so beyond five minutes (D38)."""
    assert effective(told, received_us=NOW, **{"previous_us": 0, **more}) == Effective(eff_us=eff, flags=flags)


@pytest.mark.example("S5.2")
@pytest.mark.parametrize(
    ("pin", "flags", "avail"),
    [
        pytest.param(at(FEB(1), 0), (LATE,), 40, id="january-is-closed"),
        pytest.param(at(JAN(1), 0), (), 80, id="january-is-open"),
    ],
)
def test_a_late_redemption_counts_from_the_pin(pin, flags, avail):
    """R3, R91: 40 redeemed on 18 Jan arrive on 10 Feb: under a pin they are 1 February's and closed figures stay."""
    given_ = effective(at(JAN(18)), received_us=at(FEB(10)), previous_us=0, pin_us=pin)
    assert given_.flags == flags
    day = trading_day(given_.eff_us, DayClock(zone="UTC", start_of_trading_day_min=0))
    late = replace(redeem(40, day, "late"), eff_us=given_.eff_us)
    assert folded([*JANUARY, late], FEB(10)).avail_h == avail * 100


TIMES = st.integers(0, 10**12)


@given(told=TIMES, received=TIMES, previous=TIMES, offset=st.integers(-(10**10), 10**10), pin=TIMES, refers=TIMES)
def test_it_is_within_all_its_bounds(*, told, received, previous, offset, pin, refers):
    """R3, R91: never before the log, the pin or the reference; and given again from itself it stays."""
    got = effective(told, received_us=received, previous_us=previous, offset_us=offset, pin_us=pin, refers_us=refers)
    assert got.eff_us >= max(previous, pin, refers + 1)
    assert got.eff_us <= max(received, previous, pin, refers + 1)
    assert (LATE in got.flags) == (max(min(told + offset, received), previous) < pin)
    again = effective(
        got.eff_us, received_us=max(received, got.eff_us), previous_us=previous, pin_us=pin, refers_us=refers
    )
    assert again == Effective(eff_us=got.eff_us)
