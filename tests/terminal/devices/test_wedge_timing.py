"""R83 and D45 as tables: which keys are a swipe, a scan, or typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_terminal.devices.reader import BadReadReason
from clubtill_terminal.devices.scanner import Code
from clubtill_terminal.devices.stripe import Swipe
from clubtill_terminal.devices.wedge_timing import Held, WedgeTiming

Found = Swipe | Code | BadReadReason


def played(
    keys: list[tuple[int, str]], timing: WedgeTiming | None = None, *, with_timer: bool = True
) -> tuple[str, list[Found]]:
    """Play keys, each with the gap before it in ms. Returns what was typed into a field, in order, and what was read.

    As in the program, the wait for a key that does not come in time runs out before the key does come; or after, when
    the program was stalled, without the timer.
    """
    timing = timing or WedgeTiming()
    at_ms, held, typed, found = 1_000, "", "", []
    for gap_ms, character in keys:
        at_ms += gap_ms
        if with_timer and timing.wait_ms is not None and gap_ms > timing.wait_ms:
            assert timing.give_up().held is Held.TYPING
            typed, held = typed + held, ""
        answer = timing.key(character, at_ms)
        if answer.held is Held.TYPING:
            typed, held = typed + held, ""
        elif answer.held is Held.READ:
            held = ""
        if answer.hold and answer.held is not Held.READ:
            held += character
        elif not answer.hold:
            assert held == "", "a key overtook those held before it"
            typed += character
        if answer.found is not None:
            found.append(answer.found)
    if timing.give_up().held is Held.TYPING:
        typed += held
    return typed, found


def keys(text: str, gap_ms: int, first: int = 2_000) -> list[tuple[int, str]]:
    """`text` with one gap between all keys, after a pause of `first`."""
    return [(first if n == 0 else gap_ms, character) for n, character in enumerate(text)]


SWIPE = [Swipe(tracks=(";12000001?",))]
STRIPE = ";12000001?\r"

CASES: dict[str, tuple[list[tuple[int, str]], str, list[Found]]] = {
    "swipe, 2 ms a key": (keys(STRIPE, 2), "", SWIPE),
    "swipe, ended by line feed": (keys(";12000001?\n", 2), "", SWIPE),
    "swipe, all in one millisecond": (keys(STRIPE, 0), "", SWIPE),
    "swipe, 35 ms a key": (keys(STRIPE, 35), "", SWIPE),
    "swipe, 36 ms a key": (keys(STRIPE, 36), STRIPE, []),
    "the example: +58 ms, then 30 ms": ([(2_000, ";"), (58, "1"), *keys("2000001?\r", 30, 30)], "", SWIPE),
    "60 ms after the sentinel": ([(2_000, ";"), *keys("12000001?\r", 10, 60)], "", SWIPE),
    "61 ms after the sentinel": ([(2_000, ";"), *keys("12000001?\r", 10, 61)], STRIPE, []),
    "the example: ; +70 ms 1": ([(2_000, ";"), (70, "1")], ";1", []),
    "one gap of 40 ms inside": ([*keys(";12", 10), *keys("000001?\r", 10, 40)], STRIPE, []),
    "no Enter within 35 ms": ([*keys(";12000001?", 10), (36, "\r")], STRIPE, []),
    "both tracks": (keys("%AB^C?;12?\r", 8), "", [Swipe(tracks=("%AB^C?", ";12?"))]),
    "longer than a second": (keys("%" + "A" * 60 + "?\r", 20), "%" + "A" * 60 + "?\r", []),
    "just within a second": (keys("%" + "A" * 48 + "?\r", 20), "", [Swipe(tracks=("%" + "A" * 48 + "?",))]),
    "typed slowly": (keys("50%;x?ok", 120), "50%;x?ok", []),
    "half a swipe": (keys(";12", 10), ";12", []),
    "half a swipe with Enter": (keys(";12000001\r", 10), ";12000001\r", []),
    "a swipe ended by Tab": (keys(";12000001?\t", 10), ";12000001?\t", []),
    "a sentinel inside": (keys(";12;000001?\r", 10), "", [BadReadReason.INTERLEAVED]),
    "a letter on track 2": (keys(";12A00001?\r", 10), "", [BadReadReason.CHECK]),
    "not a letter of any card": (keys(";12é00001?\r", 10), "", [BadReadReason.CHECK]),
    "too long for a stripe": (keys(";" + "1" * 60 + "?\r", 5), "", [BadReadReason.TOO_LONG]),
    "two swipes": (keys(STRIPE, 5) + keys(STRIPE, 5, 300), "", SWIPE * 2),
    "typing, then a swipe at once": (keys("5", 0) + keys(STRIPE, 5, 60), "5", SWIPE),
    "a swipe after a broken one": (keys(";12", 10) + keys(STRIPE, 5, 100), ";12", SWIPE),
    "code, 40 ms a key": (keys("9312\r", 40), "", [Code("9312")]),
    "code, 50 ms a key": (keys("9312\r", 50), "", [Code("9312")]),
    "code, 51 ms a key": (keys("9312\r", 51), "9312\r", []),
    "code ended by Tab": (keys("9312\t", 5), "", [Code("9312")]),
    "code ended by line feed": (keys("9312\n", 5), "", [Code("9312")]),
    "QR with spaces, sentinels and cases": (keys("Ab c;%?9\r", 5), "", [Code("Ab c;%?9")]),
    "the example: 931": (keys("931\r", 40), "931\r", []),
    "code without an end": (keys("93123456", 5), "93123456", []),
    "code with a late end": ([*keys("9312", 5), (51, "\r")], "9312\r", []),
    "the rest of a broken code": ([*keys("931", 5), *keys("2345678\r", 5, 60)], "9312345678\r", []),
    "the rest of a broken swipe": ([*keys(";12", 5), *keys("000001?\r", 5, 200)], STRIPE, []),
    "D45: gaps of a code, begun by a sentinel": (keys(";93123456\r", 45), ";93123456\r", []),
    "D45: a pause after the sentinel": ([(2_000, ";"), *keys("93123456\r", 5, 900)], ";93123456\r", []),
    "after Enter a code begins at once": (keys("12\r", 120) + keys("9312\r", 5, 20), "12\r", [Code("9312")]),
    "after a pause a code begins": (keys("12", 120) + keys("9312\r", 5, 250), "12", [Code("9312")]),
    "after a broken swipe and a second": (keys(";12", 10) + keys("9312\r", 5, 1_000), ";12", [Code("9312")]),
    "two codes": (keys("9312\r", 5) + keys("9313\r", 5, 100), "", [Code("9312"), Code("9313")]),
    "a space begins no code": (keys(" 9312\r", 5), "", [Code("9312")]),
    "longest code": (keys("9" * 256 + "\r", 2), "", [Code("9" * 256)]),
    "too long for a code": (keys("9" * 257 + "\r", 2), "", [BadReadReason.TOO_LONG]),
    "endless": (keys("9" * 1100 + "\r", 2), "9" * 1100 + "\r", []),
    "an accented letter is no code": (keys("caf\u00e9s\r", 5), "", [BadReadReason.CHECK]),
    "Enter alone": (keys("\r\r\t", 5), "\r\r\t", []),
}
TYPED_BESIDE = {"a space begins no code": " "}


@pytest.mark.parametrize("with_timer", [True, False], ids=["timer", "no timer"])
@pytest.mark.parametrize("name", CASES)
def test_keys_are_what_the_table_says(name: str, *, with_timer: bool) -> None:
    """R83, D45: a burst is read whole or typed whole, and what is read leaves nothing in a field."""
    pressed, typed, found = CASES[name]
    assert played(pressed, with_timer=with_timer) == (typed + TYPED_BESIDE.get(name, ""), found)


@pytest.mark.parametrize(
    ("layout", "text", "found"),
    [
        ({"ö": ";", "_": "?"}, "ö12000001_\r", SWIPE),
        ({"ö": ";", "_": "?"}, "ö1200;0001_\r", [BadReadReason.INTERLEAVED]),
        ({"ö": ";"}, "ö_12\r", []),
    ],
)
def test_a_keyboard_layout_can_be_undone(layout: dict[str, str], text: str, found: list[Found]) -> None:
    """A German layout turns `;` into `ö`; a table of the device says what was meant."""
    assert played(keys(text, 5), WedgeTiming(layout=layout))[1] == found


def test_a_reader_that_sends_check_characters_is_checked() -> None:
    """R82: where the device sends the check character, a wrong one is a bad read, a missing one too."""
    found = [
        played(keys(text, 5), WedgeTiming(sends_check=True)) for text in (";12?7\r", ";12?8\r", ";12?\r", ";12?78\r")
    ]
    assert found == [
        ("", [Swipe(tracks=(";12?",))]),
        ("", [BadReadReason.CHECK]),
        ("", [BadReadReason.TORN]),
        (";12?78\r", []),
    ]


def test_a_clock_that_goes_back_breaks_a_burst() -> None:
    """R83: gaps come from the events' own time stamps; one that cannot be measured is not a short one."""
    assert played([*keys("9312", 5), (-100, "5"), (5, "\r")]) == ("93125\r", [])


def test_the_wait_is_that_of_the_rule() -> None:
    """R83: 60 ms after a sentinel, 35 ms inside a swipe, 50 ms inside a code, none when nothing is held."""
    timing = WedgeTiming()
    waits = [timing.wait_ms]
    for at_ms, character in ((1_000, ";"), (1_010, "1"), (1_500, "x"), (9_000, "x")):
        timing.key(character, at_ms)
        waits.append(timing.wait_ms)
    timing.give_up()
    assert [*waits, timing.wait_ms] == [None, 60, 35, None, 50, None]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 2, 34, 35, 36, 49, 50, 51, 60, 61, 120, 250, 1_000]), st.sampled_from(";%?12 A\r\t")
        )
    )
)
def test_no_key_is_lost_or_overtakes_another(pressed: list[tuple[int, str]]) -> None:
    """U70: every key is either typed, in order, or part of something that was read, never both and never neither."""
    typed, found = played(pressed)
    text = "".join(character for _, character in pressed)
    if not found:
        assert typed == text
    position = 0
    for character in typed:
        position = text.index(character, position) + 1
    for one in found:
        if isinstance(one, Code):
            assert one.text in text.replace("\t", "\r")
            assert one.text[0] not in ";%"


@given(st.lists(st.tuples(st.integers(36, 3_000), st.sampled_from(";%?12A\r"))))
def test_slow_keys_are_never_a_swipe(pressed: list[tuple[int, str]]) -> None:
    """R83: whatever is typed with more than 35 ms between keys is no swipe."""
    _, found = played(pressed)
    assert not any(isinstance(one, Swipe) for one in found)
