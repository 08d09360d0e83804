"""Resolving: digests, and what is wrong with a card, its holder or the account."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from clubtill_rules.members.account import AccountCard, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.cards import card_digest, resolve
from clubtill_rules.members.cards.resolving import Bar
from clubtill_rules.members.deny import Deny
from clubtill_rules.values.why import because

CARD = CardToken(digest="aa", last4="0011")
STOPPED = replace(CARD, state=CardState.BLOCKED)
OLD = replace(CARD, state=CardState.REPLACED)
JEAN = MemberCard(
    person_id="jean", account_id="a1", club_id="c", number="100001", first_name="Jean", last_name="O", classification=3
)
ACCOUNT = AccountCard(account_id="a1", club_id="c", version=1)
REPLACED = Bar(code="card.replaced", because=because("why.card.replaced", "R85", last4="0011"))
CARD_BLOCKED = Bar(code="card.blocked", because=because("why.card.blocked", "R13", last4="0011"))
UNKNOWN = Bar(code="member.unknown", because=because("why.card.unknown", "R88"))
HOLDER_BLOCKED = Bar(code="member.blocked", because=because("why.member.blocked", "R13", name="Jean O"))
ACCOUNT_BLOCKED = Bar(code="account.blocked", because=because("why.account.blocked", "R13", name="Jean O"))


@pytest.mark.parametrize(
    ("token", "member", "deny", "expected"),
    [
        pytest.param(CARD, JEAN, Deny(), None, id="active"),
        pytest.param(None, JEAN, Deny(), None, id="found by name"),
        pytest.param(STOPPED, JEAN, Deny(), CARD_BLOCKED, id="blocked"),
        pytest.param(OLD, JEAN, Deny(), REPLACED, id="replaced"),
        pytest.param(OLD, JEAN, Deny(cards=frozenset({"aa"})), REPLACED, id="replaced, which blocks it too"),
        pytest.param(CARD, None, Deny(), UNKNOWN, id="nobody has it"),
        pytest.param(None, None, Deny(), UNKNOWN, id="no card and nobody"),
        pytest.param(CARD, None, Deny(cards=frozenset({"aa"})), CARD_BLOCKED, id="denied, holder not known here"),
        pytest.param(CARD, JEAN, Deny(cards=frozenset({"bb"})), None, id="somebody else's card is denied"),
        pytest.param(CARD, JEAN, Deny(persons=frozenset({"jean"})), HOLDER_BLOCKED, id="holder denied"),
        pytest.param(CARD, JEAN, Deny(accounts=frozenset({"a1"})), ACCOUNT_BLOCKED, id="account denied"),
        pytest.param(CARD, replace(JEAN, block=Block.BLOCKED), Deny(), HOLDER_BLOCKED, id="holder blocked"),
    ],
)
def test_resolve(token: CardToken | None, member: MemberCard | None, deny: Deny, expected: Bar | None) -> None:
    """R13, R85, R88: the state of a card, its holder and the deny list decide; the first in order counts."""
    assert resolve(token, member, ACCOUNT if member else None, deny) == expected


def test_blocked_account() -> None:
    """R13: a blocked account bars each of its contacts, whatever the card."""
    assert resolve(CARD, JEAN, replace(ACCOUNT, block=Block.BLOCKED)) == ACCOUNT_BLOCKED


def test_digest_of_a_card() -> None:
    """R88, ledger design 6.7: HMAC-SHA-256 under the installation's key, 16 bytes in hex; another key, another one."""
    expected = hmac.new(b"k" * 32, b"011000011", hashlib.sha256).hexdigest()[:32]
    assert card_digest(b"k" * 32, "011000011") == expected
    assert card_digest(b"l" * 32, "011000011") != expected


def test_the_reason_names_no_more_than_the_last_four() -> None:
    """R13, U70: a reason shows the last four characters of a card and nothing else of it."""
    assert resolve(STOPPED, JEAN, ACCOUNT) == CARD_BLOCKED
