"""Masks: the grammar, its published examples, and an oracle that tries every way to read a text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.cards.masks import (
    CardMask,
    MaskKind,
    Reading,
    Source,
    literal_prefix,
    match,
    readings,
    sources,
)
from clubtill_rules.values.refusal import Refusal
from tests.rules.members import mask_oracle

MANY = "@" * 12


@pytest.mark.parametrize(
    ("pattern", "text", "kept"),
    [
        pytest.param("XXX", "001", "001", marks=pytest.mark.example("R84.1"), id="published: digits"),
        pytest.param(
            "(12)XXXXXX", "12000001", "12000001", marks=pytest.mark.example("R84.1"), id="published: literal kept"
        ),
        pytest.param(
            "12XXXXXX", "12000001", "000001", marks=pytest.mark.example("R84.1"), id="published: literal dropped"
        ),
        pytest.param(
            "####X" + MANY,
            "1234567890123",
            "12345",
            marks=pytest.mark.example("R84.1"),
            id="published: optional digits, rest ignored",
        ),
        pytest.param(
            "--#####X" + MANY,
            "1234567890123",
            "345678",
            marks=pytest.mark.example("R84.2"),
            id="by the grammar, not the published slip",
        ),
        pytest.param("(628412)XXXXXXXXXX@@@@@", "6284120000000019=2912", "6284120000000019", id="ISO form"),
        pytest.param("XXX", "0011", None, id="one digit too many"),
        pytest.param("XXX", "01", None, id="one digit short"),
        pytest.param("X", "X", None, id="a symbol is no digit"),
        pytest.param("XXX", "01A", None, id="a letter is no digit"),
        pytest.param("XXX", "01\u0663", None, id="a digit of another script is none"),
        pytest.param("###", "", "", id="optional digits may all be absent"),
        pytest.param("-XX", "A12", "12", id="skip takes any character"),
        pytest.param("-XX", "12", None, id="skip needs a character"),
        pytest.param("XX@", "12", "12", id="ignore needs none"),
        pytest.param("##XX", "123", "123", id="optional digits give way to required ones"),
        pytest.param(";XXX?", "001", "001", id="sentinels of a pattern are not part of the text"),
        pytest.param("(A-X)X", "A-X7", "A-X7", id="symbols inside brackets are literal"),
        pytest.param("M(0)XX", "M012", "012", id="dropped and kept literals"),
        pytest.param("()X", "7", "7", id="nothing in brackets"),
        pytest.param("X\nX", "1\n2", "12", id="a line break of a pattern is text"),
        pytest.param("X\nX", "12", None, id="and must be there"),
        pytest.param("(12)X", "17", None, id="half of a kept literal"),
        pytest.param("(12)X", "7", None, id="no kept literal"),
        pytest.param("12X", "17", None, id="half of a dropped literal"),
        pytest.param("12X", "7", None, id="no dropped literal"),
        pytest.param("(A(B)X", "A(B7", "A(B7", id="a bracket inside brackets is text"),
        pytest.param("A)X", "A)7", "7", id="a closing bracket alone is text"),
    ],
)
def test_examples(pattern: str, text: str, kept: str | None) -> None:
    """R84: published examples of masks and the corners of the grammar."""
    assert match(pattern, text) == kept


def test_open_bracket_is_refused() -> None:
    """R84: a mask with an open bracket is refused by name."""
    with pytest.raises(Refusal) as refused:
        match("(12XX", "12")
    assert (refused.value.code, refused.value.facts) == ("mask.bracket", {"pattern": "(12XX"})


@given(pattern=st.text("X#-@12", max_size=9), text=st.text("12A", max_size=9))
def test_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    """R84: what is kept is what the same pattern keeps as a greedy regular expression."""
    assert match(pattern, text) == mask_oracle.kept(pattern, text)


def test_a_long_pattern_of_optional_symbols_costs_little() -> None:
    """R84: many optional symbols that cannot match are decided at once, not by trying every combination."""
    began = time.process_time()
    assert match("#" * 60 + "@" * 60 + "X", "1" * 90 + "A") is None
    assert time.process_time() - began < 2


MASKS = (
    CardMask(pattern="(12)XXXX", kind=MaskKind.MEMBER_BARCODE),
    CardMask(pattern="XXXXXX", kind=MaskKind.MEMBER_NUMBER),
    CardMask(pattern="9XXXXX", kind=MaskKind.IGNORE),
    CardMask(pattern="######", kind=MaskKind.ALTERNATE_ID),
    CardMask(pattern="XXXX", kind=MaskKind.CLERK, enabled=False),
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("120001", ["member_barcode", "member_number", "alternate_id"], id="top to bottom"),
        pytest.param("345678", ["member_number", "alternate_id"], id="two of them"),
        pytest.param("900001", ["member_number"], id="ignore ends the list"),
        pytest.param("1234", ["alternate_id"], id="a mask that is off does not count"),
        pytest.param("ABC", [], id="none"),
    ],
)
def test_masks_are_tried_top_to_bottom(text: str, kinds: list[str]) -> None:
    """R84: every enabled mask that matches is a reading, in order, so that the first that resolves wins."""
    found = readings(MASKS, [(Source.CODE, text)])
    assert [reading.kind.value for reading in found or ()] == kinds


def test_ignore_first_drops_the_card() -> None:
    """R84: where an Ignore mask is the first to match, nothing is left of the card."""
    ignore = CardMask(pattern="9XXXXX", kind=MaskKind.IGNORE)
    assert readings((ignore, *MASKS), [(Source.CODE, "900001")]) is None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("%XXX?", {Source.TRACK_1}, id="track 1"),
        pytest.param(";XXX?", {Source.TRACK_2}, id="track 2"),
        pytest.param("XXX", {Source.TRACK_2, Source.CODE}, id="track 2 and codes"),
    ],
)
def test_sources_of_a_mask(pattern: str, expected: set[Source]) -> None:
    """R82: track 1 is read only where a mask asks for it."""
    assert sources(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("(628412)XXXX", "628412", id="kept"),
        pytest.param(";628412XXXX?", "628412", id="dropped"),
        pytest.param("(62)8412XX", "628412", id="both"),
        pytest.param("XX(628412)", "", id="not at the front"),
        pytest.param("(628412)", "628412", id="nothing else"),
        pytest.param("", "", id="an empty pattern"),
        pytest.param("-62", "", id="after a skipped character"),
        pytest.param("@62", "", id="after one that may be absent"),
    ],
)
def test_literal_prefix(pattern: str, expected: str) -> None:
    """R82: the literal prefix is what every card of a mask begins with."""
    assert literal_prefix(pattern) == expected


def test_a_reading_does_not_show_its_text() -> None:
    """R84, U70: the text of a card does not reach a log by way of a repr."""
    assert "120001" not in repr(Reading(text="120001", kind=MaskKind.CARD))
