"""Attributes: typed facts, read from text and checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.attributes import (
    Attribute,
    AttributeType,
    LinkedTo,
    LookUp,
    Value,
    Visibility,
    check_attribute,
    read,
    remove_attribute,
    set_attribute,
    value_of,
    written,
)
from clubtill_rules.values.refusal import Refusal
from tests.rules.members.members_of_larkspur import MATEO

SIZE = Attribute(code="shirt", look_up=LookUp.OPTIONS, options=("S", "M", "L"))
HANDICAP = Attribute(code="handicap", type=AttributeType.DECIMAL, look_up=LookUp.RANGE, least="-5", most="36.5")
TEXT = Attribute(code="nickname")


def of(kind: AttributeType, **more: object) -> Attribute:
    """Make an attribute of a type."""
    return replace(Attribute(code="fact", type=kind), **more)  # type: ignore[arg-type] - a table's columns


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        pytest.param(AttributeType.TEXT, "  Smithy ", "Smithy", id="text is trimmed"),
        pytest.param(AttributeType.TEXT, "x" * 100, "x" * 100, id="100 characters"),
        pytest.param(AttributeType.TEXT, "12", "12", id="text of digits stays text"),
        pytest.param(AttributeType.INTEGER, "-12", -12, id="integer below 0"),
        pytest.param(AttributeType.INTEGER, "0", 0, id="nought"),
        pytest.param(AttributeType.INTEGER, "9" * 15, 10**15 - 1, id="15 digits"),
        pytest.param(AttributeType.DECIMAL, "5.50", Decimal("5.5"), id="decimal"),
        pytest.param(AttributeType.DECIMAL, "-0.123456", Decimal("-0.123456"), id="six places"),
        pytest.param(AttributeType.DECIMAL, "7", Decimal(7), id="decimal without a point"),
        pytest.param(AttributeType.DATE, "2028-02-29", date(2028, 2, 29), id="leap day"),
        pytest.param(AttributeType.BOOLEAN, "Yes", True, id="yes"),
        pytest.param(AttributeType.BOOLEAN, "no", False, id="no"),
    ],
)
def test_values(kind: AttributeType, text: str, value: Value) -> None:
    """R95: each type has its form, and the value has the type."""
    found = read(of(kind), text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (AttributeType.TEXT, " "),
        (AttributeType.TEXT, "x" * 101),
        (AttributeType.INTEGER, "1.0"),
        (AttributeType.INTEGER, "9" * 16),
        (AttributeType.INTEGER, ""),
        (AttributeType.INTEGER, "٣"),
        (AttributeType.DECIMAL, "1e3"),
        (AttributeType.DECIMAL, "NaN"),
        (AttributeType.DECIMAL, "1.1234567"),
        (AttributeType.DECIMAL, ".5"),
        (AttributeType.DATE, "2026-02-29"),
        (AttributeType.DATE, "24.11.2026"),
        (AttributeType.DATE, "20261124"),
        (AttributeType.BOOLEAN, "1"),
        (AttributeType.BOOLEAN, ""),
    ],
)
def test_no_values(kind: AttributeType, text: str) -> None:
    """R95: anything else is refused and names the attribute."""
    with pytest.raises(Refusal) as refused:
        read(of(kind), text)
    assert (refused.value.code, refused.value.facts) == ("attribute.type", {"attribute": "fact"})


def test_an_attribute_unless_set_up_otherwise() -> None:
    """R95: a text of a contact that the member sees, without a look-up."""
    assert Attribute(code="nickname") == Attribute(
        code="nickname",
        type=AttributeType.TEXT,
        visibility=Visibility.PRIVATE,
        linked_to=LinkedTo.CONTACT,
        look_up=LookUp.NONE,
        options=(),
        least="",
        most="",
    )


def test_options() -> None:
    """R95: one of the list, compared as values: 5.50 is 5.5."""
    assert read(SIZE, "M") == "M"
    with pytest.raises(Refusal) as refused:
        read(SIZE, "XL")
    assert (refused.value.code, refused.value.facts) == ("attribute.option", {"attribute": "shirt"})
    prices = of(AttributeType.DECIMAL, look_up=LookUp.OPTIONS, options=("5.50", "7"))
    assert read(prices, "5.5") == Decimal("5.5")


@pytest.mark.parametrize(
    ("text", "inside"), [("-5", True), ("-5.01", False), ("36.5", True), ("36.51", False), ("0", True)]
)
def test_range(text: str, inside: bool) -> None:
    """R95: both ends are included."""
    if inside:
        assert read(HANDICAP, text) == Decimal(text)
        return
    with pytest.raises(Refusal) as refused:
        read(HANDICAP, text)
    assert refused.value.code == "attribute.range"
    assert refused.value.facts == {"attribute": "handicap", "least": "-5", "most": "36.5"}


@pytest.mark.parametrize(
    "attribute",
    [
        TEXT,
        SIZE,
        HANDICAP,
        Attribute(code="a" * 20),
        Attribute(code="a_1"),
        of(AttributeType.INTEGER, look_up=LookUp.RANGE, least="3", most="3"),
        of(AttributeType.DATE, look_up=LookUp.RANGE, least="2026-01-01", most="2026-12-31"),
        of(AttributeType.BOOLEAN, look_up=LookUp.OPTIONS, options=("yes",)),
    ],
    ids=lambda attribute: attribute.code + attribute.type.value,
)
def test_set_ups_that_hold(attribute: Attribute) -> None:
    """R95: these can be saved; and a value at the lower end is read."""
    check_attribute(attribute)
    if attribute.look_up is LookUp.RANGE:
        assert read(attribute, attribute.least) is not None


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        pytest.param(Attribute(code=""), "attribute.code", id="no code"),
        pytest.param(Attribute(code="a" * 21), "attribute.code", id="21 characters"),
        pytest.param(Attribute(code="1a"), "attribute.code", id="begins with a digit"),
        pytest.param(Attribute(code="Shirt"), "attribute.code", id="capitals"),
        pytest.param(replace(SIZE, options=()), "attribute.options", id="no options"),
        pytest.param(replace(SIZE, type=AttributeType.INTEGER), "attribute.options", id="options of another type"),
        pytest.param(
            of(AttributeType.INTEGER, look_up=LookUp.OPTIONS, options=("1", "x")), "attribute.options", id="one of them"
        ),
        pytest.param(of(AttributeType.TEXT, look_up=LookUp.RANGE, least="a", most="b"), "attribute.bounds", id="texts"),
        pytest.param(
            of(AttributeType.BOOLEAN, look_up=LookUp.RANGE, least="no", most="yes"), "attribute.bounds", id="booleans"
        ),
        pytest.param(replace(HANDICAP, least=""), "attribute.bounds", id="no lower bound"),
        pytest.param(replace(HANDICAP, most=""), "attribute.bounds", id="no upper bound"),
        pytest.param(replace(HANDICAP, most="-6"), "attribute.bounds", id="the wrong way round"),
    ],
)
def test_set_ups_that_do_not_hold(attribute: Attribute, code: str) -> None:
    """R95: refused when they are saved."""
    with pytest.raises(Refusal) as refused:
        check_attribute(attribute)
    facts = {} if code == "attribute.code" else {"attribute": attribute.code}
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_members_attribute() -> None:
    """R95: set, replaced, read again by its type, removed; others stay."""
    one = set_attribute(MATEO, HANDICAP, " 12.50 ")
    assert one == replace(MATEO, attributes={"handicap": "12.5"})
    assert value_of(one, HANDICAP) == Decimal("12.5")
    two = set_attribute(set_attribute(one, SIZE, "M"), SIZE, "L")
    assert two.attributes == {"handicap": "12.5", "shirt": "L"}
    assert remove_attribute(two, "handicap") == replace(MATEO, attributes={"shirt": "L"})
    assert remove_attribute(one, "handicap") == MATEO
    assert remove_attribute(MATEO, "handicap") == MATEO


def test_values_that_no_longer_fit() -> None:
    """R95: without a value, or where the set-up changed since, there is none."""
    assert value_of(MATEO, SIZE) is None
    assert value_of(replace(MATEO, attributes={"shirt": "XL"}), SIZE) is None
    assert value_of(replace(MATEO, attributes={"shirt": "XL"}), HANDICAP) is None


@pytest.mark.parametrize("linked_to", LinkedTo)
def test_only_members_attributes_are_set_on_members(linked_to: LinkedTo) -> None:
    """R95: linked to account, contact or both; one of accounts alone stands on no member."""
    attribute = replace(TEXT, linked_to=linked_to, visibility=Visibility.SYSTEM)
    if linked_to is not LinkedTo.ACCOUNT:
        assert set_attribute(MATEO, attribute, "x").attributes == {"nickname": "x"}
        return
    with pytest.raises(Refusal) as refused:
        set_attribute(MATEO, attribute, "x")
    assert (refused.value.code, refused.value.facts) == ("attribute.account", {"attribute": "nickname"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (Decimal("5.50"), "5.5"),
        (Decimal(100), "100"),
        (Decimal("100.00"), "100"),
        (Decimal("1E+2"), "100"),
        (date(2026, 11, 24), "2026-11-24"),
        (-3, "-3"),
        ("Smithy", "Smithy"),
    ],
)
def test_one_form_for_one_value(value: Value, text: str) -> None:
    """R95: how a value is kept."""
    assert written(value) == text


@given(
    st.one_of(
        st.booleans().map(lambda value: (AttributeType.BOOLEAN, value)),
        st.integers(-(10**15) + 1, 10**15 - 1).map(lambda value: (AttributeType.INTEGER, value)),
        st.decimals(-(10**9), 10**9, places=6).map(lambda value: (AttributeType.DECIMAL, value)),
        st.dates().map(lambda value: (AttributeType.DATE, value)),
    )
)
def test_what_is_written_is_read_again(typed: tuple[AttributeType, Value]) -> None:
    """R95: every value survives being kept as text."""
    kind, value = typed
    assert read(of(kind), written(value)) == value
