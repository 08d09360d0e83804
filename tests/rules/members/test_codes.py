"""Codes: opaque ids with a check, there and back."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clubtill_rules.members.cards.codes import PREFIX, card_code, check_character, opaque_id_of, read_scan
from clubtill_rules.members.cards.masks import CardMask, MaskKind
from clubtill_rules.values.refusal import Refusal

IDS = st.binary(min_size=10, max_size=10)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _read(code: str) -> bytes | None:
    """Read a code; None for a wrong check as for something else."""
    try:
        return opaque_id_of(code)
    except Refusal:
        return None


def test_check_character_of_the_standard() -> None:
    """R86: ISO 7064 MOD 37-2 on published numbers of blood donations."""
    assert check_character("G123489654321") == "Y"
    assert check_character("A999914123456") == "N"


@given(opaque=IDS)
def test_there_and_back(opaque: bytes) -> None:
    """R86: every opaque id is read back from its code, in either case and with blanks around it."""
    code = card_code(opaque)
    assert (len(code), opaque_id_of(code), opaque_id_of(f" {code.lower()}\n")) == (19, opaque, opaque)


@given(opaque=IDS, place=st.integers(2, 17), letter=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(opaque: bytes, place: int, letter: str) -> None:
    """R86: one wrong character never gives another member's code."""
    code = card_code(opaque)
    assume(code[place] != letter)
    assert _read(code[:place] + letter + code[place + 1 :]) is None


@given(opaque=IDS, place=st.integers(2, 16))
def test_two_swapped_characters_are_noticed(opaque: bytes, place: int) -> None:
    """R86: two neighbours swapped never give another member's code."""
    code = card_code(opaque)
    assume(code[place] != code[place + 1])
    assert _read(code[:place] + code[place + 1] + code[place] + code[place + 2 :]) is None


def test_a_wrong_check_is_unreadable() -> None:
    """R86: a code of ours with a wrong check character is refused, not taken for a product."""
    code = card_code(b"0123456789")
    with pytest.raises(Refusal) as refused:
        read_scan(code[:-1] + ("A" if code[-1] != "A" else "B"), ())
    assert refused.value.code == "card.unreadable"


def test_ids_of_another_length_are_our_mistake() -> None:
    """R86: an opaque id has 10 bytes."""
    with pytest.raises(ValueError, match="10 bytes"):
        card_code(b"short")


@pytest.mark.parametrize(
    ("scanned", "kind", "text"),
    [
        pytest.param(card_code(b"0123456789"), MaskKind.CARD, card_code(b"0123456789"), id="a code of ours"),
        pytest.param("12000001", MaskKind.MEMBER_BARCODE, "000001", id="by a mask"),
    ],
)
def test_scans(scanned: str, kind: MaskKind, text: str) -> None:
    """R84, R86: a scan is a code of ours, or what the masks make of it."""
    seen = read_scan(scanned, (CardMask(pattern="12XXXXXX", kind=MaskKind.MEMBER_BARCODE),))
    assert seen is not None
    assert (seen.kind, seen.text) == (kind, text)


@pytest.mark.parametrize("scanned", ["9312345678907", PREFIX, "CTRL", ""])
def test_other_scans_go_on_to_the_products(scanned: str) -> None:
    """R84: what is no code of ours and fits no mask is left for the product look-up."""
    assert read_scan(scanned, (CardMask(pattern=";XXXXXXXXXXXXX?"), CardMask(pattern="12XX"))) is None
