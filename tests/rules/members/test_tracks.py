"""Tracks: what of a swipe becomes a card's text, and what is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.cards.masks import CardMask, MaskKind
from clubtill_rules.members.cards.tracks import (
    DEFAULT_MASKS,
    ClubCard,
    club_card,
    newer_issues,
    passes_luhn,
    read_stripe,
    read_track,
)
from clubtill_rules.values.refusal import Refusal

EIGHT = (CardMask(pattern="XXXXXXXX"),)
CLUB = (CardMask(pattern="(628412)XXXXXXXXXX@@@@@"),)
ANYTHING = (CardMask(pattern="#" * 19 + "@" * 20),)
NAMED = (CardMask(pattern="%B(9)XXXXX@@@@@@@@@@@?"), *DEFAULT_MASKS)
VISA = ";4111111111111111=29121010000000000000?"


@pytest.mark.example("R82.1")
@pytest.mark.parametrize(
    "ending", ["", "\r", "\n", "\r\n", "3", "3\r\n", "?\r\n", ";"], ids=["bare", "CR", "LF", "CRLF", "LRC", *"abc"]
)
def test_sentinels_check_character_and_line_ends_are_dropped(ending: str) -> None:
    """R82: `;12000001?` is 12000001, with or without a check character (any) and line ends behind it."""
    seen = read_track(";12000001?" + ending, EIGHT)
    assert seen is not None
    assert (seen.text, seen.kind) == ("12000001", MaskKind.CARD)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("12000001?", id="no start sentinel"),
        pytest.param(";12000001", id="no end sentinel"),
        pytest.param("12000001", id="neither"),
        pytest.param(";1200A001?", id="a letter on track 2"),
        pytest.param(";12000001? ", id="a blank behind it"),
        pytest.param(";12000001?X", id="a letter behind it"),
        pytest.param(";?", id="empty"),
        pytest.param("", id="nothing"),
        pytest.param(";12000001?;12000001?", id="two cards"),
        pytest.param(";12;00001?", id="a sentinel inside"),
        pytest.param(";" + "1" * 39 + "?", id="41 characters"),
        pytest.param("%" + "A" * 78 + "?", id="80 characters on track 1"),
        pytest.param("%abc?", id="small letters on track 1"),
    ],
)
def test_unreadable(text: str) -> None:
    """R82: without both sentinels, with foreign characters or too long, a read is rejected, and nothing of it told."""
    with pytest.raises(Refusal) as refused:
        read_track(text, ANYTHING)
    assert (refused.value.code, refused.value.facts) == ("card.unreadable", {})


def test_a_swipe_without_tracks_is_unreadable() -> None:
    """R82: nothing read is no card."""
    with pytest.raises(Refusal) as refused:
        read_stripe((), ANYTHING)
    assert (refused.value.code, refused.value.facts) == ("card.unreadable", {})


def test_forty_characters_are_read() -> None:
    """R82: a track 2 of 40 characters is whole."""
    seen = read_track(";" + "1" * 38 + "?", ANYTHING)
    assert seen is not None


@pytest.mark.parametrize(
    ("tracks", "masks", "text"),
    [
        pytest.param(
            (VISA,),
            ANYTHING,
            None,
            marks=pytest.mark.example("R82.1"),
            id="bank card under a mask that would take it",
        ),
        pytest.param((";4111111111111112=2912?",), ANYTHING, "4111111111111112", id="wrong Luhn is no bank card"),
        pytest.param((";4111111111111111?",), ANYTHING, "4111111111111111", id="no expiry is no bank card"),
        pytest.param((";79927398713=2912?",), ANYTHING, "79927398713", id="11 digits are too few"),
        pytest.param(
            (";6284120000000019=2912?",),
            CLUB,
            "6284120000000019",
            marks=pytest.mark.example("R82.1"),
            id="a club's prefix",
        ),
        pytest.param((";6284120000000019=2912?",), ANYTHING, "6284120000000019", id="fails Luhn anyway"),
        pytest.param(
            (";6284120000000000=2912?",), CLUB, "6284120000000000", marks=pytest.mark.example("R82.1"), id="passes Luhn"
        ),
        pytest.param((";6284120000000000=2912?",), ANYTHING, None, id="the same without the mask"),
        pytest.param(("%B4111111111111111^DOE/J^2912?",), NAMED, None, id="bank card on track 1"),
        pytest.param(("%B4111 1111 1111 1111^DOE/J^2912?",), NAMED, None, id="digits in groups"),
        pytest.param(("%B4111111111111111^DOE/J^2912?", ";120000011?"), NAMED, None, id="either track gives it away"),
        pytest.param(("%B912345^OKAFOR/J?", ";120000011?"), NAMED, "912345", id="a club's track 1, asked for"),
        pytest.param(("%B912345^OKAFOR/J?", ";120000011?"), DEFAULT_MASKS, "120000011", id="track 1 not asked for"),
    ],
)
def test_bank_cards_are_dropped(tracks: tuple[str, ...], masks: tuple[CardMask, ...], text: str | None) -> None:
    """R82: a bank card leaves nothing; a track under a literal prefix of 6 digits is a club card, Luhn or not."""
    seen = read_stripe(tracks, masks)
    assert (seen.text if seen else None) == text


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(CardMask(pattern="(62841)XXXXXXXXXXX@@@@@"), id="5 literal digits"),
        pytest.param(CardMask(pattern="(628412)XXXXXXXXXX@@@@@", enabled=False), id="mask that is off"),
        pytest.param(CardMask(pattern="%(628412)XXXXXXXXXX@@@@@"), id="mask for track 1"),
        pytest.param(CardMask(pattern="(628412)XXXXXXXXXX@@@"), id="mask that does not fit"),
    ],
)
def test_no_exception_for_a_weak_mask(mask: CardMask) -> None:
    """R82: only an enabled mask that matches and begins with 6 literal digits saves a card that looks like a bank's."""
    assert read_track(";6284120000000000=2912?", (mask, *ANYTHING)) is None


@given(number=st.text("0123456789", min_size=12, max_size=18), expiry=st.text("0123456789", min_size=4, max_size=12))
def test_every_luhn_number_with_an_expiry_is_dropped(number: str, expiry: str) -> None:
    """R82: 13 to 19 digits with a right check digit and `=YYMM` never become a text, whatever the masks."""
    check = next(d for d in "0123456789" if passes_luhn(number + d))
    assert read_track(f";{number}{check}={expiry}?", ANYTHING) is None


@pytest.mark.parametrize(("digits", "dropped"), [(12, False), (13, True), (19, True), (20, False)])
def test_bank_cards_have_13_to_19_digits(digits: int, dropped: bool) -> None:
    """R82: shorter and longer numbers are no bank cards, whatever Luhn says."""
    number = "4" * (digits - 1)
    whole = number + next(d for d in "0123456789" if passes_luhn(number + d))
    seen = read_track(f";{whole}=2912?", (CardMask(pattern="#" * 20 + "@" * 20),))
    assert (seen is None) is dropped


def test_luhn() -> None:
    """R82: Luhn on its published example and a neighbour."""
    assert passes_luhn("79927398713")
    assert passes_luhn("59")
    assert not passes_luhn("79927398710")


def test_a_card_that_no_mask_fits_is_unknown_not_lost() -> None:
    """R45, R84: a whole read that no mask fits is an unknown card: its attempt is logged and it can be linked."""
    seen = read_track(";555?", DEFAULT_MASKS)
    assert seen is not None
    assert (seen.text, seen.kind) == ("555", MaskKind.UNKNOWN)


def test_ignored_cards_are_dropped() -> None:
    """R84: what a mask ignores leaves nothing."""
    assert read_track(";555?", (CardMask(pattern="XXX", kind=MaskKind.IGNORE),)) is None


def test_default_layout() -> None:
    """R85: site, member number and issue, zero-padded, written and read back by the default mask."""
    card = ClubCard(site=1, number=100001, issue=2)
    assert card.stripe == ";011000012?"
    seen = read_track(card.stripe)
    assert seen is not None
    assert seen.kind is MaskKind.CARD
    assert club_card(seen.text) == card
    assert club_card("12345678") is None


def test_newer_issues_name_the_cards_that_replaced_one() -> None:
    """R85: an old issue number is told by the later issues of the same card, and only by those."""
    assert newer_issues("011000017") == ("011000018", "011000019")
    assert newer_issues("011000019") == ()
    assert newer_issues("55") == ()


@given(site=st.integers(0, 99), number=st.integers(0, 999_999), issue=st.integers(0, 9))
def test_layout_there_and_back(site: int, number: int, issue: int) -> None:
    """R85: every card in the default layout is read back as it was written."""
    card = ClubCard(site=site, number=number, issue=issue)
    seen = read_track(card.stripe)
    assert seen is not None
    assert club_card(seen.text) == card
