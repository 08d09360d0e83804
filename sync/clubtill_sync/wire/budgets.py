"""Budgets on the wire: what a device may redeem while it is cut off, as the ledger signed it (4.3 of its design)."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from clubtill_sync.wire.events import Int


class BudgetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A risk budget of one device. Amounts are hundredths of a point, instants microseconds.

    Attributes:
        each_h: m, for any one account; `total_h`: T, for all of them together.
        deadline_us: the last instant at which it may be spent; `cache_age_max_us`: the cached balance is younger.
        signature: of `signed_text` by the ledger's key, base64.
    """

    budget_id: str
    device_id: str
    venue_id: str
    each_h: int
    total_h: int
    deadline_us: int
    cache_age_max_us: int
    signature: str = ""

    def signed_text(self) -> bytes:
        """Give what the ledger signs: every term in a fixed order, a line each."""
        terms = (self.budget_id, self.device_id, self.venue_id, self.each_h, self.total_h, self.deadline_us)
        return "\n".join(("clubtill budget 1", *map(str, terms), str(self.cache_age_max_us))).encode()


class BudgetCloseV1(msgspec.Struct, frozen=True, kw_only=True):
    """A budget given back by its device. It is later in the device's log than every spend of it (4.3).

    `spent_h` is the device's own count. It is nobody's account and no club's.
    """

    club_id: ClassVar[str] = ""
    account_id: ClassVar[str] = ""

    budget_id: str
    device_id: str
    at_us: Int
    spent_h: Int
    why: str
