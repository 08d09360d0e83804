"""Asks: the acts of the matrix (rules, 2.12) that something at the till is, with the size of each."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.permissions import Act
from clubtill_rules.values.why import Because


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One act to be allowed: its row, and the amount in the row's unit; 0 where the row has no figures.

    `because` says where the amount is from.
    """

    act: Act
    amount: int = 0
    because: tuple[Because, ...] = ()
