"""Blocks: three flags of their own, and what each leaves working."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.members.account import AccountCard, Block, CardState
from clubtill_rules.members.blocks import (
    ACTS,
    Blockable,
    BlockSet,
    Works,
    block_account,
    block_card,
    block_contact,
    what_works,
)
from clubtill_rules.permissions import Act
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import CARD, DAY, MATEO, OLD, STOLEN

KIM = replace(MATEO, person_id="kim", number="100205", first_name="Kim", cards=(replace(CARD, digest="k1"),))
FAMILY = AccountCard(account_id="a1", club_id="larkspur", version=1, balance=whole(500), persons=(MATEO, KIM))
WHO = {"staff_id": "dana", "day": DAY}


def flag(what: Blockable, of: str, code: str, *, blocked: bool = True) -> BlockSet:
    """Write the flag that a block leaves."""
    why = because(code, "R13", reason="lost", day=DAY)
    return BlockSet(what=what, id=of, blocked=blocked, reason="lost", because=(why,), **WHO)  # type: ignore[arg-type]


def test_an_account() -> None:
    """R13: the account carries the flag, its balance and its people stay; the same act takes it off."""
    stopped, kept = block_account(FAMILY, reason=" lost ", **WHO)  # type: ignore[arg-type] - staff and day
    assert stopped == replace(FAMILY, block=Block.BLOCKED)
    assert kept == flag(Blockable.ACCOUNT, "a1", "why.block.account")
    back, taken = block_account(stopped, reason="lost", blocked=False, **WHO)  # type: ignore[arg-type]
    assert (back, taken) == (FAMILY, flag(Blockable.ACCOUNT, "a1", "why.block.off", blocked=False))


def test_a_contact() -> None:
    """R13: the contact carries the flag, his cards keep their own."""
    stopped, kept = block_contact(KIM, reason="lost", **WHO)  # type: ignore[arg-type]
    assert stopped == replace(KIM, block=Block.BLOCKED)
    assert kept == flag(Blockable.CONTACT, "kim", "why.block.contact")
    back, taken = block_contact(stopped, reason="lost", blocked=False, **WHO)  # type: ignore[arg-type]
    assert (back, taken) == (KIM, flag(Blockable.CONTACT, "kim", "why.block.off", blocked=False))


def test_a_card() -> None:
    """R13: that card alone; another stopped one stays stopped when it is let work again."""
    stopped, kept = block_card(MATEO, "d1", reason="lost", **WHO)  # type: ignore[arg-type]
    assert stopped.cards == (replace(CARD, state=CardState.BLOCKED), STOLEN, OLD)
    assert kept == flag(Blockable.CARD, "d1", "why.block.card")
    back, taken = block_card(stopped, "d1", reason="lost", blocked=False, **WHO)  # type: ignore[arg-type]
    assert (back, taken) == (MATEO, flag(Blockable.CARD, "d1", "why.block.off", blocked=False))


@pytest.mark.parametrize("blocked", [True, False], ids=["block", "unblock"])
@pytest.mark.parametrize("reason", ["", " "])
def test_every_flag_has_a_reason(reason: str, blocked: bool) -> None:
    """R13: a reason code for setting and for taking off, before anything else is looked at."""
    for act in (
        lambda: block_account(FAMILY, reason=reason, blocked=blocked, **WHO),  # type: ignore[arg-type]
        lambda: block_contact(MATEO, reason=reason, blocked=blocked, **WHO),  # type: ignore[arg-type]
        lambda: block_card(MATEO, "d1", reason=reason, blocked=blocked, **WHO),  # type: ignore[arg-type]
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("block.reason", {})


def test_what_is_as_wanted_is_not_changed() -> None:
    """R13: blocking what is blocked, or the opposite, is refused: somebody else did it."""
    for act in (
        lambda: block_account(FAMILY, reason="lost", blocked=False, **WHO),  # type: ignore[arg-type]
        lambda: block_account(replace(FAMILY, block=Block.BLOCKED), reason="lost", **WHO),  # type: ignore[arg-type]
        lambda: block_contact(MATEO, reason="lost", blocked=False, **WHO),  # type: ignore[arg-type]
        lambda: block_contact(replace(MATEO, block=Block.BLOCKED), reason="lost", **WHO),  # type: ignore[arg-type]
        lambda: block_card(MATEO, "d2", reason="lost", **WHO),  # type: ignore[arg-type]
        lambda: block_card(MATEO, "d1", reason="lost", blocked=False, **WHO),  # type: ignore[arg-type]
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("block.already", {})


def test_a_replaced_card_stays_replaced() -> None:
    """R88: it is neither blocked nor let work again."""
    for blocked in (True, False):
        with pytest.raises(Refusal) as refused:
            block_card(MATEO, "d0", reason="lost", blocked=blocked, **WHO)  # type: ignore[arg-type]
        assert (refused.value.code, refused.value.facts) == ("card.replaced", {})


def test_a_card_of_somebody_else() -> None:
    """R13: naming another's card is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^digest: not a card of the member$"):
        block_card(MATEO, "k1", reason="lost", **WHO)  # type: ignore[arg-type]


NOTHING = because("why.block.none", "R13", name="Mateo Silva")


@pytest.mark.parametrize(
    ("card", "member", "account", "works"),
    [
        pytest.param(
            CARD, {}, {}, Works(card=True, points=True, balance_shown=True, because=(NOTHING,)), id="nothing blocked"
        ),
        pytest.param(
            STOLEN,
            {},
            {},
            Works(
                card=False,
                points=False,
                balance_shown=True,
                because=(because("why.card.blocked", "R13", last4="0012"),),
            ),
            id="this card",
        ),
        pytest.param(
            CARD,
            {"block": Block.BLOCKED},
            {},
            Works(
                card=False,
                points=False,
                balance_shown=True,
                because=(because("why.member.blocked", "R13", name="Mateo Silva"),),
            ),
            id="the contact",
        ),
        pytest.param(
            None,
            {},
            {"block": Block.BLOCKED},
            Works(
                card=True,
                points=False,
                balance_shown=True,
                because=(because("why.account.blocked", "R13", name="Mateo Silva"),),
            ),
            id="the account: seen, but no points move",
        ),
    ],
)
def test_what_works(card: object, member: dict[str, object], account: dict[str, object], works: Works) -> None:
    """R13: each flag stops its own; the balance stays visible whatever is blocked."""
    assert what_works(replace(FAMILY, **account), replace(MATEO, **member), card) == works  # type: ignore[arg-type]


@pytest.mark.example("R13.1")
def test_one_contact_of_a_family_is_blocked() -> None:
    """R13: contact 2 blocked: none of his cards works, contact 1 still redeems the account's points."""
    second, _ = block_contact(KIM, reason="lost", **WHO)  # type: ignore[arg-type]
    family = replace(FAMILY, persons=(MATEO, second))
    theirs, others = what_works(family, second, second.cards[0]), what_works(family, MATEO, CARD)
    assert (theirs.card, theirs.points, others.card, others.points) == (False, False, True, True)


def test_who_may() -> None:
    """R13, rows 24 and 25: a card is one row, persons and accounts another."""
    assert ACTS == {
        Blockable.ACCOUNT: Act.BLOCK_MEMBER,
        Blockable.CONTACT: Act.BLOCK_MEMBER,
        Blockable.CARD: Act.CHANGE_CARD,
    }
