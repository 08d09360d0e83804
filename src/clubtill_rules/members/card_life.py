"""Card life: free, assigned, active, blocked, replaced; and what replacing a card does (R85, R88).

A terminal meets a card only from active on (`account.CardState`). Points are never moved by anything here: they belong
to the points account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from clubtill_rules.members.account import CardState, CardToken
from clubtill_rules.members.cards.tracks import ClubCard, club_card
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


class Life(Enum):
    """Where a card is in its life."""

    FREE = "free"
    ASSIGNED = "assigned"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"


class Step(Enum):
    """What can be done to a card."""

    ASSIGN = "assign"
    ACTIVATE = "activate"
    BLOCK = "block"
    UNBLOCK = "unblock"
    REPLACE = "replace"


STEPS: Final[Mapping[Step, Mapping[Life, Life]]] = {
    # From where a step goes, and where to; from anywhere else it is refused. Nothing leads out of REPLACED.
    Step.ASSIGN: {Life.FREE: Life.ASSIGNED},
    Step.ACTIVATE: {Life.ASSIGNED: Life.ACTIVE},
    Step.BLOCK: {Life.ACTIVE: Life.BLOCKED},
    Step.UNBLOCK: {Life.BLOCKED: Life.ACTIVE},
    Step.REPLACE: {Life.ASSIGNED: Life.REPLACED, Life.ACTIVE: Life.REPLACED, Life.BLOCKED: Life.REPLACED},
}

_SEEN: Final = {
    Life.ACTIVE: CardState.ACTIVE,
    Life.BLOCKED: CardState.BLOCKED,
    Life.REPLACED: CardState.REPLACED,
}
_LAST_ISSUE: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as the ledger keeps it.

    Attributes:
        digest: by which it is known (`resolving.card_digest`).
        last4: the last four characters of its text.
        person_id: the one contact it belongs to; blank while it is free.
        replaced_by: digest of the card that took its place; blank otherwise.
    """

    digest: str
    last4: str
    life: Life = Life.FREE
    person_id: str = ""
    replaced_by: str = ""

    @property
    def token(self) -> CardToken | None:
        """The card as terminals hold it; None while nobody can use it."""
        state = _SEEN.get(self.life)
        return None if state is None else CardToken(digest=self.digest, last4=self.last4, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """The old card, which refuses from now on, and the new one, which works."""

    old: Card
    new: Card
    because: tuple[Because, ...]


def move(card: Card, step: Step) -> Card:
    """Take a card one step further in its life (R88); giving it to somebody is `assign`.

    Raises:
        Refusal: `card.cannot.` and the step where it does not start from here; `card.replaced` at the end of its
            life.
    """
    after = STEPS[step].get(card.life)
    if after is None:
        code = "card.replaced" if card.life is Life.REPLACED else f"card.cannot.{step.value}"
        raise Refusal(code)
    return replace(card, life=after)


def assign(card: Card, person_id: str) -> Card:
    """Give a free card to a contact; it works once it is activated (R88).

    Raises:
        Refusal: `card.cannot.assign` for a card that is somebody's.
        ValueError: no person is named.
    """
    if not person_id:
        raise ValueError("person_id: nobody")
    return replace(move(card, Step.ASSIGN), person_id=person_id)


def replace_card(old: Card, new: Card) -> Replacement:
    """Replace a contact's card by a free one: the old one refuses, the new one is his and works at once (R88).

    Raises:
        Refusal: `card.cannot.replace` for a free card, `card.replaced` for one replaced before,
            `card.cannot.assign` when the new one is not free.
    """
    gone = replace(move(old, Step.REPLACE), replaced_by=new.digest)
    works = move(assign(new, old.person_id), Step.ACTIVATE)
    why = because("why.card.replaced_by", "R88", last4=old.last4, new_last4=new.last4)
    return Replacement(old=gone, new=works, because=(why,))


def next_issue(text: str) -> str:
    """Give the text of the next issue of a card in the default layout: 120000011 -> 120000012 (R85).

    Raises:
        Refusal: `card.issues_used` after issue 9.
        ValueError: the text has another layout.
    """
    card = club_card(text)
    if card is None:
        raise ValueError("text: another layout")
    if card.issue == _LAST_ISSUE:
        raise Refusal("card.issues_used")
    return ClubCard(site=card.site, number=card.number, issue=card.issue + 1).text
