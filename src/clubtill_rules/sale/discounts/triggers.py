"""Triggers: when, where, for whom and for which goods an offer is given (R76, R98)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clubtill_rules.goods.discount import Covers, Trigger
from clubtill_rules.goods.line import Line
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.ages import age_on
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.days import in_dated_window
from clubtill_rules.values.points import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who buys: the member with benefits, his account and primary classification; all None for nobody (R17)."""

    member: MemberCard | None = None
    account: AccountCard | None = None
    classification: Classification | None = None


NOBODY: Final = Buyer()


def covers(goods: Covers, line: Line) -> bool:
    """Tell whether a line's product, category or family is named; nothing named is every one."""
    if not goods.products and not goods.categories and not goods.families:
        return True
    return line.product_id in goods.products or line.category_id in goods.categories or line.family_id in goods.families


def runs(trigger: Trigger, moment: datetime) -> bool:
    """Tell whether an offer runs at a wall-clock moment of the venue (R46)."""
    return in_dated_window(
        moment,
        starts=trigger.starts,
        ends=trigger.ends,
        weekdays=frozenset(trigger.weekdays),
        start_min=trigger.start_min,
        end_min=trigger.end_min,
    )


def is_for(trigger: Trigger, buyer: Buyer, *, location_id: str, coupons: tuple[str, ...], day: date) -> bool:
    """Tell whether a buyer may have an offer here: place, coupon, then what it asks of a member.

    Args:
        trigger: the offer's.
        buyer: nobody gets what needs a member.
        location_id: where the sale is made.
        coupons: codes entered on the sale.
        day: on which an age is reckoned.
    """
    if trigger.locations and location_id not in trigger.locations:
        return False
    if trigger.coupon and trigger.coupon not in coupons:
        return False
    return not trigger.needs_member or _is_for_member(trigger, buyer, day)


def _is_for_member(trigger: Trigger, buyer: Buyer, day: date) -> bool:
    member, classification = buyer.member, buyer.classification
    if member is None or classification is None:
        return False
    if trigger.classifications and classification.number not in trigger.classifications:
        return False
    return (
        _has_attribute(trigger, member)
        and _holds_points(trigger, buyer.account)
        and _is_of_age(trigger, member.date_of_birth, day)
    )


def _has_attribute(trigger: Trigger, member: MemberCard) -> bool:
    if not trigger.attribute:
        return True
    held = (member.attributes or {}).get(trigger.attribute)
    return held is not None and trigger.attribute_value in ("", held)


def _holds_points(trigger: Trigger, account: AccountCard | None) -> bool:
    """Tell whether the balance of R5 is high enough: what leases hold back is still the member's."""
    if trigger.least_points <= 0:
        return True
    return account is not None and account.balance + account.reserved - account.deficit >= whole(trigger.least_points)


def _is_of_age(trigger: Trigger, born: date | None, day: date) -> bool:
    if trigger.least_age is None and trigger.most_age is None:
        return True
    if born is None:
        return False
    age = age_on(born, day)
    return (trigger.least_age is None or trigger.least_age <= age) and (
        trigger.most_age is None or age <= trigger.most_age
    )
