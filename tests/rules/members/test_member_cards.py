"""Cards of members and accounts before anything is known of them (R6, R8, R13, R31, R88)."""

from __future__ import annotations

from clubtill_rules.members.account import AccountCard, Block, CardState, CardToken, Linked, MemberCard
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.points import NO_POINTS


def test_a_new_person_has_never_paid_and_is_free() -> None:
    """R6, R8, R12, R13: Renewal Date 1970, no link, no ban, no block, no card; the first version of the card."""
    new = MemberCard(
        person_id="p", account_id="a", club_id="c", number="1", first_name="Ada", last_name="Byron", classification=3
    )
    assert (new.renewal_date, new.linked, new.block, new.ban, new.cards) == (NEVER_PAID, (), Block.NONE, None, ())
    assert (new.ban_note, new.photo, new.note, new.version, new.earns_points) == ("", "", "", 1, True)
    assert (new.application_date, new.date_of_birth, new.birthday_awarded_on, new.attributes) == (None,) * 4
    assert Linked(number=4).renewal_date == NEVER_PAID
    assert CardToken(digest="d", last4="0001").state is CardState.ACTIVE


def test_a_new_account_holds_nothing() -> None:
    """R5, R13, R31, R36: no points, none reserved, no deficit, nothing that expires, no rate of its own."""
    new = AccountCard(account_id="a", club_id="c", version=1)
    assert (new.balance, new.reserved, new.deficit) == (NO_POINTS,) * 3
    assert (new.next_expiry, new.expiring, new.block, new.persons) == (None, (), Block.NONE, ())
    assert new.fixed_rate_h is None
