"""Surcharge: a percentage by medium or by day, as a line of its own (R103). Settings only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge:
    """A surcharge of the venue.

    By medium where `media` names some: of what these media pay. By day otherwise: of the goods lines after discounts,
    on the calendar weekdays and public holidays named.

    Attributes:
        rate_bp: basis points; 1.5 % is 150.
        tax_code_id: the surcharge's own tax code.
    """

    id: str
    name: str
    rate_bp: int
    tax_code_id: str
    media: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    holidays: tuple[date, ...] = ()
