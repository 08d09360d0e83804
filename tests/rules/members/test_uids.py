"""UIDs: one canonical form, and what readers make of it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clubtill_rules.members.cards.uids import UidProfile, check_profile_for_new_cards, read_uid, uid_of, written
from clubtill_rules.values.refusal import Refusal

FOUR = bytes.fromhex("E43AC9D2")
SEVEN = bytes.fromhex("04C43BC21C2680")
TEN = bytes.fromhex("0102030405060708090A")


@pytest.mark.parametrize(
    ("uid", "text"),
    [(FOUR, "4:E43AC9D2"), (SEVEN, "7:04C43BC21C2680"), (TEN, "10:0102030405060708090A")],
    ids=["4 bytes", "7 bytes", "10 bytes"],
)
def test_canonical_form(uid: bytes, text: str) -> None:
    """R87: upper-case hex in on-air order with its length."""
    assert read_uid(uid) == text


@pytest.mark.parametrize(
    ("uid", "code"),
    [
        pytest.param(bytes.fromhex("08A1B2C3"), "card.random_uid", id="a phone"),
        pytest.param(bytes.fromhex("8804C43B"), "card.uid_truncated", id="a longer UID cut short"),
        pytest.param(b"", "card.unreadable", id="nothing"),
        pytest.param(b"12345", "card.unreadable", id="5 bytes"),
        pytest.param(b"12345678", "card.unreadable", id="8 bytes"),
    ],
)
def test_refused(uid: bytes, code: str) -> None:
    """R87: random UIDs, truncated ones and other lengths are refused."""
    with pytest.raises(Refusal) as refused:
        read_uid(uid)
    assert refused.value.code == code


def test_a_reader_writes_plain_hex_unless_told_otherwise() -> None:
    """R87: hex, first byte first, whole."""
    assert UidProfile() == UidProfile(decimal=False, reversed=False, truncates=False)
    assert written(FOUR, UidProfile()) == "E43AC9D2"


def test_longer_uids_may_begin_as_they_like() -> None:
    """R87: only a 4-byte UID that begins with 08 is random."""
    assert read_uid(bytes.fromhex("08A1B2C3D4E5F6")) == "7:08A1B2C3D4E5F6"


@pytest.mark.parametrize(
    ("uid", "profile", "text"),
    [
        pytest.param(
            FOUR,
            UidProfile(decimal=True, reversed=True),
            "3536403172",
            marks=pytest.mark.example("R87.1"),
            id="reversed decimal",
        ),
        pytest.param(
            SEVEN,
            UidProfile(decimal=True, reversed=True, truncates=True),
            "1002701960",
            marks=pytest.mark.example("R87.1"),
            id="truncated, reversed",
        ),
        pytest.param(SEVEN, UidProfile(truncates=True), "8804C43B", id="truncated hex"),
        pytest.param(FOUR, UidProfile(truncates=True), "E43AC9D2", id="4 bytes are not cut"),
    ],
)
def test_what_readers_write(uid: bytes, profile: UidProfile, text: str) -> None:
    """R87: the published numbers of reversed and truncating readers."""
    assert written(uid, profile) == text


@given(
    uid=st.sampled_from((4, 7, 10)).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
    decimal=st.booleans(),
    backwards=st.booleans(),
)
def test_there_and_back(uid: bytes, *, decimal: bool, backwards: bool) -> None:
    """R87: what a reader wrote is read back into the same bytes."""
    profile = UidProfile(decimal=decimal, reversed=backwards)
    ordered = uid[::-1] if backwards else uid
    assume(len(uid) == 4 or any(ordered[:3]))  # a decimal number does not show more than two leading zero bytes
    assert uid_of(written(uid, profile), profile) == uid


@pytest.mark.parametrize(
    ("number", "uid"),
    [
        pytest.param(256**4 - 1, b"\xff" * 4, id="the last of 4 bytes"),
        pytest.param(256**4, bytes.fromhex("00000100000000"), id="the first of 7"),
        pytest.param(256**7 - 1, b"\xff" * 7, id="the last of 7"),
        pytest.param(256**7, bytes.fromhex("00000100000000000000"), id="the first of 10"),
        pytest.param(256**10 - 1, b"\xff" * 10, id="the last of 10"),
    ],
)
def test_a_decimal_number_has_the_shortest_length(number: int, uid: bytes) -> None:
    """R87: 4, 7 or 10 bytes, whichever is the first that it fits into."""
    assert uid_of(str(number), UidProfile(decimal=True)) == uid


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        pytest.param("", True, id="nothing"),
        pytest.param("12A", True, id="a letter in a decimal"),
        pytest.param("-5", True, id="a sign"),
        pytest.param("9" * 25, True, id="more than 10 bytes"),
        pytest.param(str(256**10), True, id="one more than 10 bytes"),
        pytest.param("E4", False, id="one byte"),
        pytest.param("E43AC9D2" * 2, False, id="8 bytes"),
        pytest.param("0xE43AC9D2AABB", False, id="a prefix that is not hex"),
        pytest.param("E_43AC9D", False, id="a programmer's hex"),
        pytest.param("\u0663" * 8, False, id="digits of another script"),
    ],
)
def test_no_number(text: str, *, decimal: bool) -> None:
    """R87: what is no number of a UID is unreadable."""
    with pytest.raises(Refusal) as refused:
        uid_of(text, UidProfile(decimal=decimal))
    assert refused.value.code == "card.unreadable"


@pytest.mark.example("R87.1")
def test_truncating_readers_give_out_no_cards() -> None:
    """R87: a profile that truncates is refused for new cards: two 7-byte UIDs could be one number."""
    twin = SEVEN[:3] + b"\x00\x00\x00\x01"
    profile = UidProfile(truncates=True)
    assert written(twin, profile) == written(SEVEN, profile)
    with pytest.raises(Refusal) as refused:
        check_profile_for_new_cards(profile)
    assert refused.value.code == "card.uid_truncated"
    check_profile_for_new_cards(UidProfile(decimal=True, reversed=True))
