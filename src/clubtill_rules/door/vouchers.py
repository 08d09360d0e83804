"""Vouchers: what Reception prints in the birthday window, besides points or instead of them (R51).

What a voucher takes off a sale, and that it does so once, is the sale's (R102); here it is issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from clubtill_rules.door.birthdays import birthday_around
from clubtill_rules.door.visits import Given, SeenToday, points_refused
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Venue
from clubtill_rules.values.ids import birthday_key
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayVoucher:
    """A voucher as it is printed: for one person, from its first to its last day, once.

    Attributes:
        voucher_id: its set-up.
        key: natural key; of two with one key the lower (effective time, event id) stands, as of points (R48).
    """

    voucher_id: str
    key: str
    person_id: str
    first_day: date
    last_day: date
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
        venue: its voucher, blank for none, with the days for which it counts; its Birthday Check and Validity window.
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
    last_day = entry_day + timedelta(days=venue.birthday_voucher_days - 1)
    return BirthdayVoucher(
        voucher_id=venue.birthday_voucher,
        key=key,
        person_id=member.person_id,
        first_day=entry_day,
        last_day=last_day,
        because=(because("why.birthday.voucher", "R51", birthday=day, day=last_day),),
    )


def take(voucher: BirthdayVoucher, *, person_id: str, day: date, used: bool) -> None:
    """Let a voucher be taken: only by its member, from the day of issue to its last day, once (R51).

    Args:
        voucher: as issued.
        person_id: whom the sale belongs to; blank for nobody.
        day: the venue's trading day.
        used: whether its key stands in a sale already.

    Raises:
        Refusal: `birthday_voucher.other_member`, `birthday_voucher.over`, `birthday_voucher.used`.
    """
    if person_id != voucher.person_id:
        raise Refusal("birthday_voucher.other_member")
    if not voucher.first_day <= day <= voucher.last_day:
        raise Refusal("birthday_voucher.over", day=voucher.last_day)
    if used:
        raise Refusal("birthday_voucher.used")
