"""Account and member cards: what a terminal knows of a points account and its persons (ledger design, 6.5).

A door and a till decide everything from these two (R9, R13, R17, R18, R36, R45-R50, R80).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import NO_POINTS, Points


class Block(Enum):
    """Why an account, a person or a card is blocked (R13)."""

    NONE = "none"
    BLOCKED = "blocked"


class BanKind(Enum):
    """Who banned a member and under which law (R12)."""

    HOUSE = "house"
    SELF_EXCLUSION = "self_exclusion"
    ACCORD = "accord"
    POLICE = "police"


class CardState(Enum):
    """The life of a card (R88)."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToken:
    """A card of a person: its digest (HMAC of the card's text, 32 hex digits), its last four characters, its state."""

    digest: str
    last4: str
    state: CardState = CardState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A linked classification with a Renewal Date of its own (R6, R9)."""

    number: int
    renewal_date: date = NEVER_PAID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """One person of an account, as every terminal holds it.

    Attributes:
        birthday_awarded_on: the birthday itself (not the day of the swipe) for which points were last given; a birthday
            less than 365 days after it is the same one under a changed date of birth (R50).
        attributes: further typed facts by name, such as joined or home_venue, as text.
        photo: hash of the photo, or blank for none (D16).
    """

    person_id: str
    account_id: str
    club_id: str
    number: str
    first_name: str
    last_name: str
    classification: int
    renewal_date: date = NEVER_PAID
    linked: tuple[Linked, ...] = ()
    block: Block = Block.NONE
    ban: BanKind | None = None
    ban_note: str = ""
    application_date: date | None = None
    date_of_birth: date | None = None
    birthday_awarded_on: date | None = None
    photo: str = ""
    note: str = ""
    earns_points: bool = True
    attributes: dict[str, str] | None = None
    cards: tuple[CardToken, ...] = ()
    version: int = 1

    @property
    def name(self) -> str:
        """First and last name in the order of speech."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringLot:
    """What is left of a lot and its last usable day, as the card lists it within the warning window (R36)."""

    last_day: date
    left: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountHad:
    """What an account's sales had of a limited discount in a period, refunds taken off (R94).

    Attributes:
        holder_id: whose limit it counts against: club, classification number, account or person.
        period: first day of the period. `times`: items that got the discount.
    """

    discount_id: str
    holder_id: str
    period: date
    amount: Money
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceHad:
    """What a charge account was charged on the latest trading day on which it was, refunds of that taken off (R96)."""

    charge_account_id: str
    day: date
    charged: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """A points account as every terminal holds it. `balance` is the amount available: reserved comes on top (R5).

    `fixed_rate_h` is the account's own rate of earning, in hundredths of a point a unit of currency (R31).
    `discounts` is what it had of limited discounts in the latest period of each (R94), `allowances` what its charge
    accounts had of a day's allowance (R96).
    """

    account_id: str
    club_id: str
    version: int
    balance: Points = NO_POINTS
    reserved: Points = NO_POINTS
    deficit: Points = NO_POINTS
    next_expiry: date | None = None
    expiring: tuple[ExpiringLot, ...] = ()
    block: Block = Block.NONE
    persons: tuple[MemberCard, ...] = ()
    fixed_rate_h: int | None = None
    discounts: tuple[DiscountHad, ...] = ()
    allowances: tuple[AllowanceHad, ...] = ()
