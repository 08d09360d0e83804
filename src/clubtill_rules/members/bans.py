"""Bans: banning, lifting a ban and letting a banned member in once; each kind with its own law (R11, R12).

A ban freezes points and removes none; they go on expiring. Who may do what is the matrix, rows 20, 21 and 27 to 29.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.members.account import BanKind, Block, CardState, MemberCard
from clubtill_rules.members.classification import BANNED
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A ban as it is kept beside the member (R12).

    Attributes:
        reason: a reason code of the club.
        day: the venue's trading day on which it was given.
        staff_id: who gave it.
        prior: the classification before the ban, which lifting restores.
        last_day: the last day of the ban; None where none was set.
        cards: digests of the cards that were blocked with it, for lifting to ask about.
        logins: names of the member's own log-ins that were blocked with it, likewise.
    """

    kind: BanKind
    reason: str
    day: date
    staff_id: str
    prior: int
    last_day: date | None
    cards: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Banned:
    """A member after a ban was given."""

    member: MemberCard
    ban: Ban
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifting:
    """Whether somebody may lift a ban now.

    Attributes:
        answer: YES, APPROVAL by one more person, or NEVER.
        code: the sentence of a NEVER; blank otherwise.
    """

    answer: Answer
    code: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A member after a ban was lifted, and the cards and log-ins that were unblocked with it."""

    member: MemberCard
    cards: tuple[str, ...]
    logins: tuple[str, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """Whether a banned member can be let in once; the ban stays. `answer` NEVER: the act is not on the screen (R12)."""

    act: Act
    answer: Answer
    because: tuple[Because, ...]


def ban(
    member: MemberCard,
    kind: BanKind,
    reason: str,
    *,
    day: date,
    staff_id: str,
    roles: Collection[Role],
    last_day: date | None = None,
    block_cards: bool = False,
    block_logins: Collection[str] = (),
    earlier: Ban | None = None,
) -> Banned:
    """Ban a member: classification 99, with everything that lifting needs (R12).

    A house ban can become one of the law; the classification before the first ban is kept.

    Args:
        member: the person.
        kind: under which law.
        reason: the reason code; it may not be blank.
        day: the venue's trading day.
        staff_id: who bans, with his `roles`.
        roles: row 27 of the matrix.
        last_day: the last day of the ban, where one is set.
        block_cards: block the member's working cards as well.
        block_logins: names of the member's own log-ins that the caller blocks as well.
        earlier: the ban that stands, if there is one.

    Raises:
        Refusal: `permission.missing`; `ban.reason` without a reason; `ban.over` for a last day before today;
            `ban.standing` where the member is banned, unless a house ban becomes one of the law.
    """
    if may(roles, Act.BAN) is not Answer.YES:
        raise Refusal("permission.missing")
    if not reason.strip():
        raise Refusal("ban.reason")
    if last_day is not None and last_day < day:
        raise Refusal("ban.over", day=last_day)
    stricter = earlier is not None and earlier.kind is BanKind.HOUSE and kind is not BanKind.HOUSE
    if (member.classification == BANNED or member.ban is not None) and not stricter:
        raise Refusal("ban.standing", number=member.number)
    active = tuple(card.digest for card in member.cards if card.state is CardState.ACTIVE)
    before = earlier.cards if earlier is not None else ()
    logins = earlier.logins if earlier is not None else ()
    given = Ban(
        kind=kind,
        reason=reason.strip(),
        day=day,
        staff_id=staff_id,
        prior=member.classification if earlier is None else earlier.prior,
        last_day=last_day,
        cards=(*before, *active) if block_cards else before,
        logins=tuple(dict.fromkeys((*logins, *block_logins))),
    )
    banned = replace(member, classification=BANNED, ban=kind)
    why = because(f"why.ban.{kind.value}", "R12", number=member.number, day=day)
    return Banned(member=_cards_to(banned, given.cards, CardState.BLOCKED), ban=given, because=(why,))


def lifting(given: Ban, roles: Collection[Role], day: date, *, document: str = "") -> Lifting:
    """Tell whether somebody may lift a ban (R12 and rows 28 and 29 of the matrix).

    A self-exclusion, accord or police ban needs its document and is never lifted before its end; one without a last
    day has none yet.

    Args:
        given: the ban.
        roles: of who wants to lift it.
        day: the venue's trading day.
        document: the reference of the document; not needed for a house ban.
    """
    act = Act.LIFT_HOUSE_BAN if given.kind is BanKind.HOUSE else Act.LIFT_OTHER_BAN
    answer = may(roles, act)
    if answer is Answer.NEVER:
        return _never("permission.missing", because("why.ban.lift.never", "R12", row=act.value))
    if act is Act.LIFT_OTHER_BAN and given.last_day is None:
        return _never("ban.no_end", because("why.ban.no_end", "R12", day=given.day))
    if act is Act.LIFT_OTHER_BAN and given.last_day is not None and day <= given.last_day:
        return _never("ban.not_over", because("why.ban.not_over", "R12", day=given.last_day))
    if act is Act.LIFT_OTHER_BAN and not document.strip():
        return _never("ban.document", because("why.ban.document", "R12", day=given.day))
    return Lifting(answer=answer, code="", because=(because(f"why.ban.lift.{answer.value}", "R12", row=act.value),))


def lift(
    member: MemberCard,
    given: Ban,
    *,
    roles: Collection[Role],
    day: date,
    document: str = "",
    approved: bool = False,
    unblock: bool = False,
) -> Lifted:
    """Lift a ban: the classification before it comes back, and the member is unblocked whatever is asked (R12).

    Args:
        member: the banned person.
        given: the ban.
        roles: of who lifts it.
        day: the venue's trading day.
        document: the reference of the document, for a ban of the law.
        approved: another person approved, where the matrix asks for it.
        unblock: the answer to the question about cards and log-ins: those that the ban blocked work again. A card that
            was blocked for another reason or replaced stays so.

    Raises:
        Refusal: `permission.missing`, `ban.no_end`, `ban.not_over`, `ban.document`, `approval.needed`.
    """
    may_lift = lifting(given, roles, day, document=document)
    if may_lift.code:
        raise Refusal(may_lift.code, **may_lift.because[0].facts)
    if may_lift.answer is Answer.APPROVAL and not approved:
        raise Refusal("approval.needed")
    cards = unblocked_by_lifting(member, given) if unblock else ()
    free = replace(member, classification=given.prior, ban=None, ban_note="", block=Block.NONE)
    why = because("why.ban.lifted", "R12", number=given.prior, day=day)
    return Lifted(
        member=_cards_to(free, cards, CardState.ACTIVE),
        cards=cards,
        logins=given.logins if unblock else (),
        because=(*may_lift.because, why),
    )


def unblocked_by_lifting(member: MemberCard, given: Ban) -> tuple[str, ...]:
    """Name the cards about which lifting asks: those that the ban blocked and that are still blocked (R12)."""
    return tuple(card.digest for card in member.cards if card.digest in given.cards and card.state is CardState.BLOCKED)


def let_in_row(kind: BanKind | None) -> Act:
    """Give the row for letting a banned member in; a ban of unknown kind counts as one of the law (R12, D35)."""
    return Act.LET_IN_HOUSE_BAN if kind is BanKind.HOUSE else Act.LET_IN_OTHER_BAN


def let_in(kind: BanKind | None, roles: Collection[Role]) -> LetIn:
    """Tell whether a banned member can be let in once, with approval or not (R12, D35; rows 20 and 21)."""
    act = let_in_row(kind)
    answer = may(roles, act)
    why = because(f"why.ban.let_in.{answer.value}", "R12", row=act.value)
    return LetIn(act=act, answer=answer, because=(why,))


def _never(code: str, why: Because) -> Lifting:
    return Lifting(answer=Answer.NEVER, code=code, because=(why,))


def _cards_to(member: MemberCard, digests: Collection[str], state: CardState) -> MemberCard:
    return replace(
        member,
        cards=tuple(replace(card, state=state) if card.digest in digests else card for card in member.cards),
    )
