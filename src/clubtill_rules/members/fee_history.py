"""Fee history: the fees of one classification in effective order, and what a refund takes back (R22, R24, R90).

Pure folds: the Renewal Date never depends on the order in which fees arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.joining import FeePaid
from clubtill_rules.members.renewing import no_fee, renew
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

DIFFERS: Final = "fee.flag.differs"
"""R90: the date that the terminal told is not the ledger's."""
NO_GAIN: Final = "fee.flag.no_gain"
"""The fee moved no date: a second fee to the same fixed date, or one that came too late for it. Refund it or extend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeFact:
    """A fee that was taken somewhere, as the ledger knows it.

    Attributes:
        event_id, place: the name of the fee; the same name twice is the same fee (R4).
        at_us: the effective instant; `day` is the venue's trading day of it.
        classification: as its settings stood then.
        told: the Renewal Date that the terminal printed; None where it told none.
    """

    event_id: str
    place: int = 0
    at_us: int
    day: date
    classification: Classification
    told: date | None = None

    @property
    def name(self) -> tuple[str, int]:
        """What names the fee: the event id of the sale and the place of the fee in it."""
        return self.event_id, self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeApplied:
    """What a fee made of the Renewal Date; a refunded fee made nothing of it.

    Attributes:
        flags: DIFFERS and NO_GAIN, where they hold; both are for somebody to look at, the money stands.
    """

    name: tuple[str, int]
    before: date
    after: date
    refunded: bool
    flags: tuple[str, ...] = ()
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeHistory:
    """The Renewal Date of a classification and every fee behind it, in effective order."""

    renewal_date: date
    fees: tuple[FeeApplied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTakenBack:
    """What the refund of a fee changes (R24).

    Attributes:
        number: of the classification, whose Renewal Date becomes `renewal_date` again.
        award_key: the Join Points to reverse (R40); blank where the fee gave none. `points` are below 0.
    """

    number: int
    renewal_date: date
    award_key: str
    points: Points
    because: tuple[Because, ...]


def replay(start: date, fees: Iterable[FeeFact], refunded: Collection[tuple[str, int]] = frozenset()) -> FeeHistory:
    """Work out a Renewal Date from every fee of a classification, in order of effective time and name (R22, R90).

    A fee that was refunded counts as never paid, so that the date before it is restored (R24). A fee that the rules
    would refuse was paid all the same: it moves no date and is flagged.

    Args:
        start: the Renewal Date before the first of these fees.
        fees: of one person and one classification, in any order.
        refunded: names of the fees that were given back.

    Raises:
        ValueError: the fees are of several classifications.
    """
    known = {fee.name: fee for fee in fees}
    if len({fee.classification.number for fee in known.values()}) > 1:
        raise ValueError("fees: of one classification")
    reached, applied = start, []
    for fee in sorted(known.values(), key=lambda fee: (fee.at_us, fee.name)):
        one = _apply(fee, reached, refunded=fee.name in refunded)
        applied.append(one)
        reached = one.after
    return FeeHistory(renewal_date=reached, fees=tuple(applied))


def refund_fee(
    fees: Sequence[FeePaid], name: tuple[str, int], refunded: Collection[tuple[str, int]] = frozenset()
) -> FeeTakenBack:
    """Tell what refunding or voiding one fee takes back (R24).

    Args:
        fees: every fee of the person that is known here, in any order.
        name: of the fee.
        refunded: names of the fees that were given back before.

    Raises:
        Refusal: `fee.refunded` for one given back before, `fee.not_latest` when a later fee of the classification
            stands, with the date that it reaches.
        ValueError: the fee is not among them.
    """
    fee = next((fee for fee in fees if _name(fee) == name), None)
    if fee is None:
        raise ValueError(f"name: no fee {name}")
    if name in refunded:
        raise Refusal("fee.refunded", paid_to=fee.before)
    standing = [one for one in fees if one.number == fee.number and _name(one) not in refunded]
    latest = max(standing, key=_effective)
    if latest is not fee:
        raise Refusal("fee.not_latest", paid_to=latest.after)
    given = NO_POINTS if fee.award is None else fee.award.points
    figure = working(-given, Rounding.EXACT, NO_POINTS, ("-", given))
    why = because("why.fee.taken_back", "R24", working=figure, paid_to=fee.before, points=given)
    return FeeTakenBack(
        number=fee.number,
        renewal_date=fee.before,
        award_key="" if fee.award is None else fee.award.key,
        points=-given,
        because=(why,),
    )


def void_fees(
    fees: Sequence[FeePaid], event_id: str, refunded: Collection[tuple[str, int]] = frozenset()
) -> tuple[FeeTakenBack, ...]:
    """Tell what voiding a sale takes back of its fees, last first, so that several periods go together (R24).

    Raises:
        Refusal: as `refund_fee`, for the first that cannot go; then none goes.
    """
    names = sorted({_name(fee) for fee in fees if fee.event_id == event_id} - {*refunded}, reverse=True)
    return tuple(refund_fee(fees, name, {*refunded, *names[:place]}) for place, name in enumerate(names))


def _name(fee: FeePaid) -> tuple[str, int]:
    return fee.event_id, fee.place


def _effective(fee: FeePaid) -> tuple[int, tuple[str, int]]:
    return fee.at_us, _name(fee)


def _apply(fee: FeeFact, before: date, *, refunded: bool) -> FeeApplied:
    if refunded:
        why = because("why.fee.refunded", "R24", paid_to=before)
        return FeeApplied(name=fee.name, before=before, after=before, refunded=True, because=(why,))
    after, reasons = _reached(fee, before)
    flags = []
    if after == before:
        flags.append(NO_GAIN)
        reasons.append(because(NO_GAIN, "R22", paid_to=after))
    if fee.told is not None and fee.told != after:
        flags.append(DIFFERS)
        reasons.append(because(DIFFERS, "R90", told=fee.told, paid_to=after))
    return FeeApplied(
        name=fee.name, before=before, after=after, refunded=False, flags=tuple(flags), because=tuple(reasons)
    )


def _reached(fee: FeeFact, before: date) -> tuple[date, list[Because]]:
    stop = no_fee(fee.classification, fee.day)
    if stop is not None:
        return before, [stop.because]
    renewal = renew(fee.classification, before, fee.day)
    return renewal.after, list(renewal.because)
