"""Offline staff: what staff may still do at a terminal that has lost contact with the ledger (D8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from clubtill_rules.permissions import Act, Answer, Permitted
from clubtill_rules.values.days import US_PER_DAY
from clubtill_rules.values.why import Because, because

WARN_DAYS: Final = 5
CONTACT_DAYS: Final = 7
SIGNED_IN_DAYS: Final = 35

STILL: Final = frozenset(
    {
        Act.SELL,
        Act.ATTACH_MEMBER,
        Act.TAKE_FEE,
        Act.DISCOUNT,
        Act.VOID_SALE,
        Act.REFUND,
        Act.OPEN_DRAWER,
        Act.CLOSE_OWN_SHIFT,
        Act.OPEN_TAB,
        Act.ADMIT_OR_REFUSE,
        Act.CORRECT_HEAD_COUNT,
    }
)
"""What selling, taking fees and checking in are made of, each within one's own limit. All else needs contact."""


class Contact(Enum):
    """How fresh what a terminal knows of its staff is."""

    GOOD = "good"
    WARN = "warn"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContact:
    """How fresh staff data is, in whole days since the last contact, and what the screen says of it."""

    contact: Contact
    days: int
    because: tuple[Because, ...]


def staff_contact(now_us: int, last_contact_us: int) -> StaffContact:
    """Tell how fresh staff data is (D8): warned of from 5 days on, lost when more than 7 have passed.

    A clock that stands before the last contact counts as no time at all.
    """
    age_us = now_us - last_contact_us
    days = max(0, age_us // US_PER_DAY)
    if age_us > CONTACT_DAYS * US_PER_DAY:
        contact = Contact.LOST
    else:
        contact = Contact.WARN if days >= WARN_DAYS else Contact.GOOD
    reason = because(f"why.contact.{contact.value}", "R90", n=days, limit=CONTACT_DAYS)
    return StaffContact(contact=contact, days=days, because=(reason,))


def permit_offline(
    alone: Permitted, act: Act, *, now_us: int, last_contact_us: int, signed_in_us: int | None
) -> Permitted:
    """Narrow what somebody may do alone by how long the terminal has been without contact (D8).

    Args:
        alone: the matrix's answer.
        act: the row it answers.
        now_us: now, an instant.
        last_contact_us: when the terminal last heard from the ledger.
        signed_in_us: when this person last signed in at this terminal before now; None for never.
    """
    state = staff_contact(now_us, last_contact_us)
    if state.contact is not Contact.LOST or alone.answer is Answer.NEVER:
        return alone
    if signed_in_us is None or now_us - signed_in_us > SIGNED_IN_DAYS * US_PER_DAY:
        return _never(because("why.contact.not_here", "R90", n=state.days, limit=SIGNED_IN_DAYS))
    if act not in STILL or alone.answer is Answer.APPROVAL:
        return _never(because("why.contact.needed", "R90", n=state.days, limit=CONTACT_DAYS))
    return Permitted(answer=alone.answer, limit=alone.limit, because=(*alone.because, *state.because))


def _never(reason: Because) -> Permitted:
    return Permitted(answer=Answer.NEVER, limit=None, because=(reason,))
