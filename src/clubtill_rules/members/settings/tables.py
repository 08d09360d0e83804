"""Tables: the whole Member Classifications grid as Save checks it: every row, and the rows against each other (3.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.settings.bands import check_bands, check_steps, check_value
from clubtill_rules.members.settings.cells import UNREADABLE
from clubtill_rules.members.settings.columns import KEYS
from clubtill_rules.members.settings.findings import Finding, Severity, found, ordered
from clubtill_rules.members.settings.grid import NO_COUNT, is_blank
from clubtill_rules.members.settings.house import House
from clubtill_rules.members.settings.rows import check_row
from clubtill_rules.members.standing import Count

_ERROR: Final = Severity.ERROR
_NO_COUNTS: Final[Mapping[int, Count]] = MappingProxyType({})


def check_table(
    rows: Sequence[Classification],
    house: House,
    *,
    counts: Mapping[int, Count] = _NO_COUNTS,
    saved: Sequence[Classification] = (),
) -> tuple[Finding, ...]:
    """Check the whole grid; nothing of it is saved where one row has an error (3.2, R6, R56, R64, R66).

    Args:
        rows: as they would be saved, in the order of the screen; blank ones are passed over.
        house: what is set up around them.
        counts: members by classification (R10).
        saved: as they stand now, for what must not be deleted.

    Returns:
        All findings; the first is what gets the focus if it is an error.
    """
    written = [row for row in rows if not is_blank(row)]
    findings: list[Finding] = []
    sound: list[Classification] = []
    for row in written:
        own = check_row(row, house, counts.get(row.number, NO_COUNT))
        findings += own
        if not any(finding.code in UNREADABLE for finding in own):
            sound.append(row)
    findings += _numbers(sound)
    findings += _deleted(written, counts, saved)
    findings += _moved(sound, counts, saved)
    for club_rows in _by_club(sound).values():
        findings += _twice(club_rows, "description", "3.1", "classification.description_twice", _plain)
        findings += _twice(club_rows, "sub_club", "R101", "classification.sub_club_twice", str)
        findings += check_bands(club_rows)
        findings += check_steps(club_rows)
        findings += check_value(club_rows, house)
    return ordered(findings, KEYS)


def _by_club(rows: Sequence[Classification]) -> dict[str, list[Classification]]:
    clubs: defaultdict[str, list[Classification]] = defaultdict(list)
    for row in rows:
        clubs[row.club_id].append(row)
    return clubs


def _numbers(rows: Sequence[Classification]) -> Iterator[Finding]:
    """Find numbers that stand twice (R6)."""
    seen: set[int] = set()
    for row in rows:
        if row.number in seen:
            yield found(_ERROR, "classification.number_twice", "R6", row.number, "number", row=row.number)
        seen.add(row.number)


def _deleted(
    rows: Sequence[Classification], counts: Mapping[int, Count], saved: Sequence[Classification]
) -> Iterator[Finding]:
    """Find deleted rows that must stay: 99, and those that members are in (R6)."""
    for number in sorted({row.number for row in saved} - {row.number for row in rows}):
        total = counts.get(number, NO_COUNT).total
        if number == BANNED:
            yield found(_ERROR, "classification.banned_deleted", "R6", number, "number", row=number)
        elif total > 0:
            yield found(_ERROR, "classification.members_left", "R6", number, "number", row=number, n=total)


def _moved(
    rows: Sequence[Classification], counts: Mapping[int, Count], saved: Sequence[Classification]
) -> Iterator[Finding]:
    """Find rows that would take their members into another club: points stay in the club (R38, R6)."""
    clubs = {row.number: row.club_id for row in saved}
    for row in rows:
        total = counts.get(row.number, NO_COUNT).total
        if total > 0 and clubs.get(row.number, row.club_id) != row.club_id:
            yield found(_ERROR, "classification.club_changed", "R6", row.number, "number", row=row.number, n=total)


def _plain(text: str) -> tuple[str, ...]:
    """Give the words of a name without what nobody sees as a difference."""
    return tuple(text.casefold().split())


def _twice(
    rows: Sequence[Classification], key: str, rule: str, code: str, alike: Callable[[str], object]
) -> Iterator[Finding]:
    """Find texts of a column that an earlier row of the club has already; blank ones count for nothing."""
    first: dict[object, int] = {}
    for row in rows:
        text = alike(getattr(row, key))
        if not text:
            continue
        if text in first:
            yield found(_ERROR, code, rule, row.number, key, row=row.number, other=first[text], text=getattr(row, key))
        else:
            first[text] = row.number
