"""What readers report: nothing shows card data, and the same card again is one event."""

from __future__ import annotations

import pytest

from clubtill_terminal.devices.reader import (
    BadRead,
    BadReadReason,
    CardKind,
    CardSeen,
    OncePerCard,
    ReaderReport,
    ReaderUp,
)
from clubtill_terminal.devices.scanner import Code, CodeFraming

JEAN = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(";12000001?",))
PRIYA = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(";12000003?",))


@pytest.mark.parametrize(
    "seen",
    [
        JEAN,
        CardSeen(source="door", kind=CardKind.CHIP, uid=bytes.fromhex("12000001"), text="12000001"),
        CardSeen(source="scanner", kind=CardKind.CODE, text="12000001"),
        Code("12000001"),
    ],
)
def test_card_data_is_not_shown(seen: object) -> None:
    """R82, U70: neither repr nor str of what was read holds the digits, so no log line and no traceback does."""
    for shown in (repr(seen), str(seen), f"{seen}", repr([seen])):
        assert "12000001" not in shown
        assert "\\x12" not in shown


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (BadReadReason.TORN, "card.unreadable"),
        (BadReadReason.INTERLEAVED, "card.unreadable"),
        (BadReadReason.PULLED_OUT, "card.pulled_out"),
        (BadReadReason.RANDOM_UID, "card.random_uid"),
    ],
)
def test_a_bad_read_names_its_sentence(reason: BadReadReason, code: str) -> None:
    """What the person with the card can do differs: swipe again, leave the card in, use the card and not the phone."""
    assert BadRead(source="stripe", reason=reason).code == code


@pytest.mark.parametrize(
    ("name", "swipes", "through"),
    [
        ("at once", [(0, JEAN), (1, JEAN)], [JEAN]),
        ("just within 3 s", [(0, JEAN), (2_999_999, JEAN)], [JEAN]),
        ("after 3 s", [(0, JEAN), (3_000_000, JEAN)], [JEAN, JEAN]),
        ("another card", [(0, JEAN), (1, PRIYA)], [JEAN, PRIYA]),
        ("another card between", [(0, JEAN), (1, PRIYA), (2, JEAN)], [JEAN, PRIYA, JEAN]),
        ("counted from the first", [(0, JEAN), (2_000_000, JEAN), (4_000_000, JEAN)], [JEAN, JEAN]),
    ],
)
def test_the_same_card_within_three_seconds_is_one_event(
    name: str, swipes: list[tuple[int, CardSeen]], through: list[CardSeen]
) -> None:
    """U72: a nervous hand swipes once."""
    passed: list[ReaderReport] = []
    clock = iter([at_us for at_us, _ in swipes])
    once = OncePerCard(passed.append, lambda: next(clock))
    for _, seen in swipes:
        once(seen)
    assert passed == through, name


def test_two_readers_and_other_reports_pass() -> None:
    """U72: each reader counts for itself, and only cards are held back."""
    passed: list[ReaderReport] = []
    once = OncePerCard(passed.append, lambda: 0)
    at_door = CardSeen(source="door", kind=JEAN.kind, tracks=JEAN.tracks)
    bad = BadRead(source="stripe", reason=BadReadReason.TORN)
    for seen in (JEAN, at_door, bad, bad, ReaderUp(source="stripe")):
        once(seen)
    assert passed == [JEAN, at_door, bad, bad, ReaderUp(source="stripe")]


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"9312345678907\r", [Code("9312345678907")]),
        (b"9312345678907\r\n\r\nA\n", [Code("9312345678907"), Code("A")]),
        (b"93123", [BadReadReason.TORN]),
        (b"93\x0023\rA\r", [BadReadReason.CHECK, Code("A")]),
        (b"93\xe92\r", [BadReadReason.CHECK]),
        (b"9" * 256 + b"\r", [Code("9" * 256)]),
        (b"9" * 257 + b"\r", [BadReadReason.TOO_LONG]),
        (b"", []),
    ],
    ids=["code", "several", "torn", "control character", "not ASCII", "longest", "too long", "nothing"],
)
@pytest.mark.parametrize("chunk", [1, 3, 400])
def test_codes_are_framed(stream: bytes, found: list[object], chunk: int) -> None:
    """R86: a code is printable text of at most 256 characters with its end; chunks make no difference."""
    framing = CodeFraming()
    got: list[object] = []
    for at in range(0, len(stream), chunk):
        got += framing.feed(stream[at : at + chunk])
    assert got + list(framing.silence()) == found
