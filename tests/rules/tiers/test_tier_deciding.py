"""Deciding: one member's tier at a spend, at every boundary, and against a plain-integer statement of the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.classification import Classification
from clubtill_rules.tiers.bands import taking_part
from clubtill_rules.tiers.deciding import Direction, Reason, TierDecision, decide
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.tiers.ladder import BARRED, BRONZE, GOLD, SILVER, SOCIAL, TIERS
from tests.rules.tiers.tier_oracle import tier

RUN = date(2026, 11, 24)
NAMES = {one.number: one.description for one in TIERS}


def at(cents: int, current: Classification, *, changed_on: date | None = None, run_day: date = RUN) -> TierDecision:
    """Decide on the ladder."""
    return decide(Money(cents), current, TIERS, changed_on=changed_on, run_day=run_day)


FIRST_RUN = replace(SILVER, tier_min_period_days=0)


@pytest.mark.parametrize(
    ("cents", "current", "name", "reason", "direction"),
    [
        pytest.param(4500, SILVER, "Silver", Reason.KEEP, Direction.NONE, id="45.00 keeps Silver"),
        pytest.param(4000, SILVER, "Silver", Reason.KEEP, Direction.NONE, id="40.00, what maintains, keeps"),
        pytest.param(3999, SILVER, "Bronze", Reason.BELOW_FLOOR, Direction.DOWN, id="39.99 falls to Bronze"),
        pytest.param(9999, SILVER, "Silver", Reason.KEEP, Direction.NONE, id="99.99 keeps"),
        pytest.param(10000, SILVER, "Gold", Reason.ABOVE_MAX, Direction.UP, id="100.00 reaches Gold"),
        pytest.param(1_000_000, GOLD, "Gold", Reason.NO_TIER, Direction.NONE, id="10,000.00 from Gold is in no tier"),
        pytest.param(4500, FIRST_RUN, "Bronze", Reason.BELOW_FLOOR, Direction.DOWN, id="period 0: 45.00 falls"),
        pytest.param(5000, FIRST_RUN, "Silver", Reason.KEEP, Direction.NONE, id="period 0: 50.00 keeps"),
        pytest.param(4999, FIRST_RUN, "Bronze", Reason.BELOW_FLOOR, Direction.DOWN, id="period 0: 49.99 falls"),
    ],
)
@pytest.mark.example("R58.1")
def test_decisions(cents: int, current: Classification, name: str, reason: Reason, direction: Direction) -> None:
    """R58: the rules' own examples: Silver 50.00 to 99.99, maintain 40.00, period 7."""
    decision = at(cents, current)
    assert (NAMES[decision.new], decision.reason, decision.direction) == (name, reason, direction)
    assert decision.current == current.number
    assert decision.changes is (decision.new != current.number)


@pytest.mark.parametrize(
    ("cents", "current", "name", "reason"),
    [
        pytest.param(0, GOLD, "Bronze", Reason.BELOW_FLOOR, id="two steps down at once"),
        pytest.param(10000, BRONZE, "Gold", Reason.ABOVE_MAX, id="two steps up at once"),
        pytest.param(-500, BRONZE, "Bronze", Reason.KEEP, id="more refunded than bought counts as nil"),
        pytest.param(-500, GOLD, "Bronze", Reason.BELOW_FLOOR, id="and falls to the lowest"),
        pytest.param(
            5500,
            replace(SILVER, min_to_maintain=Money(6000)),
            "Silver",
            Reason.KEEP,
            id="below what maintains, in band",
        ),
        pytest.param(
            4999, replace(SILVER, min_to_maintain=Money(6000)), "Bronze", Reason.BELOW_FLOOR, id="and out of its band"
        ),
    ],
)
def test_further_decisions(cents: int, current: Classification, name: str, reason: Reason) -> None:
    """R58: several steps at once; a spend below nil; a maintain amount above the tier's own Min."""
    tiers = tuple(current if one.number == current.number else one for one in TIERS)
    decision = decide(Money(cents), current, tiers, changed_on=None, run_day=RUN)
    assert (NAMES[decision.new], decision.reason, decision.spend) == (name, reason, max(NIL, Money(cents)))


@pytest.mark.parametrize(
    ("run_day", "reason"),
    [
        pytest.param(date(2014, 7, 15), Reason.EXCLUDED_DWELL, id="5 days: excluded"),
        pytest.param(date(2014, 7, 16), Reason.EXCLUDED_DWELL, id="6 days: excluded"),
        pytest.param(date(2014, 7, 17), Reason.ABOVE_MAX, id="7 days: included"),
    ],
)
@pytest.mark.example("R59.1")
def test_dwell(run_day: date, reason: Reason) -> None:
    """R59: period 7, changed 10 Jul 2014."""
    decision = at(10000, SILVER, changed_on=date(2014, 7, 10), run_day=run_day)
    assert (decision.reason, decision.direction) == (reason, Direction.UP)


@pytest.mark.example("R59.1")
def test_never_changed_is_included() -> None:
    """R59: a member who never changed is included; without a period nobody waits."""
    assert at(10000, SILVER, changed_on=None).reason is Reason.ABOVE_MAX
    assert at(0, GOLD, changed_on=RUN).reason is Reason.BELOW_FLOOR


def test_who_waits_and_would_stay_is_kept() -> None:
    """R59: only what would move is reported as waiting; a spend in no band waits without a direction."""
    yesterday = RUN - timedelta(days=1)
    assert at(4500, SILVER, changed_on=yesterday).reason is Reason.KEEP
    lost = at(1_000_000, SILVER, changed_on=yesterday)
    assert (lost.reason, lost.direction, lost.new) == (Reason.EXCLUDED_DWELL, Direction.NONE, SILVER.number)
    assert at(0, SILVER, changed_on=yesterday).direction is Direction.DOWN


def test_direction_is_by_tier_min() -> None:
    """R61: Silver is number 3 and Gold number 2: Silver to Gold is up all the same."""
    assert at(10000, SILVER).direction is Direction.UP
    assert at(5000, GOLD).direction is Direction.DOWN


@pytest.mark.parametrize(
    ("before", "now", "name"),
    [
        pytest.param(0, 6_000, "Bronze", marks=pytest.mark.example("E1"), id="E1"),
        pytest.param(0, 15_000, "Silver", marks=pytest.mark.example("E2"), id="E2"),
        pytest.param(0, 25_000, "Gold", marks=pytest.mark.example("E3"), id="E3"),
        pytest.param(4_000, 500, "Bronze", marks=pytest.mark.example("E4"), id="E4"),
        pytest.param(8_000, 3_000, "Silver", marks=pytest.mark.example("E5"), id="E5"),
        pytest.param(18_000, 3_000, "Gold", marks=pytest.mark.example("E6"), id="E6"),
        pytest.param(22_000, 5_000, "Gold", marks=pytest.mark.example("E7"), id="E7"),
    ],
)
def test_peer_tiers_by_what_was_spent(before: int, now: int, name: str) -> None:
    """R57, R58: a peer's tiers at 0, 10,000 and 20,000, by what was spent before and in this sale together."""
    edges = {"Bronze": (0, 999_999), "Silver": (1_000_000, 1_999_999), "Gold": (2_000_000, 99_999_999)}
    tiers = [
        replace(one, tier_min=Money(edges[one.description][0]), tier_max=Money(edges[one.description][1]))
        for one in TIERS
    ]
    for current in (replace(one, tier_min_period_days=0) for one in tiers):
        decision = decide(Money((before + now) * 100), current, tiers, changed_on=None, run_day=RUN)
        assert NAMES[decision.new] == name


@pytest.mark.example("E13")
def test_peer_tier_of_one_sale() -> None:
    """R58: a peer's tiers from 2,000 and 3,000: one item of 4,000 reaches Gold."""
    silver = replace(SILVER, tier_min=Money(200_000), tier_max=Money(299_999), tier_min_period_days=0)
    gold = replace(GOLD, tier_min=Money(300_000), tier_max=Money(99_999_999))
    assert decide(Money(400_000), silver, (silver, gold), changed_on=None, run_day=RUN).new == gold.number


WAITED = {"changed": RUN - timedelta(days=2), "n": 2, "period": 7}
WAITS = because("why.tier.dwell", "R59", working=working(2, Rounding.EXACT, RUN, ("-", WAITED["changed"])), **WAITED)


@pytest.mark.parametrize(
    ("cents", "current", "changed_on", "why"),
    [
        pytest.param(
            4500,
            SILVER,
            None,
            because(
                "why.tier.keep", "R58", spend=Money(4500), floor=Money(4000), maximum=Money(9999),
                classification="Silver",
            ),
            id="kept",
        ),
        pytest.param(
            9999, SILVER, None,
            because(
                "why.tier.keep", "R58", spend=Money(9999), floor=Money(4000), maximum=Money(9999),
                classification="Silver",
            ),
            id="kept at the maximum",
        ),
        pytest.param(
            1_000_000,
            GOLD,
            None,
            because(
                "why.tier.no_tier", "R58", spend=Money(1_000_000), floor=Money(10000), maximum=Money(999_999),
                classification="Gold",
            ),
            id="no tier",
        ),
        pytest.param(0, SILVER, WAITED["changed"], WAITS, id="waits"),
        pytest.param(
            3999,
            SILVER,
            None,
            because(
                "why.tier.below_floor", "R58", spend=Money(3999), limit=Money(4000), classification="Silver",
                tier="Bronze",
            ),
            id="below",
        ),
        pytest.param(
            10000,
            SILVER,
            None,
            because(
                "why.tier.above_max", "R58", spend=Money(10000), limit=Money(9999), classification="Silver",
                tier="Gold",
            ),
            id="above",
        ),
    ],
)  # fmt: skip
def test_reasons(cents: int, current: Classification, changed_on: date | None, why: object) -> None:
    """R58, R59: each answer gives the figures that decided it."""
    decision = at(cents, current, changed_on=changed_on)
    assert decision.because == (why,)
    assert decision.spend == Money(cents)
    assert (decision.floor, decision.maximum) == (
        Money(4000) if current is SILVER else Money(10000),
        current.tier_max,
    )


def test_reason_of_its_own_band() -> None:
    """R58: below what maintains, yet in no other band: kept, and said so."""
    strict = replace(SILVER, min_to_maintain=Money(6000))
    decision = decide(Money(5500), strict, (BRONZE, strict, GOLD), changed_on=None, run_day=RUN)
    assert decision.because == (
        because(
            "why.tier.own_band",
            "R58",
            spend=Money(5500),
            floor=Money(6000),
            maximum=Money(9999),
            classification="Silver",
        ),
    )


@pytest.mark.parametrize("current", [SOCIAL, BARRED], ids=["not a tier", "99"])
def test_no_tier_is_not_decided(current: Classification) -> None:
    """R58: who is in no tier takes no part."""
    with pytest.raises(ValueError, match=r"^current: is no tier$"):
        at(0, current)


BANDS = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 900), st.integers(0, 12)), min_size=1, max_size=5)


@given(
    bands=BANDS,
    start=st.integers(0, 50),
    pick=st.integers(0, 4),
    cents=st.integers(-50, 2200),
    days=st.none() | st.integers(0, 14),
)
def test_agrees_with_plain_integers(
    bands: list[tuple[int, int, int]], start: int, pick: int, cents: int, days: int | None
) -> None:
    """R58, R59: any neighbouring bands, floors, periods and spends: the answer of a statement in plain integers."""
    edge, plain, tiers = start, {}, []
    for n, (width, maintain, period) in enumerate(bands):
        # Numbers go down while bands go up: the number says nothing of the direction.
        number = 50 - n
        plain[number] = (edge, edge + width - 1, maintain, period)
        tiers.append(
            replace(
                BRONZE,
                number=number,
                tier_min=Money(edge),
                tier_max=Money(edge + width - 1),
                min_to_maintain=Money(maintain),
                tier_min_period_days=period,
            )
        )
        edge += width
    if plain[50][:2] == (0, 0):
        return  # a first band of 0 to 0 is not a tier
    current = tiers[pick % len(tiers)]
    decision = decide(
        Money(cents),
        current,
        taking_part(tiers, first=1, last=98),
        changed_on=None if days is None else RUN - timedelta(days=days),
        run_day=RUN,
    )
    number, reason = tier(cents, current.number, plain, days)
    assert (decision.new, decision.reason.value) == (number, reason)
    if decision.changes:
        assert decision.direction is (Direction.UP if number < current.number else Direction.DOWN)
