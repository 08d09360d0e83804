"""Bans: given with everything that lifting needs, lifted by those who may, and letting in once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.access import is_banned, may_attach
from clubtill_rules.members.account import BanKind, Block, CardState
from clubtill_rules.members.bans import (
    Ban,
    Banned,
    LetIn,
    Lifted,
    Lifting,
    ban,
    let_in,
    lift,
    lifting,
    unblocked_by_lifting,
)
from clubtill_rules.members.classification import BANNED
from clubtill_rules.members.venue import Venue
from clubtill_rules.permissions import Act, Answer, Role
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import CARD, CLUB, DAY, GOLD, MATEO, OLD, STOLEN

DUTY = {Role.DUTY_MANAGER}
LAST = date(2027, 5, 24)
HOUSE = Ban(kind=BanKind.HOUSE, reason="fighting", day=DAY, staff_id="dana", prior=3, last_day=None)
SELF = replace(HOUSE, kind=BanKind.SELF_EXCLUSION, last_day=LAST)
OUT = replace(MATEO, classification=BANNED, ban=BanKind.HOUSE, ban_note="see book", block=Block.BLOCKED)
LAW = (BanKind.SELF_EXCLUSION, BanKind.ACCORD, BanKind.POLICE)


def banned(**change: object) -> Banned:
    """Ban Mateo for fighting, with one thing changed."""
    facts = {
        "member": MATEO,
        "kind": BanKind.HOUSE,
        "reason": "fighting",
        "day": DAY,
        "staff_id": "dana",
        "roles": DUTY,
    }
    return ban(**{**facts, **change})  # type: ignore[arg-type] - a table's columns


@pytest.mark.parametrize("kind", BanKind)
def test_a_ban_keeps_what_lifting_needs(kind: BanKind) -> None:
    """R12: reason, day, staff and the prior classification; the cards stay as they are unless asked."""
    assert banned(kind=kind, reason=" fighting ", last_day=LAST) == Banned(
        member=replace(MATEO, classification=99, ban=kind),
        ban=Ban(kind=kind, reason="fighting", day=DAY, staff_id="dana", prior=3, last_day=LAST),
        because=(because(f"why.ban.{kind.value}", "R12", number="100204", day=DAY),),
    )


def test_a_ban_that_blocks_cards_remembers_which() -> None:
    """R12: working cards only; one stopped or replaced before is not the ban's."""
    done = banned(block_cards=True)
    assert done.ban.cards == ("d1",)
    assert done.member.cards == (replace(CARD, state=CardState.BLOCKED), STOLEN, OLD)
    assert banned().ban.cards == ()
    assert banned().member.cards == MATEO.cards


def test_a_ban_remembers_the_log_ins_that_were_blocked_with_it() -> None:
    """R12: each once, those of a house ban that became one of the law too."""
    first = banned(block_logins=["m.silva", "mateo"])
    assert first.ban.logins == ("m.silva", "mateo")
    law = banned(member=first.member, earlier=first.ban, kind=BanKind.POLICE, block_logins=["mateo", "ms"])
    assert law.ban.logins == ("m.silva", "mateo", "ms")
    assert banned().ban.logins == ()


@pytest.mark.parametrize(
    ("change", "code", "facts"),
    [
        pytest.param({"reason": ""}, "ban.reason", {}, id="no reason"),
        pytest.param({"reason": "  "}, "ban.reason", {}, id="blank reason"),
        pytest.param({"last_day": DAY - timedelta(days=1)}, "ban.over", {"day": DAY - timedelta(days=1)}, id="over"),
        pytest.param({"roles": {Role.RECEPTION}}, "permission.missing", {}, id="Reception does not ban"),
        pytest.param({"member": OUT}, "ban.standing", {"number": "100204"}, id="banned before"),
        pytest.param(
            {"member": replace(MATEO, ban=BanKind.POLICE)}, "ban.standing", {"number": "100204"}, id="by card"
        ),
        pytest.param(
            {"member": replace(MATEO, classification=99)}, "ban.standing", {"number": "100204"}, id="by classification"
        ),
        pytest.param({"member": OUT, "earlier": HOUSE}, "ban.standing", {"number": "100204"}, id="house ban twice"),
        pytest.param(
            {"member": OUT, "earlier": SELF, "kind": BanKind.POLICE},
            "ban.standing",
            {"number": "100204"},
            id="law twice",
        ),
    ],
)
def test_no_ban(change: dict[str, object], code: str, facts: dict[str, object]) -> None:
    """R12 and row 27: nothing is changed without a reason, a role, or where a ban stands."""
    with pytest.raises(Refusal) as refused:
        banned(**change)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_ban_of_one_day() -> None:
    """R12: the last day may be today."""
    assert banned(last_day=DAY).ban.last_day == DAY


@pytest.mark.parametrize("kind", LAW)
def test_a_house_ban_becomes_one_of_the_law(kind: BanKind) -> None:
    """R12: the classification before the first ban and its cards are kept for lifting."""
    first = banned(block_cards=True)
    extra = replace(CARD, digest="d9")
    with_new_card = replace(first.member, cards=(*first.member.cards, extra))
    done = banned(member=with_new_card, kind=kind, earlier=first.ban, reason="order", last_day=LAST)
    assert done.ban == Ban(kind=kind, reason="order", day=DAY, staff_id="dana", prior=3, last_day=LAST, cards=("d1",))
    assert (done.member.ban, done.member.cards[-1]) == (kind, extra)
    again = banned(member=with_new_card, kind=kind, earlier=first.ban, block_cards=True)
    assert again.ban.cards == ("d1", "d9")


@pytest.mark.parametrize(
    ("kind", "roles", "answer"),
    [
        pytest.param(BanKind.HOUSE, {Role.CASHIER, Role.SUPERVISOR, Role.RECEPTION}, Answer.NEVER, id="POS, house"),
        pytest.param(BanKind.HOUSE, DUTY, Answer.APPROVAL, id="Duty manager, house"),
        pytest.param(BanKind.HOUSE, {Role.VENUE_MANAGER}, Answer.YES, id="Venue manager, house"),
        *(
            pytest.param(kind, {role}, Answer.NEVER, id=f"{role.value}, {kind.value}")
            for kind in LAW
            for role in (Role.CASHIER, Role.SUPERVISOR, Role.RECEPTION, Role.DUTY_MANAGER, Role.MEMBERSHIP_OFFICER)
        ),
        *(pytest.param(kind, {Role.VENUE_MANAGER}, Answer.APPROVAL, id=f"Venue manager, {kind.value}") for kind in LAW),
        *(pytest.param(kind, {Role.ADMIN}, Answer.YES, id=f"Admin, {kind.value}") for kind in LAW),
    ],
)
def test_who_lifts(kind: BanKind, roles: set[Role], answer: Answer) -> None:
    """R12, rows 28 and 29: with document and after its end; a self-exclusion never by POS staff."""
    given = replace(SELF, kind=kind)
    row = "28" if kind is BanKind.HOUSE else "29"
    code = "permission.missing" if answer is Answer.NEVER else ""
    expected = Lifting(answer=answer, code=code, because=(because(f"why.ban.lift.{answer.value}", "R12", row=row),))
    assert lifting(given, roles, LAST + timedelta(days=1), document="F12") == expected


@pytest.mark.parametrize("kind", LAW)
@pytest.mark.parametrize(
    ("last_day", "day", "document", "code", "named"),
    [
        pytest.param(LAST, LAST, "F12", "ban.not_over", LAST, id="on its last day"),
        pytest.param(LAST, LAST + timedelta(days=1), " ", "ban.document", DAY, id="without the document"),
        pytest.param(None, LAST, "F12", "ban.no_end", DAY, id="without an end"),
    ],
)
def test_bans_of_the_law_are_not_lifted_early(
    *, kind: BanKind, last_day: date | None, day: date, document: str, code: str, named: date
) -> None:
    """R12, row 29: never before the end, never without the document, by nobody."""
    given = replace(SELF, kind=kind, last_day=last_day)
    found = lifting(given, {Role.ADMIN}, day, document=document)
    assert found == Lifting(answer=Answer.NEVER, code=code, because=(because(f"why.{code}", "R12", day=named),))
    with pytest.raises(Refusal) as refused:
        lift(OUT, given, roles={Role.ADMIN}, day=day, document=document)
    assert (refused.value.code, refused.value.facts) == (code, {"day": named})


def test_no_document_is_none() -> None:
    """R12: a document that nobody named is missing, at the question and at the act."""
    after = LAST + timedelta(days=1)
    assert lifting(SELF, {Role.ADMIN}, after).code == "ban.document"
    with pytest.raises(Refusal, match=r"ban\.document"):
        lift(OUT, SELF, roles={Role.ADMIN}, day=after)
    assert banned().ban.last_day is None


def test_a_house_ban_is_lifted_at_any_time() -> None:
    """R12: its last day and a document do not matter."""
    assert lifting(replace(HOUSE, last_day=LAST), {Role.VENUE_MANAGER}, DAY).answer is Answer.YES


def test_lifting_restores_the_classification_and_unblocks_the_member() -> None:
    """R12: whatever is answered about the cards; note and block go."""
    done = banned(block_cards=True, block_logins=["m.silva"])
    out = replace(done.member, block=Block.BLOCKED, ban_note="see book")
    answer = lift(out, done.ban, roles={Role.VENUE_MANAGER}, day=LAST)
    reasons = (because("why.ban.lift.yes", "R12", row="28"), because("why.ban.lifted", "R12", number=3, day=LAST))
    assert answer == Lifted(
        member=replace(MATEO, cards=(replace(CARD, state=CardState.BLOCKED), STOLEN, OLD)),
        cards=(),
        logins=(),
        because=reasons,
    )
    assert lift(out, done.ban, roles={Role.VENUE_MANAGER}, day=LAST, unblock=True) == Lifted(
        member=MATEO, cards=("d1",), logins=("m.silva",), because=reasons
    )


def test_the_question_names_the_cards_that_the_ban_blocked() -> None:
    """R12: one that was replaced meanwhile is not asked about, nor one stolen before."""
    done = banned(block_cards=True)
    assert unblocked_by_lifting(done.member, done.ban) == ("d1",)
    gone = replace(done.member, cards=(replace(CARD, state=CardState.REPLACED), STOLEN))
    assert unblocked_by_lifting(gone, done.ban) == ()
    assert unblocked_by_lifting(OUT, HOUSE) == ()


def test_lifting_with_approval() -> None:
    """R12, row 28: a Duty manager needs one more person."""
    with pytest.raises(Refusal) as refused:
        lift(OUT, HOUSE, roles=DUTY, day=DAY)
    assert (refused.value.code, refused.value.facts) == ("approval.needed", {})
    assert lift(OUT, HOUSE, roles=DUTY, day=DAY, approved=True).member.classification == 3


def test_an_approval_opens_no_closed_row() -> None:
    """R12, row 28: what the matrix denies stays denied."""
    with pytest.raises(Refusal) as refused:
        lift(OUT, HOUSE, roles={Role.CASHIER}, day=DAY, approved=True)
    assert (refused.value.code, refused.value.facts) == ("permission.missing", {"row": "28"})


@pytest.mark.parametrize(
    ("kind", "roles", "act", "answer"),
    [
        pytest.param(
            BanKind.HOUSE, DUTY, Act.LET_IN_HOUSE_BAN, Answer.YES, marks=pytest.mark.example("R12.1"), id="house, Duty"
        ),
        pytest.param(
            BanKind.POLICE,
            DUTY,
            Act.LET_IN_OTHER_BAN,
            Answer.NEVER,
            marks=pytest.mark.example("R12.1"),
            id="police, Duty",
        ),
        pytest.param(BanKind.HOUSE, {Role.RECEPTION}, Act.LET_IN_HOUSE_BAN, Answer.NEVER, id="house, Reception"),
        pytest.param(
            BanKind.HOUSE, {Role.VENUE_MANAGER}, Act.LET_IN_HOUSE_BAN, Answer.NEVER, id="house, Venue manager"
        ),
        pytest.param(BanKind.SELF_EXCLUSION, set(Role), Act.LET_IN_OTHER_BAN, Answer.NEVER, id="self-exclusion, all"),
        pytest.param(BanKind.ACCORD, set(Role), Act.LET_IN_OTHER_BAN, Answer.NEVER, id="accord, all roles"),
        pytest.param(None, set(Role), Act.LET_IN_OTHER_BAN, Answer.NEVER, id="a ban of unknown kind"),
    ],
)
def test_letting_in(kind: BanKind | None, roles: set[Role], act: Act, answer: Answer) -> None:
    """R12, D35: a house ban to a Duty manager; any other is not on the screen. The member is changed by neither."""
    why = because(f"why.ban.let_in.{answer.value}", "R12", row=act.value)
    assert let_in(kind, roles) == LetIn(act=act, answer=answer, because=(why,))


@pytest.mark.example("R11.1")
def test_a_banned_member_at_two_venues() -> None:
    """R11: venue X on, venue Y off, same card: blocked at X, attached at Y."""
    out = banned().member
    assert is_banned(out)
    x = Venue(id="x", name="X", zone="Australia/Sydney")
    answers = [
        may_attach(out, None, card=CARD, classification=GOLD, club=CLUB, venue=venue, day=DAY).ok
        for venue in (x, replace(x, id="y", exclude_banned=False))
    ]
    assert answers == [False, True]


@given(
    kind=st.sampled_from(BanKind),
    classification=st.sampled_from([1, 3, 98, 100, 999]),
    states=st.lists(st.sampled_from(CardState), max_size=4),
    days=st.integers(0, 400),
)
def test_what_was_banned_comes_back_as_it_was(
    kind: BanKind, classification: int, states: list[CardState], days: int
) -> None:
    """R12: any member, any kind: lifted after its last day with its document, everything is as before the ban."""
    cards = tuple(replace(CARD, digest=f"c{n}", state=state) for n, state in enumerate(states))
    member = replace(MATEO, classification=classification, cards=cards)
    done = banned(member=member, kind=kind, last_day=DAY + timedelta(days=days), block_cards=True)
    assert is_banned(done.member)
    assert CardState.ACTIVE not in [card.state for card in done.member.cards]
    role = {Role.VENUE_MANAGER} if kind is BanKind.HOUSE else {Role.ADMIN}
    after = DAY + timedelta(days=days + 1)
    assert lift(done.member, done.ban, roles=role, day=after, document="F12", unblock=True).member == member
