"""Vouchers: what Reception prints in the birthday window, besides points or instead of them (R51).

What a voucher takes off a sale, once and for its member alone, is decided where it is used (R102).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.door.birthdays import birthday_around
from clubtill_rules.door.visits import Given, SeenToday, points_refused
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Venue
from clubtill_rules.sale.vouchers import Voucher, VoucherKind, issue
from clubtill_rules.values.ids import birthday_key
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayVoucher:
    """A voucher that is due at a swipe.

    Attributes:
        voucher_id: id of its kind.
        key: natural key; of two with one key the lower (effective time, event id) stands, as of points (R48).
        day: the venue's entry day, on which it is issued.
    """

    voucher_id: str
    key: str
    person_id: str
    day: date
    because: tuple[Because, ...]


def birthday_voucher(
    member: MemberCard,
    classification: Classification,
    club: Club,
    venue: Venue,
    *,
    born: Given,
    entry_day: date,
    financial: bool,
    seen: SeenToday,
) -> BirthdayVoucher | None:
    """Give the voucher to print at a swipe, or None (R51).

    Where the classification gives birthday points the voucher comes with them; else it has the same conditions and
    a key of its own.

    Args:
        member: the person; one who takes no part in the scheme gets none.
        classification: the primary classification.
        club: whether what the door gives needs a paid-up member.
        venue: its kind of voucher, blank for none; its Birthday Check and Validity window.
        born: the birthday points of this swipe.
        entry_day: the venue's; the day of issue.
        financial: whether the member is paid up.
        seen: keys already used.
    """
    if not venue.birthday_voucher or not venue.birthday_check or member.date_of_birth is None:
        return None
    day = birthday_around(member.date_of_birth, entry_day, venue)
    if day is None or points_refused(member, club, financial=financial) is not None:
        return None
    key = f"voucher:{birthday_key(club.id, member.person_id, day.year)}"
    if key in seen.awarded or (classification.birthday_points and not born.points):
        return None
    return BirthdayVoucher(
        voucher_id=venue.birthday_voucher,
        key=key,
        person_id=member.person_id,
        day=entry_day,
        because=(because("why.birthday.voucher", "R51", birthday=day, day=entry_day),),
    )


def printed(due: BirthdayVoucher, kind: VoucherKind, number: str) -> Voucher:
    """Issue a voucher that is due, on the day of the swipe and for its member only, whatever its kind says (R51).

    Raises:
        ValueError: `kind` is another one.
    """
    if kind.id != due.voucher_id:
        raise ValueError("kind: is not the voucher's")
    return issue(replace(kind, member_only=True), number, day=due.day, person_id=due.person_id)
