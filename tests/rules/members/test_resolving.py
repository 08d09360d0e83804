"""Resolving: digests, and what is wrong with a card, its holder or the account."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from clubtill_rules.members.account import AccountCard, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.cards import card_digest, resolve
from clubtill_rules.members.deny import Deny

CARD = CardToken(digest="aa", last4="0011")
STOPPED = replace(CARD, state=CardState.BLOCKED)
OLD = replace(CARD, state=CardState.REPLACED)
JEAN = MemberCard(
    person_id="jean", account_id="a1", club_id="c", number="100001", first_name="Jean", last_name="O", classification=3
)
ACCOUNT = AccountCard(account_id="a1", club_id="c", version=1)


@pytest.mark.parametrize(
    ("token", "member", "deny", "code"),
    [
        pytest.param(CARD, JEAN, Deny(), "", id="active"),
        pytest.param(None, JEAN, Deny(), "", id="found by name"),
        pytest.param(STOPPED, JEAN, Deny(), "card.blocked", id="blocked"),
        pytest.param(OLD, JEAN, Deny(), "card.replaced", id="replaced"),
        pytest.param(OLD, JEAN, Deny(cards=frozenset({"aa"})), "card.replaced", id="replaced, which blocks it too"),
        pytest.param(CARD, None, Deny(), "member.unknown", id="nobody has it"),
        pytest.param(None, None, Deny(), "member.unknown", id="no card and nobody"),
        pytest.param(CARD, None, Deny(cards=frozenset({"aa"})), "card.blocked", id="denied, holder not known here"),
        pytest.param(CARD, JEAN, Deny(cards=frozenset({"bb"})), "", id="somebody else's card is denied"),
        pytest.param(CARD, JEAN, Deny(persons=frozenset({"jean"})), "member.blocked", id="holder denied"),
        pytest.param(CARD, JEAN, Deny(accounts=frozenset({"a1"})), "account.blocked", id="account denied"),
        pytest.param(CARD, replace(JEAN, block=Block.BLOCKED), Deny(), "member.blocked", id="holder blocked"),
    ],
)
def test_resolve(token: CardToken | None, member: MemberCard | None, deny: Deny, code: str) -> None:
    """R13, R85, R88: the state of a card, its holder and the deny list decide; the first in order counts."""
    bar = resolve(token, member, ACCOUNT if member else None, deny)
    assert (bar.code if bar else "") == code


def test_blocked_account() -> None:
    """R13: a blocked account bars each of its contacts, whatever the card."""
    bar = resolve(CARD, JEAN, replace(ACCOUNT, block=Block.BLOCKED))
    assert bar is not None
    assert (bar.code, bar.because.rule) == ("account.blocked", "R13")


def test_digest_of_a_card() -> None:
    """R88, ledger design 6.7: HMAC-SHA-256 under the installation's key, 16 bytes in hex; another key, another one."""
    expected = hmac.new(b"k" * 32, b"011000011", hashlib.sha256).hexdigest()[:32]
    assert card_digest(b"k" * 32, "011000011") == expected
    assert card_digest(b"l" * 32, "011000011") != expected


def test_the_reason_names_no_more_than_the_last_four() -> None:
    """R13, U70: a reason shows the last four characters of a card and nothing else of it."""
    bar = resolve(STOPPED, JEAN, ACCOUNT)
    assert bar is not None
    assert bar.because.facts == {"last4": "0011"}
