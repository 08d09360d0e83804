"""Roll-over: the Paid to Date moves a year on, notices go out, and later the unpaid lapse (R107).

Each function is its own dry run: nothing is changed until the caller keeps what it gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.fees import TickedFee
from clubtill_rules.members.joining import Receipted, receipt
from clubtill_rules.members.standing import financial
from clubtill_rules.values.days import NEVER_PAID, add_months
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

_YEAR_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A classification's Paid to Date before and after; None, None with the reason where it has none."""

    number: int
    before: date | None
    after: date | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A renewal notice: who, for which classification, paid to when (None for never), and the fee to the new date."""

    person_id: str
    number: str
    name: str
    classification: int
    paid_to: date | None
    fee: Money
    due_to: date
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRow:
    """What the lapse run makes of a member of a chosen classification.

    Attributes:
        lapses: he is moved; otherwise he stays, and the reason says why.
        late: days un-financial; 0 for somebody paid up or without a day to count from.
        before, after: the member's records; the same where he stays. `before` holds the prior classification.
    """

    lapses: bool
    late: int
    before: MemberCard
    after: MemberCard
    because: tuple[Because, ...]


def move_paid_to(classifications: Iterable[Classification], numbers: Collection[int]) -> tuple[Moved, ...]:
    """Move the Paid to Date of chosen classifications one year on; no member moves with it (R21, R107).

    29 February goes to 28 February. A classification without a Paid to Date stays, with the reason.
    """
    chosen = sorted((one for one in classifications if one.number in numbers), key=lambda one: one.number)
    return tuple(_moved(one) for one in chosen)


def move_back(classification: Classification, moved: Moved) -> Classification:
    """Undo the move of one classification (R107).

    Raises:
        Refusal: `roll.changed` when its Paid to Date is no longer the one that the move set.
    """
    if classification.number != moved.number or classification.paid_to != moved.after:
        raise Refusal("roll.changed")
    return replace(classification, paid_to=moved.before)


def notices(members: Iterable[MemberCard], classifications: Iterable[Classification]) -> tuple[Notice, ...]:
    """List who has not paid to the new Paid to Date, primary and links alike, by classification and number (R107).

    Args:
        members: of the club; banned members get no notice.
        classifications: those chosen, with the Paid to Date already moved; without one none is listed.
    """
    known = {one.number: one for one in classifications}
    found: list[Notice] = []
    for member in members:
        held = (
            (member.classification, member.renewal_date),
            *((one.number, one.renewal_date) for one in member.linked),
        )
        for number, renewal_date in held:
            due_to = known[number].paid_to if number in known else None
            if due_to is not None and renewal_date < due_to and not is_banned(member):
                found.append(
                    Notice(
                        person_id=member.person_id,
                        number=member.number,
                        name=member.name,
                        classification=number,
                        paid_to=None if renewal_date == NEVER_PAID else renewal_date,
                        fee=known[number].fee,
                        due_to=due_to,
                        because=(because("why.roll.notice", "R107", paid_to=renewal_date, due_to=due_to),),
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.classification, one.number)))


def lapse_run(
    members: Iterable[MemberCard], numbers: Collection[int], lapsed: Classification, club: Club, day: date
) -> tuple[LapseRow, ...]:
    """Tell who lapses of the chosen primary classifications: those un-financial for more than `lapse_days` (R107).

    Somebody who never paid is counted from the application; without that day he stays, for somebody to look at.
    Renewal Date, points and their expiry stay with everybody.

    Args:
        members: of the club, in the order of the list.
        numbers: of the classifications chosen; 99 and the Lapsed one never take part.
        lapsed: the classification to move to.
        club: its `lapse_days`, and All Members Active, by which nobody is late.
        day: the trading day of the run.
    """
    chosen = set(numbers) - {BANNED, lapsed.number}
    return tuple(
        _lapse(member, lapsed, club, day)
        for member in members
        if member.classification in chosen and not is_banned(member)
    )


def undo_lapse(member: MemberCard, row: LapseRow) -> MemberCard:
    """Give a lapsed member the prior classification back, while nothing else changed him since (R107).

    Args:
        member: as he is now; a newer version of the same record is not a change.
        row: of the run.

    Raises:
        Refusal: `roll.changed_member` when something else changed him, or the run did not move him.
    """
    if not row.lapses or replace(member, version=0) != replace(row.after, version=0):
        raise Refusal("roll.changed_member", number=member.number)
    return replace(member, classification=row.before.classification)


def as_before_lapse(member: MemberCard, prior: int) -> MemberCard:
    """Give a lapsed member with the prior classification, so that `fees.fees_of` lists its fee (R107)."""
    return replace(member, classification=prior)


def receipt_lapsed(
    member: MemberCard,
    prior: int,
    fees: Sequence[TickedFee],
    *,
    classifications: Mapping[int, Classification],
    club: Club,
    day: date,
    event_id: str,
    at_us: int,
    approved: Collection[int] = frozenset(),
    provisional: bool = False,
) -> Receipted:
    """Receipt the fees of a lapsed member: paying the prior classification's restores it (R107, R20).

    Without that fee among them he stays lapsed. Arguments otherwise as `joining.receipt`.

    Raises:
        Refusal: as `joining.receipt`.
    """
    done = receipt(
        as_before_lapse(member, prior),
        fees,
        classifications=classifications,
        club=club,
        day=day,
        event_id=event_id,
        at_us=at_us,
        approved=approved,
        provisional=provisional,
    )
    if any(fee.number == prior for fee in fees):
        return done
    return replace(done, member=replace(done.member, classification=member.classification))


def _moved(one: Classification) -> Moved:
    if one.paid_to is None:
        why = because("why.roll.no_date", "R107", classification=one.description)
        return Moved(number=one.number, before=None, after=None, because=(why,))
    after = add_months(one.paid_to, _YEAR_MONTHS)
    # Without arithmetic: a year is no number of days, and the reason names both dates.
    why = because("why.roll.moved", "R107", classification=one.description, before=one.paid_to, paid_to=after)
    return Moved(number=one.number, before=one.paid_to, after=after, because=(why,))


def _lapse(member: MemberCard, lapsed: Classification, club: Club, day: date) -> LapseRow:
    since = member.application_date if member.renewal_date == NEVER_PAID else member.renewal_date
    if financial(member, club, day):
        return _stays(member, because("why.lapse.paid", "R107", paid_to=member.renewal_date))
    if since is None:
        return _stays(member, because("why.lapse.no_day", "R107", number=member.number))
    late = (day - since).days
    figure = working(late, Rounding.EXACT, day, ("-", since))
    lapses = late > club.lapse_days
    code = "why.lapse.lapses" if lapses else "why.lapse.stays"
    why = because(code, "R107", working=figure, n=late, limit=club.lapse_days, classification=lapsed.description)
    after = replace(member, classification=lapsed.number) if lapses else member
    return LapseRow(lapses=lapses, late=late, before=member, after=after, because=(why,))


def _stays(member: MemberCard, why: Because) -> LapseRow:
    return LapseRow(lapses=False, late=0, before=member, after=member, because=(why,))
