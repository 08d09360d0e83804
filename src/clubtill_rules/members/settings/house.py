"""House: what the checks of settings need to know of everything else that is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from clubtill_rules.members.club import Club
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points

Worth = Callable[[Points, int], Money]
"""What points pay at a ratio above 0: `points.redeeming.worth` with the currency's decimals, the one formula (D1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The set-up around the settings that are checked.

    Attributes:
        today: at the head office.
        clubs: by id.
        venues, families: ids that exist.
        media: ids of every medium; `tenders` are those with which money is taken: cash and card.
        locations: ids, each with the price levels that are enabled there.
        worth: what points pay at a ratio.
        money_decimals: the currency's e (R1).
    """

    today: date
    clubs: Mapping[str, Club]
    worth: Worth
    venues: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    tenders: frozenset[str] = frozenset()
    locations: Mapping[str, frozenset[int]] = field(default_factory=dict)
    money_decimals: int = 2
