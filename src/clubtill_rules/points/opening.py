"""Opening balances: points of a former system come in as dated lots, all of a file or nothing of it (R108).

A dry run says what the file holds before anything is posted. Natural keys make the same file a nothing the second time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clubtill_rules.points.earning import last_usable_day
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow:
    """A row of the file.

    Attributes:
        row: its number in the file, from 1.
        points: below nil it is a deficit.
        last_day: last usable day; None takes the months of the account's primary classification (R34).
    """

    row: int
    account_id: str
    earn_day: date
    points: Points
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLot:
    """A row as it will be posted: its natural key and the day its points last to; None never expires."""

    row: OpeningRow
    natural_key: str
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningFault:
    """What is wrong with a row: a code of the wording with its facts."""

    row: int
    code: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a file holds.

    Attributes:
        rows: how many it has; `total` is the sum of their points, which the control total must equal.
        lots: the rows to post; those posted before are left out and counted in `known`.
        faults: rows that cannot be posted, accounts not found among them; none where the file can be imported.
        balance: what all its rows come to that is usable on the day, deficits taken off; `expired` is past its day.
    """

    rows: int
    total: Points
    lots: tuple[OpeningLot, ...]
    known: int
    faults: tuple[OpeningFault, ...]
    balance: Points
    expired: Points
    because: tuple[Because, ...]


def opening_key(club_id: str, account_id: str, file: str, row: int) -> str:
    """Name a row of a file for ever (R108)."""
    return f"opening:{club_id}:{account_id}:{file}:{row}"


def dry_run(
    rows: Sequence[OpeningRow],
    *,
    club_id: str,
    file: str,
    months: Mapping[str, int],
    day: date,
    posted: Collection[str] = (),
) -> DryRun:
    """Look at a file whole and post nothing (R108).

    Args:
        rows: of the file.
        club_id: whose points they are.
        file: its name or digest, part of the natural keys.
        months: by account found, Points Expiry Months of the main contact's primary classification; 0 never (R34).
        day: the club's day.
        posted: natural keys of openings that are posted.

    Raises:
        ValueError: two rows have one number.
    """
    if len({row.row for row in rows}) != len(rows):
        raise ValueError("rows: two have one number")
    faults = tuple(fault for row in rows if (fault := _fault(row, months, day)))
    lots = [_lot(row, club_id, file, months) for row in rows if row.account_id in months]
    expired = sum((max(lot.row.points, NO_POINTS) for lot in lots if _is_over(lot, day)), NO_POINTS)  # a deficit stays
    total = sum((row.points for row in rows), NO_POINTS)
    held = sum((lot.row.points for lot in lots), NO_POINTS)
    new = tuple(lot for lot in lots if lot.natural_key not in posted)
    return DryRun(
        rows=len(rows),
        total=total,
        lots=new,
        known=len(lots) - len(new),
        faults=faults,
        balance=held - expired,
        expired=expired,
        because=(
            because(
                "why.opening", "R108", n=len(rows), points=total, new=len(new), expired=expired,
                working=working(held - expired, Rounding.EXACT, held, ("-", expired)),
            ),
        ),
    )  # fmt: skip


def opening_entries(checked: DryRun, *, control: Points, event_id: str, eff_us: int, day: date) -> tuple[Entry, ...]:
    """Give the entries of a file: an award of type Opening a row, an adjustment down for a deficit; leg is the row.

    A lot past its day comes in too and stands as expired. Nothing is posted of a file that was posted before.

    Args:
        checked: the dry run against what is posted now.
        control: the control total that was typed.
        event_id: of the import.
        eff_us: effective instant.
        day: the club's day of that instant.

    Refuses `opening.faults` with how many and the first row, and `opening.control` with both totals.
    """
    if checked.faults:
        raise Refusal("opening.faults", n=len(checked.faults), row=checked.faults[0].row)
    if control != checked.total:
        raise Refusal("opening.control", points=checked.total, control=control)
    return tuple(_entry(lot, event_id, eff_us, day) for lot in checked.lots)


def _fault(row: OpeningRow, months: Mapping[str, int], day: date) -> OpeningFault | None:
    """Give what is wrong with a row: account, amount, days, in this order."""
    checks = (
        (row.account_id not in months, "opening.not_found"),
        (not row.points, "opening.nil"),
        (row.earn_day > day, "opening.future"),
        (row.last_day is not None and row.last_day < row.earn_day, "opening.days"),
    )
    facts: dict[str, object] = {"account_id": row.account_id}
    return next((OpeningFault(row=row.row, code=code, facts=facts) for holds, code in checks if holds), None)


def _lot(row: OpeningRow, club_id: str, file: str, months: Mapping[str, int]) -> OpeningLot:
    return OpeningLot(
        row=row,
        natural_key=opening_key(club_id, row.account_id, file, row.row),
        last_day=row.last_day or last_usable_day(row.earn_day, months[row.account_id]),
    )


def _is_over(lot: OpeningLot, day: date) -> bool:
    """Tell whether a lot's last usable day is over."""
    return lot.last_day is not None and lot.last_day < day


def _entry(lot: OpeningLot, event_id: str, eff_us: int, day: date) -> Entry:
    row = lot.row
    debt = row.points < NO_POINTS
    return Entry(
        event_id=event_id, leg=row.row, kind=EntryKind.ADJUST if debt else EntryKind.AWARD, account_id=row.account_id,
        amount_h=row.points.hundredths, eff_us=eff_us, day=day, earn_day=None if debt else row.earn_day,
        last_day=None if debt else lot.last_day, natural_key=lot.natural_key, award_for=AwardFor.OPENING,
    )  # fmt: skip
