"""Budgets, as tables: what a cut-off device may redeem, and what that can cost at most (R90, D8, D39, I23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.classification import Classification, LocationRatio
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.budgets import (
    AWARD_CAP_H,
    Budget,
    BudgetLevel,
    Cached,
    Usable,
    account_bound,
    budget_usable,
    grantable,
    level,
    limit_points,
    lowest_ratio,
    over_cap,
    settled,
    spend_budget,
    to_close,
    worst_case,
)
from clubtill_rules.points.leases import Lease, LeaseSpend, OfflineBudget, OfflinePlan, plan_offline, usable
from clubtill_rules.values.days import US_PER_DAY, US_PER_S
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.points.workings import check

DAY = date(2026, 11, 24)
NOW_US = 1_000 * US_PER_DAY
BUDGET = Budget(budget_id="b", device_id="t1", each_h=40_000, total_h=100_000, deadline_us=NOW_US)
FRESH = Cached(avail_h=50_000, spends_h=0, age_us=0)

# budget, cached; points in hundredths
LEAST = [
    pytest.param(BUDGET, FRESH, 40_000, id="m"),
    pytest.param(replace(BUDGET, spent_h={"a": 15_000}), FRESH, 25_000, id="what-is-left-of-m"),
    pytest.param(replace(BUDGET, spent_h={"x": 70_000}), FRESH, 30_000, id="what-is-left-of-T"),
    pytest.param(replace(BUDGET, spent_h={"x": 40_000, "y": 40_000, "a": 15_000}), FRESH, 5_000, id="of-T-by-all"),
    pytest.param(BUDGET, replace(FRESH, avail_h=30_000), 30_000, id="what-the-cache-says"),
    pytest.param(BUDGET, replace(FRESH, spends_h=20_000), 30_000, id="the-cache-less-own-spends"),
    pytest.param(BUDGET, replace(FRESH, spends_h=50_001), 0, id="the-cache-is-used-up"),
    pytest.param(replace(BUDGET, spent_h={"a": 40_000}), FRESH, 0, id="m-is-used-up"),
    pytest.param(BUDGET, replace(FRESH, age_us=US_PER_DAY - 1), 40_000, id="a-cache-of-nearly-a-day"),
]


@pytest.mark.parametrize(("budget", "cached", "hundredths"), LEAST)
def test_the_least_of_three(budget, cached, hundredths):
    """R90, D39: the least of what is left of m, of T, and of the cached balance less the device's own spends."""
    got = budget_usable(budget, "a", cached, now_us=NOW_US)
    assert got.points == Points(hundredths)
    assert got.why.code == "why.offline.budget"
    check((got.why,))


def test_the_reason_names_all_three():
    """R90: account, device and cache stand in the reason with their least."""
    got = budget_usable(replace(BUDGET, spent_h={"x": 70_000, "a": 1_000}), "a", FRESH, now_us=NOW_US)
    account, device, known = Points(39_000), Points(29_000), Points(50_000)
    assert got == Usable(
        points=device,
        why=because(
            "why.offline.budget", "R90", usable=device, account=account, device=device, known=known,
            working=working(device, Rounding.LEAST, account, (",", device), (",", known)),
        ),
    )  # fmt: skip


NOTHING = [
    pytest.param(None, FRESH, {}, because("why.offline.no_budget", "R90"), id="no-budget"),
    pytest.param(
        replace(BUDGET, deadline_us=NOW_US - 1), FRESH, {},
        because("why.offline.budget_over", "R90", deadline_us=NOW_US - 1), id="past-its-deadline",
    ),
    pytest.param(
        BUDGET, replace(FRESH, age_us=US_PER_DAY), {}, because("why.offline.cache_old", "R90", hours=24),
        id="a-cache-of-a-day",
    ),
    pytest.param(
        replace(BUDGET, cache_age_max_us=90 * 60 * US_PER_S), replace(FRESH, age_us=2 * 3_600 * US_PER_S - 1), {},
        because("why.offline.cache_old", "R90", hours=1), id="the-budgets-own-age-limit",
    ),
    pytest.param(BUDGET, FRESH, {"contact_age_days": 8}, because("why.offline.stale", "R90", days=8), id="eight-days"),
    pytest.param(BUDGET, FRESH, {"trouble": "fork"}, because("why.offline.trouble", "R90", trouble="fork"), id="fork"),
]  # fmt: skip


@pytest.mark.parametrize(("budget", "cached", "more", "why"), NOTHING)
def test_when_a_budget_may_not_be_spent(budget, cached, more, why):
    """R90, D8, I30: no budget, its deadline, an old cache, seven days without contact, a device in doubt."""
    assert budget_usable(budget, "a", cached, now_us=NOW_US, **more) == Usable(points=Points(0), why=why)
    assert budget_usable(BUDGET, "a", FRESH, now_us=NOW_US, contact_age_days=7).points == Points(40_000)


def test_spends_are_noted_by_account():
    """R90: a spend counts against m of its account and against T."""
    once = spend_budget(BUDGET, "a", 40_000)
    twice = spend_budget(spend_budget(once, "x", 1), "x", 2)
    assert twice == replace(BUDGET, spent_h={"a": 40_000, "x": 3})
    assert (twice.left_h, twice.spent_of("a"), twice.spent_of("nobody")) == (59_997, 40_000, 0)
    assert BUDGET.left_h == 100_000


BEYOND = [
    pytest.param(BUDGET, 0, "0 of 40000 left in b for a", id="nothing"),
    pytest.param(BUDGET, -1, "-1 of 40000 left in b for a", id="less-than-nothing"),
    pytest.param(BUDGET, 40_001, "40001 of 40000 left in b for a", id="more-than-m"),
    pytest.param(replace(BUDGET, spent_h={"a": 39_999}), 2, "2 of 1 left in b for a", id="more-than-is-left-of-m"),
    pytest.param(replace(BUDGET, spent_h={"x": 99_999}), 2, "2 of 1 left in b for a", id="more-than-T"),
]


@pytest.mark.parametrize(("budget", "amount_h", "told"), BEYOND)
def test_a_spend_beyond_the_budget_is_a_mistake_of_the_caller(budget, amount_h, told):
    """R90, I23: nothing is noted beyond m or T."""
    with pytest.raises(ValueError, match=told):
        spend_budget(budget, "a", amount_h)


LIMITS = [
    pytest.param(20_000, 100, 2, 2_000_000, id="200-dollars-at-100"),
    pytest.param(20_000, 50, 2, 1_000_000, id="at-the-lowest-ratio"),
    pytest.param(199, 75, 2, 14_925, id="exact"),
    pytest.param(1_250, 3, 3, 375, id="dinar"),
    pytest.param(1, 1, 3, 0, id="rounded-down"),
]


@pytest.mark.parametrize(("minor", "ratio", "decimals", "hundredths"), LIMITS)
def test_a_limit_in_money_as_points(minor, ratio, decimals, hundredths):
    """R90, 4.3, R66: L x ratio / 10^e, rounded down, so that what is at risk is never more than L."""
    assert limit_points(Money(minor), ratio, money_decimals=decimals) == Points(hundredths)


@pytest.mark.parametrize("ratio", [0, -1])
def test_nobody_redeems_at_ratio_0(ratio):
    """R66: a limit has no meaning there."""
    with pytest.raises(ValueError, match=f"ratio is {ratio}"):
        limit_points(Money(1), ratio, money_decimals=2)


def test_what_may_still_be_granted():
    """R90, I23: the limit less every open T, whole, whatever was spent of it; never below nothing."""
    assert [grantable(limit_h, 200_000) for limit_h in (200_001, 200_000, 199_999)] == [1, 0, 0]
    assert grantable(100_000, 0) == 100_000


SETTLED = [
    pytest.param({"x": 99_999}, 9, None, False, id="not-closed"),
    pytest.param({"x": 99_999}, 7, 7, True, id="contiguous-through-its-close"),
    pytest.param({"x": 99_999}, 8, 7, True, id="and-beyond"),
    pytest.param({"x": 99_999}, 6, 7, False, id="one-event-is-missing"),
    pytest.param({"x": 60_000, "y": 40_000}, 0, None, True, id="all-of-it-accepted"),
]


@pytest.mark.parametrize(("spent_h", "contiguous", "closed", "over"), SETTLED)
def test_when_a_budget_is_settled(spent_h, contiguous, closed, over):
    """R90, 4.3: a new one is granted only when the log is contiguous past the old one's last spend."""
    assert settled(replace(BUDGET, spent_h=spent_h), contiguous_seq=contiguous, closed_seq=closed) is over


def test_the_bound_of_an_account():
    """R90, I23: over the devices the least of m, C and T; a device that does not know the account redeems nothing."""
    small = replace(BUDGET, device_id="t2", total_h=30_000)
    budgets = (BUDGET, small, replace(BUDGET, device_id="t3"), replace(BUDGET, device_id="t4"))
    cached = {"t1": 50_000, "t2": 50_000, "t3": 123, "t4": -5}
    assert account_bound(budgets, cached) == 40_000 + 30_000 + 123
    assert account_bound(budgets, {"t9": 1}) == 0


def test_the_worst_case_in_money():
    """R90, 4.3, 2.12 row 36: what could be lost if every terminal went offline now: the open T's at the ratio."""
    told = worst_case((BUDGET, replace(BUDGET, total_h=33_333)), 75, money_decimals=2)
    assert told == because(
        "why.budget.worst_case", "R90", amount=Money(1777), points=Points(133_333), n=2, ratio=75,
        working=working(Money(1777), Rounding.FLOOR, Points(133_333), ("/", 75)),
    )  # fmt: skip
    check((told,))
    with pytest.raises(Refusal) as no:
        worst_case((BUDGET,), 0, money_decimals=2)
    assert no.value.code == "points.ratio_zero"


@pytest.mark.parametrize(
    ("given_h", "award_h", "over"), [(0, 100, False), (60, 40, False), (60, 41, True), (101, 1, True)]
)
def test_what_a_device_may_award_in_a_day(given_h, award_h, over):
    """R90, 4.5: up to the cap and not beyond it."""
    assert over_cap(given_h, award_h, 100) is over


HOUR_US = US_PER_DAY // 24
LEVELS = [
    pytest.param(None, NOW_US, BudgetLevel.RED, id="no-budget"),
    pytest.param(BUDGET, NOW_US - 6 * HOUR_US, BudgetLevel.GREEN, id="whole-with-six-hours"),
    pytest.param(BUDGET, NOW_US - 6 * HOUR_US + 1, BudgetLevel.AMBER, id="in-the-last-six-hours"),
    pytest.param(BUDGET, NOW_US, BudgetLevel.AMBER, id="at-the-deadline"),
    pytest.param(BUDGET, NOW_US + 1, BudgetLevel.RED, id="past-the-deadline"),
    pytest.param(replace(BUDGET, spent_h={"a": 50_000}), 0, BudgetLevel.GREEN, id="half"),
    pytest.param(replace(BUDGET, spent_h={"a": 50_001}), 0, BudgetLevel.AMBER, id="less-than-half"),
    pytest.param(replace(BUDGET, spent_h={"a": 99_999}), 0, BudgetLevel.AMBER, id="the-last-of-it"),
    pytest.param(replace(BUDGET, spent_h={"a": 100_000}), 0, BudgetLevel.RED, id="all-of-it"),
]


@pytest.mark.parametrize(("budget", "now_us", "expected"), LEVELS)
def test_how_a_budget_stands(budget, now_us, expected):
    """R90, 4.3: amber says go online soon, red says stop."""
    assert level(budget, now_us=now_us) is expected


CLOSED = [
    pytest.param(BUDGET, OfflineMode.BUDGET, NOW_US - 12 * HOUR_US, False, id="whole-with-half-a-day"),
    pytest.param(BUDGET, OfflineMode.BUDGET, NOW_US - 12 * HOUR_US + 1, True, id="in-its-last-half-day"),
    pytest.param(replace(BUDGET, spent_h={"a": 1}), OfflineMode.BUDGET, 0, True, id="something-spent"),
    pytest.param(BUDGET, OfflineMode.LEASE, 0, True, id="mode-lease"),
    pytest.param(BUDGET, OfflineMode.REFUSE, 0, True, id="mode-refuse"),
]


@pytest.mark.parametrize(("budget", "mode", "now_us", "closes"), CLOSED)
def test_when_a_device_in_contact_gives_a_budget_back(budget, mode, now_us, *, closes):
    """R90, 4.3: a new one is granted whole, so the old one goes back as soon as it is no longer whole or wanted."""
    assert to_close(budget, mode=mode, now_us=now_us) is closes


def test_where_a_point_is_worth_most():
    """R65, 4.3: the lowest ratio at these locations; a ratio of 0 and a location elsewhere count for nothing."""
    gold = Classification(
        number=1, club_id="c", description="Gold", points_expiry_months=12, redemption_ratio=100,
        location_ratios=(LocationRatio(location_id="bar", ratio=80), LocationRatio(location_id="far", ratio=10)),
    )  # fmt: skip
    none = replace(gold, number=2, redemption_ratio=0, location_ratios=())
    assert lowest_ratio([gold, none], ["bar", "bistro"]) == 80
    assert lowest_ratio([gold, none], ["bistro"]) == 100
    assert (lowest_ratio([none], ["bar"]), lowest_ratio([], ["bar"])) == (0, 0)


# ---------------------------------------------------------------- with leases


def held(points):
    """Make a lease of whole points of account a."""
    return Lease(lease_id="l1", account_id="a", granted_h=points * 100)


def by_budget(budget=BUDGET, **more):
    """Say what a spend by budget needs to know."""
    return OfflineBudget(budget=budget, account_id="a", cached=replace(FRESH, **more), now_us=NOW_US)


MODES = [
    pytest.param(OfflineMode.BUDGET, [held(88)], by_budget(), False, 48_800, "why.offline.budget", id="both"),
    pytest.param(OfflineMode.BUDGET, [], by_budget(), False, 40_000, "why.offline.budget", id="budget-only"),
    pytest.param(OfflineMode.BUDGET, [held(88)], None, False, 8_800, "why.offline.lease", id="no-budget-known"),
    pytest.param(OfflineMode.BUDGET, [], None, False, 0, "why.offline.lease", id="nothing-held"),
    pytest.param(OfflineMode.BUDGET, [held(88)], by_budget(None), False, 8_800, "why.offline.lease", id="lease-only"),
    pytest.param(OfflineMode.BUDGET, [], by_budget(None), False, 0, "why.offline.no_budget", id="neither"),
    pytest.param(
        OfflineMode.BUDGET, [], by_budget(age_us=US_PER_DAY), False, 0, "why.offline.cache_old", id="an-old-cache",
    ),
    pytest.param(OfflineMode.BUDGET, [held(88)], by_budget(), True, 8_800, None, id="online-only-leases"),
    pytest.param(OfflineMode.LEASE, [held(88)], by_budget(), False, 8_800, "why.offline.lease", id="lease"),
    pytest.param(OfflineMode.REFUSE, [], by_budget(), False, 0, "why.offline.refuse", id="refuse"),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "leases", "budget", "online", "hundredths", "code"), MODES)
def test_usable_with_a_budget(mode, leases, *, budget, online, hundredths, code):
    """R90, D39: only in BUDGET and only offline does a budget come on top of what the leases hold."""
    got = usable(mode, leases, online=online, sale_id="s", contact_age_days=7, day=DAY, budget=budget)
    assert (got.points, got.why.code if got.why else None) == (Points(hundredths), code)


def test_days_without_contact_stop_a_budget_too():
    """R90, D8: after seven days nothing is redeemed offline, by no lease and no budget; nor by a device in doubt."""
    away = {"online": False, "sale_id": "s", "day": DAY, "budget": by_budget()}
    assert usable(OfflineMode.BUDGET, [held(88)], contact_age_days=8, **away) == Usable(
        points=whole(0), why=because("why.offline.stale", "R90", days=8)
    )
    assert usable(OfflineMode.BUDGET, [], contact_age_days=0, trouble="revoked", **away) == Usable(
        points=whole(0), why=because("why.offline.trouble", "R90", trouble="revoked")
    )


PLANS = [
    pytest.param(8_799, 8_799, 0, id="the-lease-covers-it"),
    pytest.param(8_800, 8_800, 0, id="just-the-lease"),
    pytest.param(8_801, 8_800, 1, id="the-rest-by-budget"),
    pytest.param(48_800, 8_800, 40_000, id="all-of-both"),
]


@pytest.mark.parametrize(("amount_h", "lease_h", "budget_h"), PLANS)
def test_leases_are_spent_before_the_budget(amount_h, lease_h, budget_h):
    """R90, D39, I23: leases risk nothing, so they go first."""
    got = plan_offline([held(88)], by_budget(), amount_h, DAY)
    assert got == OfflinePlan(leases=(LeaseSpend(lease_id="l1", amount_h=lease_h),), budget_h=budget_h)


def test_a_plan_beyond_both_refuses():
    """R68, R90: needed and available are of leases and budget together."""
    with pytest.raises(Refusal) as no:
        plan_offline([held(88)], by_budget(), 48_801, DAY)
    assert (no.value.code, no.value.facts) == (
        "points.short", {"needed": Points(48_801), "available": Points(48_800)},
    )  # fmt: skip
    assert plan_offline([], by_budget(), 1, DAY) == OfflinePlan(leases=(), budget_h=1)


@given(
    each_h=st.integers(0, 500), total_h=st.integers(0, 900), avail_h=st.integers(-100, 800),
    spends=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 400)), max_size=12),
)  # fmt: skip
def test_spends_that_are_allowed_stay_within_m_t_and_the_cache(each_h, total_h, avail_h, spends):
    """R90, I23: whatever is asked for, an account pays at most m and its cached balance, a device T."""
    budget = replace(BUDGET, each_h=each_h, total_h=total_h)
    paid = dict.fromkeys("abc", 0)
    for account_id, amount_h in spends:
        cached = Cached(avail_h=avail_h, spends_h=paid[account_id], age_us=0)
        most_h = budget_usable(budget, account_id, cached, now_us=NOW_US).points.hundredths
        if amount_h <= most_h:
            budget = spend_budget(budget, account_id, amount_h)
            paid[account_id] += amount_h
    assert max(paid.values()) <= max(0, min(each_h, avail_h))
    assert sum(paid.values()) == total_h - budget.left_h <= total_h
    assert all(spent <= account_bound((budget,), {"t1": avail_h}) for spent in paid.values())


def test_a_device_awards_100000_points_a_day_unless_a_manager_typed_another_cap() -> None:
    """R90, 4.5 of the ledger's design."""
    assert AWARD_CAP_H == 100_000 * 100


def test_the_lowest_ratio_may_be_one() -> None:
    """R65, 4.3: a point may be worth a whole dollar; nil redeems nothing and does not count."""
    ratios = [Classification(number=n, club_id="c", description="x", redemption_ratio=n) for n in (0, 1, 5)]
    assert lowest_ratio(ratios, ("bar",)) == 1
