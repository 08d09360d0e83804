"""Wizard: report, update and marketing list of a run, and the hash that stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.tiers.bands import taking_part
from clubtill_rules.tiers.deciding import Direction, Reason, decide
from clubtill_rules.tiers.periods import Days
from clubtill_rules.tiers.spend import Products
from clubtill_rules.tiers.wizard import (
    Action,
    Bounds,
    Change,
    ChangeType,
    Finished,
    Marketing,
    Preview,
    ReportRow,
    Setup,
    TierMember,
    finish,
    preview,
    skip_bounds,
)
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from tests.rules.tiers.ladder import BRONZE, CLUB, EVERY, GOLD, POINTS_CLUB, SILVER

RUN = date(2026, 11, 24)
SETUP = Setup(days=Days(first=date(2026, 10, 1), last=date(2026, 10, 31)))
BEFORE = date(2026, 1, 5)
ANNA = TierMember(
    person_id="anna", number="100001", name="Anna Lee", classification=3, changed_on=BEFORE, spend=Money(10000)
)
BEN = TierMember(person_id="ben", number="100002", name="Ben Ode", classification=2, changed_on=None, spend=Money(6000))
CARA = TierMember(
    person_id="cara", number="100003", name="Cara Fox", classification=1, changed_on=None, spend=Money(100)
)
DAN = TierMember(person_id="dan", number="100004", name="Dan Wu", classification=3, changed_on=RUN, spend=Money(10000))
EVE = TierMember(
    person_id="eve", number="100005", name="Eve Kay", classification=2, changed_on=None, spend=Money(1_000_000)
)
FAY = TierMember(person_id="fay", number="100006", name="Fay Orr", classification=4, changed_on=None, spend=Money(0))
GUS = TierMember(person_id="gus", number="100007", name="Gus Poe", classification=99, changed_on=None, spend=Money(0))
ALL = (GUS, FAY, EVE, DAN, CARA, BEN, ANNA)


def shown(setup: Setup = SETUP, members=ALL, **changes: Any) -> Preview:
    """Preview a run on the ladder."""
    return preview(members, setup, **{"club": CLUB, "classifications": EVERY, "run_day": RUN, **changes})


def test_rows_of_the_report() -> None:
    """R63: number, name, old, new, direction, spend, floor, max, last change and reason; who stays is not listed."""
    rows = shown().rows
    assert [row.person_id for row in rows] == ["anna", "ben", "dan", "eve"]
    assert rows[0] == ReportRow(
        person_id="anna",
        number="100001",
        name="Anna Lee",
        old=3,
        new=2,
        direction=Direction.UP,
        spend=Money(10000),
        floor=Money(4000),
        maximum=Money(9999),
        changed_on=BEFORE,
        reason=Reason.ABOVE_MAX,
        because=decide(
            Money(10000), SILVER, taking_part(EVERY, first=1, last=999), changed_on=BEFORE, run_day=RUN
        ).because,
    )
    assert [(row.new, row.direction, row.reason) for row in rows[1:]] == [
        (3, Direction.DOWN, Reason.BELOW_FLOOR),
        (3, Direction.UP, Reason.EXCLUDED_DWELL),
        (2, Direction.NONE, Reason.NO_TIER),
    ]


def test_changes_carry_the_tier_change_date() -> None:
    """R60: set by an update to the day of the run, for those alone who move."""
    assert shown().changes == (
        Change(person_id="anna", old=3, new=2, changed_on=RUN),
        Change(person_id="ben", old=2, new=3, changed_on=RUN),
    )


@pytest.mark.parametrize(
    ("change_type", "rows", "moved"),
    [
        pytest.param(ChangeType.ALL, ["anna", "ben", "dan", "eve"], ["anna", "ben"], id="all"),
        pytest.param(ChangeType.UP, ["anna", "dan"], ["anna"], id="up"),
        pytest.param(ChangeType.DOWN, ["ben"], ["ben"], id="down"),
    ],
)
@pytest.mark.example("R61.1")
def test_change_type(change_type: ChangeType, rows: list[str], moved: list[str]) -> None:
    """R61: All finds Anna up and Ben down; Up takes Anna alone into report, update and list."""
    found = shown(replace(SETUP, change_type=change_type, marketing=Marketing.REPLACE), listed=("old",))
    assert [row.person_id for row in found.rows] == rows
    assert [change.person_id for change in found.changes] == moved
    assert found.listed == frozenset(moved)


@pytest.mark.parametrize(
    ("action", "reports", "updates"),
    [
        pytest.param(Action.REPORT, True, False, id="report only"),
        pytest.param(Action.UPDATE, False, True, id="update members"),
        pytest.param(Action.UPDATE_AND_REPORT, True, True, id="update and report"),
    ],
)
def test_actions(action: Action, reports: bool, updates: bool) -> None:
    """R60, R61: the report only changes nothing; an update alone reports nothing; the list is made by each."""
    setup = replace(SETUP, action=action, marketing=Marketing.ADD)
    now = shown(setup)
    assert finish(now, setup, previewed_hash=now.hash) == Finished(
        rows=now.rows if reports else (),
        changes=now.changes if updates else (),
        listed=frozenset({"anna", "ben"}),
    )
    assert len(now.rows) == 4


@pytest.mark.parametrize(
    ("marketing", "listed", "after"),
    [
        pytest.param(Marketing.NONE, ("old",), None, id="none: no list is touched"),
        pytest.param(Marketing.ADD, ("old", "anna"), {"old", "anna", "ben"}, id="add"),
        pytest.param(Marketing.REPLACE, ("old", "anna"), {"anna", "ben"}, id="replace"),
    ],
)
def test_marketing_list(marketing: Marketing, listed: tuple[str, ...], after: set[str] | None) -> None:
    """R61: those who (would) change are added to the list, or replace it."""
    found = shown(replace(SETUP, marketing=marketing), listed=listed)
    assert (found.listed, found.empties_list) == (after, False)


@pytest.mark.parametrize(
    ("marketing", "listed", "empties"),
    [
        pytest.param(Marketing.REPLACE, ("old",), True, id="replace with nobody"),
        pytest.param(Marketing.REPLACE, (), False, id="the list was empty"),
        pytest.param(Marketing.ADD, ("old",), False, id="adding nobody"),
        pytest.param(Marketing.NONE, ("old",), False, id="no list"),
    ],
)
def test_a_list_is_emptied_after_a_confirmation(marketing: Marketing, listed: tuple[str, ...], empties: bool) -> None:
    """R61: replacing with nobody empties the list, once confirmed."""
    setup = replace(SETUP, marketing=marketing)
    now = shown(setup, members=(CARA,), listed=listed)
    assert now.empties_list is empties
    done = finish(now, setup, previewed_hash=now.hash, empty_confirmed=True)
    assert done.listed == now.listed
    if empties:
        with pytest.raises(Refusal) as refused:
            finish(now, setup, previewed_hash=now.hash)
        assert (refused.value.code, refused.value.facts) == ("tiers.list_would_empty", {})
    else:
        assert finish(now, setup, previewed_hash=now.hash) == done


CHANGED = {
    "a spend": {"members": (*ALL[:-1], replace(ANNA, spend=Money(10001)))},
    "a tier change date": {"members": (*ALL[:-1], replace(ANNA, changed_on=RUN))},
    "a tier change date that was none": {"members": (*ALL[1:], replace(GUS, changed_on=RUN))},
    "a classification": {"members": (*ALL[:-1], replace(ANNA, classification=2))},
    "a name": {"members": (*ALL[:-1], replace(ANNA, name="Anna Li"))},
    "a number": {"members": (*ALL[:-1], replace(ANNA, number="100009"))},
    "a person": {"members": (*ALL[:-1], replace(ANNA, person_id="ann"))},
    "one member more": {"members": (*ALL, replace(ANNA, person_id="zoe", spend=Money(5000)))},
    "Tier Min": {"classifications": (*EVERY[:-1], replace(BRONZE, tier_min=Money(1)))},
    "Tier Max": {"classifications": (*EVERY[1:], replace(GOLD, tier_max=Money(999_998)))},
    "Min to Maintain": {"classifications": (*EVERY[1:], replace(GOLD, min_to_maintain=Money(1)))},
    "Tier Min Period": {"classifications": (*EVERY[1:], replace(GOLD, tier_min_period_days=1))},
    "a tier more": {"classifications": (*EVERY, replace(GOLD, number=7, tier_min=Money(1_000_000)))},
    "the day": {"run_day": date(2026, 11, 25)},
    "the list": {"listed": ("old",)},
    "first day": {"setup": replace(SETUP, days=Days(first=date(2026, 10, 2), last=date(2026, 10, 31)))},
    "last day": {"setup": replace(SETUP, days=Days(first=date(2026, 10, 1), last=date(2026, 10, 30)))},
    "first product": {"setup": replace(SETUP, products=Products(first="a"))},
    "last product": {"setup": replace(SETUP, products=Products(last="a"))},
    "first classification": {"setup": replace(SETUP, first_classification=2)},
    "last classification": {"setup": replace(SETUP, last_classification=998)},
    "action": {"setup": replace(SETUP, action=Action.UPDATE)},
    "change type": {"setup": replace(SETUP, change_type=ChangeType.UP)},
    "marketing": {"setup": replace(SETUP, marketing=Marketing.ADD)},
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_after_the_preview_stops_the_run(what: str) -> None:
    """R61: whatever changed between preview and Finish, nothing is written and the preview is asked for again."""
    seen, now = shown(), shown(**CHANGED[what])
    with pytest.raises(Refusal) as refused:
        finish(now, SETUP, previewed_hash=seen.hash, empty_confirmed=True)
    assert (refused.value.code, refused.value.facts) == ("tiers.data_changed", {})


@given(order=st.permutations(ALL), listed=st.permutations(["x", "y", "z"]), tiers=st.permutations(EVERY))
def test_the_preview_does_not_depend_on_order(order: list, listed: list[str], tiers: list) -> None:
    """R61: the same facts in any order: the same preview and hash."""
    setup = replace(SETUP, marketing=Marketing.ADD)
    assert shown(setup, members=order, listed=listed, classifications=tiers) == shown(setup, listed=("x", "y", "z"))


def test_hash_is_sha256_of_canonical_text() -> None:
    """R61: the hash is the same in every process and on every machine: 64 hex digits of stable text."""
    assert shown(members=()).hash == shown(members=iter(())).hash
    assert len(shown().hash) == 64
    assert set(shown().hash) <= set("0123456789abcdef")


def test_same_number_twice() -> None:
    """R61: two members with one number are told apart by the person; one person twice is a caller's mistake."""
    twin = replace(ANNA, person_id="anne")
    assert [row.person_id for row in shown(members=(twin, ANNA)).rows] == ["anna", "anne"]
    with pytest.raises(ValueError, match=r"^members: a person stands twice$"):
        shown(members=(ANNA, replace(ANNA, number="7")))


def test_only_the_range_takes_part() -> None:
    """R58: From and To Classification: who is outside is left alone, and nobody moves there."""
    found = shown(replace(SETUP, first_classification=2, last_classification=2))
    assert [(row.person_id, row.reason) for row in found.rows] == [("ben", Reason.NO_TIER), ("eve", Reason.NO_TIER)]


def test_never_both() -> None:
    """R64, D13: a club that moves members by points has no dollar wizard."""
    with pytest.raises(Refusal) as refused:
        shown(club=POINTS_CLUB)
    assert (refused.value.code, refused.value.facts) == ("tiers.points_club", {})


@pytest.mark.parametrize(
    ("tier", "bounds"),
    [
        pytest.param(BRONZE, (0, 4999), id="period 0: Tier Min to Tier Max"),
        pytest.param(SILVER, (4000, 9999), id="with a period: what maintains to Tier Max"),
        pytest.param(replace(SILVER, min_to_maintain=Money(20000)), (20000, 9999), id="nobody is skipped"),
    ],
)
def test_bounds(tier, bounds: tuple[int, int]) -> None:
    """R58: the two bounds between which the ledger's job need not ask."""
    assert skip_bounds(tier) == Bounds(least=Money(bounds[0]), most=Money(bounds[1]))


@given(
    spends=st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(-100, 1_100_000)), max_size=12),
    days=st.integers(0, 10),
)
def test_skipping_inside_the_bounds_changes_nothing(spends: list[tuple[int, int]], days: int) -> None:
    """R58, R61: rows, changes and list are the same with and without the members that the bounds skip."""
    setup = replace(SETUP, marketing=Marketing.REPLACE)
    members = [
        TierMember(
            person_id=f"p{n:03d}",
            number=f"{n:06d}",
            name="x",
            classification=number,
            changed_on=date(2026, 11, 24 - days),
            spend=Money(cents),
        )
        for n, (number, cents) in enumerate(spends)
    ]
    bounds = {tier.number: skip_bounds(tier) for tier in (BRONZE, SILVER, GOLD)}
    asked = [
        one for one in members if not bounds[one.classification].least <= one.spend <= bounds[one.classification].most
    ]
    whole, part = shown(setup, members=members), shown(setup, members=asked)
    assert (whole.rows, whole.changes, whole.listed) == (part.rows, part.changes, part.listed)


def test_what_the_wizard_asks_for_by_itself() -> None:
    """R61: all classifications, a report only, all changes, no list."""
    assert Setup(days=SETUP.days) == Setup(
        days=SETUP.days,
        products=Products(),
        first_classification=1,
        last_classification=999,
        action=Action.REPORT,
        change_type=ChangeType.ALL,
        marketing=Marketing.NONE,
    )
