"""Joining: what a finalised sale with fees makes of a member: Renewal Dates and Join Points (R20, R23)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club, JoinPointsOn
from clubtill_rules.members.fees import TickedFee, fees_of, tick
from clubtill_rules.members.renewing import renew_often
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinAward:
    """The Join Points of one fee: a lot of its own, in hundredths of a point, under a key of its own (R23)."""

    number: int
    points: Points
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePaid:
    """One fee of a final sale, with what is needed to take it back (R24).

    Attributes:
        event_id, place: the sale and the fee's place among its fees; together they name the fee.
        at_us: the instant of finalising.
        number: of the classification.
        fee: minor units; nil counts as paid (R23).
        before, after: the Renewal Dates.
        award: the Join Points; None where the fee gave none.
        provisional: taken without the ledger, which works it out again (R90).
    """

    event_id: str
    place: int
    at_us: int
    number: int
    fee: Money
    before: date
    after: date
    award: JoinAward | None
    provisional: bool = False
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipted:
    """A sale's fees: the member with his new Renewal Dates, and each fee in the order of the list."""

    member: MemberCard
    fees: tuple[FeePaid, ...]

    @property
    def awards(self) -> tuple[JoinAward, ...]:
        """The Join Points, one lot a fee (R23)."""
        return tuple(fee.award for fee in self.fees if fee.award is not None)

    @property
    def provisional(self) -> bool:
        """The receipt says PROVISIONAL (R90)."""
        return any(fee.provisional for fee in self.fees)


def join_key(club_id: str, person_id: str, number: int, event_id: str, place: int) -> str:
    """Name the Join Points of one fee of a person (R23)."""
    return f"join:{club_id}:{person_id}:{number}:{event_id}:{place}"


def join_points(
    member: MemberCard, classification: Classification, club: Club, before: date
) -> tuple[Points, tuple[Because, ...]]:
    """Give the Join Points of one fee of a classification, never multiplied (R23).

    Args:
        member: a member who takes no part in the points scheme gets none.
        classification: with its whole Join Points.
        club: whether renewing gives them too, or joining only.
        before: the Renewal Date before the fee; a first fee is joining.

    Returns:
        The points with the reasons; no points and no reasons for a classification that gives none.
    """
    if not classification.join_points:
        return NO_POINTS, ()
    if not member.earns_points:
        return NO_POINTS, (because("why.points.declined", "R23"),)
    if club.join_points_on is JoinPointsOn.JOIN_ONLY and before != NEVER_PAID:
        return NO_POINTS, (because("why.join.renewal", "R23", club=club.name, paid_to=before),)
    points = whole(classification.join_points)
    figure = working(points, Rounding.EXACT, points)
    name = classification.description
    return points, (because("why.join.given", "R23", working=figure, points=points, classification=name),)


def receipt(
    member: MemberCard,
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
    """Receipt the fees of a sale that is now final (R20-R23); before that nothing changes.

    Args:
        member: as the sale ends, so that a ban since then counts (R11).
        fees: what was ticked, with the fee that the sale charged.
        classifications: the club's settings by number.
        club: its Join Points setting.
        day: the venue's trading day of finalising (R3).
        event_id: of the sale.
        at_us: the instant of finalising.
        approved: classifications whose fee somebody entitled agreed to take again (R21).
        provisional: the ledger is out of reach (R90).

    Raises:
        Refusal: as `fees.tick`, for what changed since the fees were ticked; `fee.one_period`. Nothing is applied.
        ValueError: a classification stands twice; several periods of one are one ticked fee.
    """
    charged = {fee.number: fee.fee for fee in fees}
    if len(charged) < len(fees):
        raise ValueError("fees: each classification once")
    rows = fees_of(member, classifications, club, day)
    ticked = tick(rows, {fee.number: fee.periods for fee in fees}, approved=approved)
    dates = {member.classification: member.renewal_date, **{link.number: link.renewal_date for link in member.linked}}
    paid: list[FeePaid] = []
    for fee in ticked:
        classification = classifications[fee.number]
        for renewal in renew_often(classification, dates[fee.number], day, fee.periods):
            key = join_key(club.id, member.person_id, fee.number, event_id, len(paid))
            points, why = join_points(member, classification, club, renewal.before)
            paid.append(
                FeePaid(
                    event_id=event_id,
                    place=len(paid),
                    at_us=at_us,
                    number=fee.number,
                    fee=charged[fee.number],
                    before=renewal.before,
                    after=renewal.after,
                    award=JoinAward(number=fee.number, points=points, key=key) if points else None,
                    provisional=provisional,
                    because=(*renewal.because, *why),
                )
            )
            dates[fee.number] = renewal.after
    return Receipted(member=with_dates(member, dates), fees=tuple(paid))


def with_dates(member: MemberCard, dates: Mapping[int, date]) -> MemberCard:
    """Give a member with other Renewal Dates, by classification number; what is not named stays."""
    return replace(
        member,
        renewal_date=dates.get(member.classification, member.renewal_date),
        linked=tuple(replace(link, renewal_date=dates.get(link.number, link.renewal_date)) for link in member.linked),
    )
