"""Framing of magnetic stripes (R82): what is read whole, what is refused, and that no damage makes another card."""

from __future__ import annotations

import functools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_terminal.devices.reader import BadReadReason
from clubtill_terminal.devices.stripe import StripeFraming, Swipe, check_character

Found = list[Swipe | BadReadReason]


def sent(*tracks: str, check: bool = True, end: bytes = b"\r") -> bytes:
    """What a reader sends for these tracks."""
    return b"".join(t.encode() + bytes([check_character(t.encode())]) * check for t in tracks) + end


def framed(data: bytes, *, sends_check: bool = True) -> Found:
    """All that a stream holds, silence at its end included."""
    framing = StripeFraming(sends_check=sends_check)
    return framing.feed(data) + framing.silence()


TRACK_1 = "%B6284120000000019^OKAFOR/JEAN^2912?"
TRACK_2 = ";12000001?"

TORN, CHECK, TOO_LONG, MIXED = (
    BadReadReason.TORN,
    BadReadReason.CHECK,
    BadReadReason.TOO_LONG,
    BadReadReason.INTERLEAVED,
)
LONGEST_2 = ";" + "1" * 37 + "?"
LONGEST_1 = "%" + "A" * 76 + "?"

CASES: dict[str, tuple[bytes, Found]] = {
    "track 2": (sent(TRACK_2), [Swipe(tracks=(TRACK_2,))]),
    "track 1": (sent(TRACK_1), [Swipe(tracks=(TRACK_1,))]),
    "both tracks": (sent(TRACK_1, TRACK_2), [Swipe(tracks=(TRACK_1, TRACK_2))]),
    "ended by CR LF": (sent(TRACK_2, end=b"\r\n"), [Swipe(tracks=(TRACK_2,))]),
    "ended by silence": (sent(TRACK_2, end=b""), [Swipe(tracks=(TRACK_2,))]),
    "two swipes": (sent(TRACK_2) + sent(";12000002?"), [Swipe(tracks=(TRACK_2,)), Swipe(tracks=(";12000002?",))]),
    "longest track 2": (sent(LONGEST_2), [Swipe(tracks=(LONGEST_2,))]),
    "longest track 1": (sent(LONGEST_1), [Swipe(tracks=(LONGEST_1,))]),
    "empty lines": (b"\r\n\r\n", []),
    "torn: no end": (b";1200\r", [TORN]),
    "torn: no check character": (b";12000001?\r", [TORN]),
    "torn: the start is missing": (b"2000001?3\r", [TORN]),
    "torn, then whole": (b"000001?3\r" + sent(TRACK_2), [TORN, Swipe(tracks=(TRACK_2,))]),
    "torn by silence": (b"%B62841", [TORN]),
    "wrong check character": (b";12000001?0\r", [CHECK]),
    "one of two fails its check": (sent(TRACK_1)[:-2] + b"!" + sent(TRACK_2), [Swipe(tracks=(TRACK_2,))]),
    "the reader says it could not read": (sent(TRACK_1)[:-1] + b";E?0\r", [Swipe(tracks=(TRACK_1,))]),
    "a letter on track 2": (sent(";12A00001?"), [CHECK]),
    "track 2 too long": (sent(";" + "1" * 38 + "?"), [TOO_LONG]),
    "track 1 too long": (sent("%" + "A" * 77 + "?"), [TOO_LONG]),
    "endless": (b";" + b"1" * 5000, [TOO_LONG]),
    "a sentinel inside": (b";1200;12000002?5\r", [MIXED]),
    "track 2 twice": (sent(TRACK_2, ";12000002?"), [MIXED]),
    "track 1 after track 2": (sent(TRACK_2, TRACK_1), [MIXED]),
    "noise between tracks": (sent(TRACK_1, end=b"x") + sent(TRACK_2), [TORN]),
    "high bits": (bytes(code | 0x80 for code in sent(TRACK_2)), [TORN]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_stream_is_what_the_table_says(name: str) -> None:
    """R82: whole tracks pass with their sentinels and without the check character; all else has a reason."""
    stream, expected = CASES[name]
    assert framed(stream) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (sent(TRACK_1, TRACK_2, check=False), [Swipe(tracks=(TRACK_1, TRACK_2))]),
        (sent(";" + "1" * 38 + "?", check=False), [Swipe(tracks=(";" + "1" * 38 + "?",))]),
        (sent(";" + "1" * 39 + "?", check=False), [TOO_LONG]),
        (sent(TRACK_2), [TORN]),
    ],
    ids=["both tracks", "40 characters", "41 characters", "a check character after all"],
)
def test_a_reader_may_strip_the_check_character(stream: bytes, expected: Found) -> None:
    """Many readers send none: then it is a setting, and one that comes all the same is noticed."""
    assert framed(stream, sends_check=False) == expected


def test_the_check_character_is_that_of_iso_7811() -> None:
    """Worked by hand: `;12?` is B^1^2^F = 7, sent as `7`; `%12?` is 5^11^12^1F (hex) = 19, sent as `9`."""
    assert chr(check_character(b";12?")) == "7"
    assert chr(check_character(b"%12?")) == "9"


def test_a_swipe_does_not_show_its_tracks() -> None:
    """U70: nothing that lands in a log by its repr holds a card's digits."""
    assert "12000001" not in repr(Swipe(tracks=(TRACK_2,)))


digits = st.text("0123456789=", min_size=1, max_size=37).map(lambda text: f";{text}?")
letters = st.text("ABCXYZ0123456789^/ -.", min_size=1, max_size=76).map(lambda text: f"%{text}?")
swipes = st.one_of(digits.map(lambda t: (t,)), letters.map(lambda t: (t,)), st.tuples(letters, digits))


@given(st.lists(swipes, max_size=4), st.data())
def test_chunks_make_no_difference(tracks: list[tuple[str, ...]], data: st.DataObject) -> None:
    """R82: the same bytes give the same swipes, however the line cuts them."""
    stream = b"".join(sent(*swipe) for swipe in tracks)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    framing = StripeFraming()
    found: Found = []
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += framing.feed(stream[start:stop])
    assert found == [Swipe(tracks=swipe) for swipe in tracks]


def tracks_in(found: Found) -> set[str]:
    """The tracks that got through."""
    return {track for one in found if isinstance(one, Swipe) for track in one.tracks}


@given(swipes)
def test_no_flipped_bit_makes_another_card(tracks: tuple[str, ...]) -> None:
    """R82: with check characters, every single flipped bit of a swipe leaves only right tracks or none."""
    stream = sent(*tracks)
    for bit in range(len(stream) * 8):
        flipped = bytearray(stream)
        flipped[bit // 8] ^= 1 << bit % 8
        assert tracks_in(framed(bytes(flipped))) <= set(tracks)


@given(swipes, st.integers(0, 130), st.integers(0, 130))
def test_half_a_swipe_is_no_card(tracks: tuple[str, ...], lost_before: int, lost_after: int) -> None:
    """R82: a swipe that begins late or ends early leaves only the tracks that came whole."""
    stream = sent(*tracks)
    rest = stream[lost_before : max(lost_before, len(stream) - lost_after)]
    whole = {track for track in tracks if sent(track, end=b"") in rest}
    assert tracks_in(framed(rest)) <= whole


@given(swipes, swipes, st.data())
def test_two_cards_mixed_on_one_line_make_no_third(
    one: tuple[str, ...], other: tuple[str, ...], data: st.DataObject
) -> None:
    """R82: however the bytes of two swipes are shuffled together in order, no track comes out that neither card has."""
    left, right = sent(*one), sent(*other)
    places = data.draw(st.lists(st.integers(0, len(left)), min_size=len(right), max_size=len(right)).map(sorted))
    chunks = [bytes(code for code, place in zip(right, places, strict=True) if place == at) for at in range(len(left))]
    tail = bytes(code for code, place in zip(right, places, strict=True) if place == len(left))
    mixed = functools.reduce(operator.add, (c + left[i : i + 1] for i, c in enumerate(chunks)), b"") + tail
    assert sorted(mixed) == sorted(left + right)
    assert tracks_in(framed(mixed)) <= set(one) | set(other)


@given(st.binary(max_size=400))
def test_noise_never_raises_and_never_stays(noise: bytes) -> None:
    """R82: whatever comes, after silence the next whole swipe is read."""
    framing = StripeFraming()
    framing.feed(noise)
    framing.silence()
    assert framing.feed(sent(TRACK_2)) == [Swipe(tracks=(TRACK_2,))]
