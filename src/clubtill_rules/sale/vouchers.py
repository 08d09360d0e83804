"""Vouchers: promises, not money: something off or a free product, once, for whoever is named (R51, R99, R102).

Here a voucher is issued, checked and used up. What it takes off a sale is a `VoucherOff`, which the discounts give out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clubtill_rules.goods.discount import ALL_GOODS, Covers, VoucherOff
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal

USED_TWICE: Final = "VOUCHER_USED_TWICE"
"""Flag of a use that another one had been made before; its sale stands (R102)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherKind:
    """What vouchers of a kind promise. Settings only; `days` is their life from the day of issue, that day counted.

    The first of `free_product`, `rate_bp` and `amount` that is set counts.
    """

    id: str
    name: str
    amount: Money = NIL
    rate_bp: int = 0
    free_product: str = ""
    covers: Covers = ALL_GOODS
    days: int = 30
    member_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A voucher in somebody's hand.

    Attributes:
        person_id: the only member who may use it; blank for anybody.
        first_day, last_day: both inclusive.
        used_by: the event that used it; blank while it is good.
    """

    number: str
    kind: VoucherKind
    person_id: str
    first_day: date
    last_day: date
    used_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a voucher, by a sale that became final; `eff_us` is its effective instant."""

    number: str
    event_id: str
    eff_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which use of a voucher stands, and which are flagged `VOUCHER_USED_TWICE`. All their sales stand."""

    stands: Use
    flagged: tuple[Use, ...]


def issue(kind: VoucherKind, number: str, *, day: date, person_id: str = "") -> Voucher:
    """Issue a voucher on a day (R51: from the day of issue, for 30 days, once, by that member only).

    Refuses `voucher.no_member` where its kind is for members and nobody is named.
    """
    if kind.member_only and not person_id:
        raise Refusal("voucher.no_member")
    return Voucher(
        number=number,
        kind=kind,
        person_id=person_id if kind.member_only else "",
        first_day=day,
        last_day=day + timedelta(days=kind.days - 1),
    )


def take(voucher: Voucher | None, *, day: date, person_id: str, offline: bool) -> VoucherOff:
    """Check a voucher that is handed over and say what it takes off (R102).

    Args:
        voucher: as the ledger has it or, offline, the cache; None where its number is not known there.
        day: the trading day.
        person_id: the member on the sale; blank for nobody.
        offline: the ledger is out of reach.

    Raises:
        Refusal: `voucher.unknown`, offline `voucher.not_cached`; `voucher.used`; `voucher.too_early` and
            `voucher.expired` with the `day`; `voucher.other_member`.
    """
    if voucher is None:
        raise Refusal("voucher.not_cached" if offline else "voucher.unknown")
    if voucher.used_by:
        raise Refusal("voucher.used")
    if day < voucher.first_day:
        raise Refusal("voucher.too_early", day=voucher.first_day)
    if day > voucher.last_day:
        raise Refusal("voucher.expired", day=voucher.last_day)
    if voucher.person_id and voucher.person_id != person_id:
        raise Refusal("voucher.other_member")
    kind = voucher.kind
    return VoucherOff(
        id=voucher.number,
        name=kind.name,
        amount=kind.amount,
        rate_bp=kind.rate_bp,
        free_product=kind.free_product,
        covers=kind.covers,
    )


def standing(uses: Iterable[Use]) -> Standing:
    """Decide between uses of one voucher: the lower (effective time, event id) stands, in any order of arrival (R102).

    One event told twice is one use. No use at all, or uses of several vouchers: ValueError.
    """
    found = sorted(set(uses), key=lambda use: (use.eff_us, use.event_id))
    if len({use.number for use in found}) != 1:
        raise ValueError("uses: not of one voucher")
    return Standing(stands=found[0], flagged=tuple(found[1:]))
