"""Events: the frozen versions of what happened on a terminal (D30). An old version is read for ever.

An event is an envelope whose `body` keeps the exact bytes. Amounts are plain integers here: `_minor` minor units,
`_h` hundredths of a point. `clubtill_sync.wire.versions` maps the rules' classes to and from these, once.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec

INT_LIMIT: Final = 2**63
Int = Annotated[int, msgspec.Meta(ge=-INT_LIMIT, le=INT_LIMIT - 1)]
"""An integer that every database holds: what is larger is not an event that was made here."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of every event.

    Attributes:
        event_id: UUIDv7 as 32 lower-case hex digits, made by the terminal before the first send.
        kind, version: name the class of `body` in `versions.BODIES`, such as sale and 1.
        occurred_at_us: the terminal's wall clock; `mono_us` its monotonic clock within `boot_id`.
        rules_version, settings_version: what the event was made with (D30).
        body: the exact JSON of the body.
    """

    event_id: str
    kind: str
    version: Int
    occurred_at_us: Int
    mono_us: Int
    boot_id: str
    rules_version: str
    settings_version: str
    body: msgspec.Raw


class LineV1(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a sale as sold."""

    n: Int
    product_id: str
    name: str
    family_id: str
    category_id: str
    kind: str
    qty: Int
    added_at_us: Int
    level: Int
    unit_minor: Int
    public_minor: Int
    price_reason: str
    special_id: str
    discount_minor: Int
    rate_h: Int
    fixed_points: Int | None
    points_price_h: Int | None
    tax_code_id: str
    tax_bp: Int
    tax_inclusive: bool
    tax_minor: Int
    pp_points_h: Int
    pp_value_minor: Int
    pp_discount_minor: Int
    pp_own_price: bool
    by_points: bool


class TenderV1(msgspec.Struct, frozen=True, kw_only=True):
    """One tender: `amount_minor` pays for the sale; given less change and rounding equals it."""

    media_id: str
    kind: str
    amount_minor: Int
    given_minor: Int
    change_minor: Int
    rounding_minor: Int


class LeaseSpendV1(msgspec.Struct, frozen=True, kw_only=True):
    """What a sale spends of one lease."""

    lease_id: str
    amount_h: Int


class SaleV1(msgspec.Struct, frozen=True, kw_only=True):
    """A finished sale. Its event id is the sale's id, under which leases were asked for (D21)."""

    number: Int
    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: Int
    trading_day: date
    lines: tuple[LineV1, ...]
    tenders: tuple[TenderV1, ...]
    person_id: str
    account_id: str
    member_number: str
    classification: Int | None
    benefits: bool
    multiplier_h: Int
    ratio: Int | None
    points_used_h: Int
    lease_spends: tuple[LeaseSpendV1, ...]
    award_h: Int
    award_earn_day: date | None
    award_last_day: date | None
    total_minor: Int
    tax_minor: Int
    offline: bool


class SwipeV1(msgspec.Struct, frozen=True, kw_only=True):
    """A card read at a door: the verdict and the points given (R45 step 8, R52). Points follow this event."""

    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: Int
    card_digest: str
    person_id: str
    account_id: str
    member_number: str
    classification: Int | None
    verdict: str
    code: str
    entry_day: date
    visit_h: Int
    visit_key: str
    birthday_h: Int
    birthday_key: str
    earn_day: date | None
    last_day: date | None
    offline: bool


class AdmissionV1(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a swipe: admit, refuse or let_in (R52). The head count follows this event."""

    swipe_event_id: str
    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    approver_id: str
    at_us: Int
    person_id: str
    account_id: str
    outcome: str
    reason: str
    guests: Int


class LeaseCloseV1(msgspec.Struct, frozen=True, kw_only=True):
    """A lease given back by its holder. It is later in the holder's log than every spend on that lease (I25)."""

    lease_id: str
    club_id: str
    account_id: str
    device_id: str
    at_us: Int
    spent_h: Int
    why: str
