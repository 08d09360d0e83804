"""Offline staff: what the matrix becomes after days without contact (D8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.offline_staff import STILL, Contact, StaffContact, permit_offline, staff_contact
from clubtill_rules.permissions import Act, Answer, Permitted, Role, permit
from clubtill_rules.values.days import US_PER_DAY
from clubtill_rules.values.why import because

NOW = 100 * US_PER_DAY
LOST = NOW - 7 * US_PER_DAY - 1


@pytest.mark.parametrize(
    ("age_us", "contact", "days"),
    [
        pytest.param(0, Contact.GOOD, 0, id="just now"),
        pytest.param(-US_PER_DAY, Contact.GOOD, 0, id="a clock that went back"),
        pytest.param(5 * US_PER_DAY - 1, Contact.GOOD, 4, id="just under five days"),
        pytest.param(5 * US_PER_DAY, Contact.WARN, 5, id="five days"),
        pytest.param(7 * US_PER_DAY, Contact.WARN, 7, id="seven days to the instant"),
        pytest.param(7 * US_PER_DAY + 1, Contact.LOST, 7, id="an instant more"),
        pytest.param(40 * US_PER_DAY, Contact.LOST, 40, id="forty days"),
    ],
)
def test_how_fresh_staff_data_is(age_us: int, contact: Contact, days: int) -> None:
    """R90, D8: the screen warns from day 5, and after 7 days contact counts as lost."""
    assert staff_contact(NOW, NOW - age_us) == StaffContact(
        contact=contact, days=days, because=(because(f"why.contact.{contact.value}", "R90", n=days, limit=7),)
    )


def alone(act: Act, amount: int = 0, role: Role = Role.DUTY_MANAGER) -> Permitted:
    """Give the matrix's answer."""
    return permit([role], act, amount)


@pytest.mark.parametrize("act", Act, ids=lambda act: act.name)
def test_a_week_without_contact_changes_nothing(act: Act) -> None:
    """R90, D8: up to and including seven days every row counts as ever."""
    got = permit_offline(alone(act), act, now_us=NOW, last_contact_us=NOW - 7 * US_PER_DAY, signed_in_us=None)
    assert got == alone(act)


GOES_ON = {
    Act.SELL, Act.ATTACH_MEMBER, Act.TAKE_FEE, Act.DISCOUNT, Act.VOID_SALE, Act.REFUND, Act.OPEN_DRAWER,
    Act.CLOSE_OWN_SHIFT, Act.OPEN_TAB, Act.ADMIT_OR_REFUSE, Act.CORRECT_HEAD_COUNT,
}  # fmt: skip


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.LET_IN_OTHER_BAN], ids=lambda act: act.name)
def test_after_a_week_selling_fees_and_the_door_go_on(act: Act) -> None:
    """R90, D8: alone and within one's limit; overrides, refunds without receipt and redemption wait for contact."""
    before = permit(list(Role), act)
    got = permit_offline(before, act, now_us=NOW, last_contact_us=LOST, signed_in_us=NOW)
    if act in GOES_ON:
        reasons = (*before.because, because("why.contact.lost", "R90", n=7, limit=7))
        assert got == Permitted(answer=Answer.YES, limit=before.limit, because=reasons)
    else:
        reason = because("why.contact.needed", "R90", n=7, limit=7)
        assert got == Permitted(answer=Answer.NEVER, limit=None, because=(reason,))


def test_after_a_week_nothing_is_approved() -> None:
    """R90, D8: what would ask for an approval waits, whatever it is."""
    over = alone(Act.REFUND, 5_001, Role.CASHIER)
    assert over.answer is Answer.APPROVAL
    got = permit_offline(over, Act.REFUND, now_us=NOW, last_contact_us=LOST, signed_in_us=NOW)
    assert got == Permitted(
        answer=Answer.NEVER, limit=None, because=(because("why.contact.needed", "R90", n=7, limit=7),)
    )


def test_what_the_matrix_denies_keeps_its_reason() -> None:
    """R90, D8: never stays never for its own reason."""
    denied = alone(Act.SELL, role=Role.VIEWER)
    assert permit_offline(denied, Act.SELL, now_us=NOW, last_contact_us=LOST, signed_in_us=None) == denied


@pytest.mark.parametrize(
    ("signed_in_us", "answer"),
    [
        pytest.param(None, Answer.NEVER, id="never here"),
        pytest.param(NOW - 35 * US_PER_DAY - 1, Answer.NEVER, id="longer ago than 35 days"),
        pytest.param(NOW - 35 * US_PER_DAY, Answer.YES, id="35 days ago to the instant"),
        pytest.param(NOW, Answer.YES, id="now"),
    ],
)
def test_who_signed_in_here_lately(signed_in_us: int | None, answer: Answer) -> None:
    """R90, D8: after a week only staff who signed in at this terminal within 35 days work at all."""
    got = permit_offline(alone(Act.SELL), Act.SELL, now_us=NOW, last_contact_us=LOST, signed_in_us=signed_in_us)
    assert got.answer is answer
    if answer is Answer.NEVER:
        assert got == Permitted(
            answer=Answer.NEVER, limit=None, because=(because("why.contact.not_here", "R90", n=7, limit=35),)
        )


@given(
    roles=st.sets(st.sampled_from(Role)),
    act=st.sampled_from(Act),
    amount=st.integers(0, 20_000_000),
    age_days=st.integers(-1, 60),
    signed_days=st.none() | st.integers(0, 60),
)
def test_lost_contact_never_gives_more(
    roles: set[Role], act: Act, amount: int, age_days: int, signed_days: int | None
) -> None:
    """R90, D8: no time without contact and no sign-in makes an answer better than the matrix's."""
    before = permit(roles, act, amount)
    got = permit_offline(
        before,
        act,
        now_us=NOW,
        last_contact_us=NOW - age_days * US_PER_DAY,
        signed_in_us=None if signed_days is None else NOW - signed_days * US_PER_DAY,
    )
    assert got.answer in {before.answer, Answer.NEVER}
    assert (got.answer is Answer.NEVER) or act in STILL or age_days <= 7
