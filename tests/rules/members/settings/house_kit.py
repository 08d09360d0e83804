"""A house with one club, two venues and rows that nothing is wrong with: what the tests of settings change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.members.settings.findings import Finding, Severity
from clubtill_rules.members.settings.house import House
from clubtill_rules.points.redeeming import worth
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Because, Working

TODAY: Final = date(2026, 11, 24)
ERROR, WARNING, HINT = Severity.ERROR, Severity.WARNING, Severity.HINT
CLUB: Final = Club(id="larkspur", name="Larkspur Point", zone="Australia/Sydney")
OTHER_CLUB: Final = Club(id="staff", name="Staff", zone="Australia/Sydney", tier_kind=TierKind.POINTS)
HOUSE: Final = House(
    today=TODAY,
    clubs={"larkspur": CLUB, "staff": OTHER_CLUB},
    worth=partial(worth, money_decimals=2),
    venues=frozenset({"point", "marina"}),
    families=frozenset({"food", "wine", "tobacco"}),
    media=frozenset({"cash", "eft", "pp-discount", "promo"}),
    tenders=frozenset({"cash", "eft"}),
    locations={"bar": frozenset({1, 2, 3}), "bistro": frozenset({1, 2})},
)
PLAIN: Final = Classification(number=1, club_id="larkspur", description="Bronze", venues=("point", "marina"))
"""A row of which nothing is said, not even a hint."""
BANNED_ROW: Final = replace(
    PLAIN,
    number=99,
    description="BANNED",
    points_multiplier_h=0,
    redemption_ratio=0,
    web_redemption_ratio=0,
)


def row(number: int = 1, **settings: Any) -> Classification:
    """Give a row like the plain one, with a name of its own."""
    return replace(PLAIN, number=number, **{"description": f"Class {number}", **settings})


def band(number: int, first: int, last: int, **settings: Any) -> Classification:
    """Give a dollar tier, in cents."""
    return row(number, tier_min=Money(first), tier_max=Money(last), **settings)


def step(number: int, sequence: int, points: int, **settings: Any) -> Classification:
    """Give a point tier of the Staff club."""
    return row(number, club_id="staff", update_sequence=sequence, min_points=points, **settings)


def finding(
    severity: Severity,
    code: str,
    rule: str,
    number: int,
    field: str,
    *,
    working: Working | None = None,
    **facts: object,
) -> Finding:
    """Write down a whole finding as it is expected."""
    reason = Because(code=code, rule=rule, facts=facts, working=working)
    return Finding(code=code, severity=severity, number=number, field=field, facts=facts, because=(reason,))
