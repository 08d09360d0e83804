"""Deny list: cards, persons and accounts that are banned, blocked or revoked, as every terminal holds it (R11, R13).

It overrules a member's card: it is always complete on a terminal, where the card may be older or missing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """What the deny list says of those looked up.

    Attributes:
        cards: digests of cards that were stopped.
        persons: ids of persons who are blocked.
        accounts: ids of accounts that are blocked.
        banned: ids of persons who are banned; they count where the venue excludes banned members (R11).
    """

    cards: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    banned: frozenset[str] = frozenset()


NOBODY_DENIED = Deny()
