"""The ladder: Bronze, Silver and Gold of the rules' example, as dollar bands and as point steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.values.money import Money

CLUB: Final = Club(id="larkspur", name="Larkspur Point", zone="Australia/Sydney")
POINTS_CLUB: Final = replace(CLUB, tier_kind=TierKind.POINTS)

BRONZE: Final = Classification(
    number=1, club_id="larkspur", description="Bronze", tier_min=Money(0), tier_max=Money(4999)
)
SILVER: Final = Classification(
    number=3,
    club_id="larkspur",
    description="Silver",
    tier_min=Money(5000),
    tier_max=Money(9999),
    min_to_maintain=Money(4000),
    tier_min_period_days=7,
)
GOLD: Final = Classification(
    number=2, club_id="larkspur", description="Gold", tier_min=Money(10000), tier_max=Money(999_999)
)
SOCIAL: Final = Classification(number=4, club_id="larkspur", description="Social")
BARRED: Final = Classification(
    number=BANNED, club_id="larkspur", description="BANNED", tier_min=Money(0), tier_max=Money(999_999)
)
TIERS: Final = (BRONZE, SILVER, GOLD)
EVERY: Final = (GOLD, SOCIAL, BARRED, SILVER, BRONZE)
