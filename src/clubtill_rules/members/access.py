"""Access: what bars a member from a venue, in R45's order, and what a member attached at the till may have (R17).

The bars are the same at the till and at the door. What the door makes of an unpaid fee is the door's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from clubtill_rules.members.account import AccountCard, CardToken, MemberCard
from clubtill_rules.members.cards.resolving import Bar, resolve
from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.members.standing import Standing, standing
from clubtill_rules.members.venue import UnfinancialPolicy, Venue
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach:
    """Whether a member may be attached to a sale.

    Attributes:
        code: the sentence of the no, or of the banner over an attached member; blank where there is nothing to say.
        benefits: member prices, earning and redeeming; without them the member is attached for fees only (R17).
        because: the reasons; their facts fill in the sentence.
    """

    ok: bool
    code: str
    benefits: bool
    because: tuple[Because, ...]


def is_banned(member: MemberCard) -> bool:
    """Tell whether a member is banned: by classification 99, or by a ban on the card that came before it (R11, R12)."""
    return member.classification == BANNED or member.ban is not None


def first_bar(
    member: MemberCard,
    account: AccountCard | None,
    *,
    card: CardToken | None,
    classification: Classification | None,
    club: Club,
    venue: Venue,
    day: date,
    deny: Deny = NOBODY_DENIED,
) -> Bar | None:
    """Give the first thing that bars a member here, or None: card, contact, account, ban, venue, delay (R45, 2 to 5).

    Args:
        member: the person found.
        account: the person's points account; None where only the person is known.
        card: the card that was read; None when the member was found by name or number.
        classification: the primary classification; None when its settings are not known here.
        club: gives the admission delay (R18).
        venue: where the member is (R15), and whether it excludes banned members (R11).
        day: the venue's trading day.
        deny: what the deny list says of card, person and account.
    """
    return (
        resolve(card, member, account, deny)
        or _ban_bar(member, venue, deny)
        or _venue_bar(classification, venue)
        or _delay_bar(member, club, day)
    )


def may_attach(
    member: MemberCard,
    account: AccountCard | None,
    *,
    card: CardToken | None,
    classification: Classification | None,
    club: Club,
    venue: Venue,
    day: date,
    deny: Deny = NOBODY_DENIED,
) -> Attach:
    """Decide whether a member may be attached to a sale, and with which benefits (R11, R13, R15, R17, R18).

    A member whose classification is not known here is attached without benefits. Arguments as `first_bar`.
    """
    bar = first_bar(
        member, account, card=card, classification=classification, club=club, venue=venue, day=day, deny=deny
    )
    if bar is not None:
        return Attach(ok=False, code=bar.code, benefits=False, because=(bar.because,))
    if classification is None:
        return Attach(ok=True, code="member.class_unknown", benefits=False, because=(class_unknown(member),))
    now = standing(member, classification, club, day)
    banner = banned_here(member, venue, deny)
    if banner is not None:
        return _by_policy(now, venue, code="member.banned_allowed", reasons=(banner,))
    return _by_policy(now, venue, code="", reasons=())


def class_unknown(member: MemberCard) -> Because:
    """Say that a member's classification has no settings here: nothing can be decided by it (R6)."""
    return because("why.class_unknown", "R6", number=member.classification)


def banned_here(member: MemberCard, venue: Venue, deny: Deny) -> Because | None:
    """Say that a banned member is let through where Exclude Banned is off: a banner, no block (R11)."""
    if venue.exclude_banned or not (is_banned(member) or member.person_id in deny.banned):
        return None
    return because("why.banned.allowed", "R11", venue=venue.name)


def _ban_bar(member: MemberCard, venue: Venue, deny: Deny) -> Bar | None:
    if venue.exclude_banned and (is_banned(member) or member.person_id in deny.banned):
        return Bar(code="member.excluded", because=because("why.banned", "R11", venue=venue.name, number=member.number))
    return None


def _venue_bar(classification: Classification | None, venue: Venue) -> Bar | None:
    if classification is None or classification.venues is None or venue.id in classification.venues:
        return None
    why = because("why.venue", "R15", classification=classification.description, venue=venue.name)
    return Bar(code="member.venue", because=why)


def _delay_bar(member: MemberCard, club: Club, day: date) -> Bar | None:
    if member.application_date is None:
        return None
    starts = member.application_date + timedelta(days=club.admission_delay_days)
    if day >= starts:
        return None
    why = because("why.too_soon", "R18", applied=member.application_date, n=club.admission_delay_days, day=starts)
    return Bar(code="member.too_soon", because=why)


def _by_policy(now: Standing, venue: Venue, *, code: str, reasons: tuple[Because, ...]) -> Attach:
    """Decide by what the venue lets un-financial members do at the till (R17)."""
    if now.financial:
        return Attach(ok=True, code=code, benefits=True, because=(*reasons, *now.because))
    policy = venue.unfinancial_policy
    why = (*reasons, *now.because, because(f"why.policy.{policy.value}", "R17", fee=now.fee))
    if policy is UnfinancialPolicy.ALLOW:
        return Attach(ok=True, code=code, benefits=True, because=why)
    if policy is UnfinancialPolicy.FEES_ONLY:
        return Attach(ok=True, code="member.unpaid.till", benefits=False, because=why)
    return Attach(ok=False, code="member.unpaid.block", benefits=False, because=why)
