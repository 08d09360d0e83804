"""Resolving: from a card's text to whose card it is and whether it still counts (R13, R85, R88).

Of its life, free, assigned, active, blocked or replaced, a terminal meets a card only from active on. Points belong to
the points account, never to the card or to who carries it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from clubtill_rules.members.account import AccountCard, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.values.why import Because, because

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Why a card or a member is turned away: the sentence's code, and the reason with its figures."""

    code: str
    because: Because


def card_digest(key: bytes, text: str) -> str:
    """Give the digest by which a card is known: HMAC-SHA-256 under the installation's key, 16 bytes, in hex."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()[:DIGEST_BYTES].hex()


def resolve(
    token: CardToken | None, member: MemberCard | None, account: AccountCard | None, deny: Deny = NOBODY_DENIED
) -> Bar | None:
    """Give what is wrong with a card, its holder or the account, in R45's order (steps 1 and 2), or None.

    Args:
        token: the card that was read; None when the member was found by name or number.
        member: the holder; None when nobody here has this card.
        account: the holder's points account; None where only the person is known.
        deny: what the deny list says of them; it overrules the cards.
    """
    return _card_bar(token, deny) or _member_bar(member, deny) or _account_bar(member, account, deny)


def _card_bar(token: CardToken | None, deny: Deny) -> Bar | None:
    if token is None:
        return None
    if token.state is CardState.REPLACED:
        return Bar(code="card.replaced", because=because("why.card.replaced", "R85", last4=token.last4))
    if token.state is CardState.BLOCKED or token.digest in deny.cards:
        return Bar(code="card.blocked", because=because("why.card.blocked", "R13", last4=token.last4))
    return None


def _member_bar(member: MemberCard | None, deny: Deny) -> Bar | None:
    if member is None:
        return Bar(code="member.unknown", because=because("why.card.unknown", "R88"))
    if member.block is not Block.NONE or member.person_id in deny.persons:
        return Bar(code="member.blocked", because=because("why.member.blocked", "R13", name=member.name))
    return None


def _account_bar(member: MemberCard | None, account: AccountCard | None, deny: Deny) -> Bar | None:
    blocked = account is not None and account.block is not Block.NONE
    if member is not None and (blocked or member.account_id in deny.accounts):
        return Bar(code="account.blocked", because=because("why.account.blocked", "R13", name=member.name))
    return None
