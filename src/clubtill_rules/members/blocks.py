"""Blocks: three separate flags, on an account, a contact or a card, each with a reason code (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.members.account import AccountCard, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.cards.resolving import resolve
from clubtill_rules.permissions import Act
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


class Blockable(Enum):
    """What can be blocked."""

    ACCOUNT = "account"
    CONTACT = "contact"
    CARD = "card"


ACTS: Final[Mapping[Blockable, Act]] = {
    # Rows 24 and 25 of the matrix; the same row blocks and unblocks.
    Blockable.ACCOUNT: Act.BLOCK_MEMBER,
    Blockable.CONTACT: Act.BLOCK_MEMBER,
    Blockable.CARD: Act.CHANGE_CARD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSet:
    """A block that was set or taken off: on what, why, by whom and when. `id` is an account's, a person's or a digest.

    Attributes:
        blocked: set; otherwise taken off.
        reason: a reason code of the club; never blank.
        day: the venue's trading day.
    """

    what: Blockable
    id: str
    blocked: bool
    reason: str
    staff_id: str
    day: date
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """What still works for one contact who came with a card, or was found by name (R13).

    Attributes:
        card: the card is accepted, and with it the contact.
        points: earn, redeem and transfer.
        balance_shown: always; a block hides nothing from staff.
    """

    card: bool
    points: bool
    balance_shown: bool
    because: tuple[Because, ...]


def block_account(
    account: AccountCard, *, reason: str, staff_id: str, day: date, blocked: bool = True
) -> tuple[AccountCard, BlockSet]:
    """Block an account, or take its block off: nobody of it earns, redeems or transfers; the balance stays (R13).

    Raises:
        Refusal: `block.reason` without a reason, `block.already` when it is as wanted.
    """
    flag = _flag(
        Blockable.ACCOUNT,
        account.account_id,
        now=account.block is not Block.NONE,
        blocked=blocked,
        reason=reason,
        staff_id=staff_id,
        day=day,
    )
    return replace(account, block=Block.BLOCKED if blocked else Block.NONE), flag


def block_contact(
    member: MemberCard, *, reason: str, staff_id: str, day: date, blocked: bool = True
) -> tuple[MemberCard, BlockSet]:
    """Block a contact, or take the block off: none of his cards works; the others of the account go on (R13).

    Raises:
        Refusal: `block.reason`, `block.already`.
    """
    flag = _flag(
        Blockable.CONTACT,
        member.person_id,
        now=member.block is not Block.NONE,
        blocked=blocked,
        reason=reason,
        staff_id=staff_id,
        day=day,
    )
    return replace(member, block=Block.BLOCKED if blocked else Block.NONE), flag


def block_card(
    member: MemberCard, digest: str, *, reason: str, staff_id: str, day: date, blocked: bool = True
) -> tuple[MemberCard, BlockSet]:
    """Block one card, or take its block off; the member's other cards work on (R13).

    Raises:
        Refusal: `block.reason`, `block.already`; `card.replaced` for a card that was replaced, which stays so.
        ValueError: the member has no such card.
    """
    card = next((card for card in member.cards if card.digest == digest), None)
    if card is None:
        raise ValueError("digest: not a card of the member")
    if card.state is CardState.REPLACED:
        raise Refusal("card.replaced")
    flag = _flag(
        Blockable.CARD,
        digest,
        now=card.state is CardState.BLOCKED,
        blocked=blocked,
        reason=reason,
        staff_id=staff_id,
        day=day,
    )
    state = CardState.BLOCKED if blocked else CardState.ACTIVE
    cards = tuple(replace(one, state=state) if one is card else one for one in member.cards)
    return replace(member, cards=cards), flag


def what_works(account: AccountCard, member: MemberCard, card: CardToken | None) -> Works:
    """Tell what the flags leave to one contact (R13). `card` is None for somebody found by name or number."""
    bar = resolve(card, member, None)
    points = bar or resolve(None, member, account)
    reasons = (points.because,) if points is not None else (because("why.block.none", "R13", name=member.name),)
    return Works(card=bar is None, points=points is None, balance_shown=True, because=reasons)


def _flag(what: Blockable, of: str, *, now: bool, blocked: bool, reason: str, staff_id: str, day: date) -> BlockSet:
    if not reason.strip():
        raise Refusal("block.reason")
    if now is blocked:
        raise Refusal("block.already")
    why = because(f"why.block.{what.value}" if blocked else "why.block.off", "R13", reason=reason.strip(), day=day)
    return BlockSet(
        what=what, id=of, blocked=blocked, reason=reason.strip(), staff_id=staff_id, day=day, because=(why,)
    )
