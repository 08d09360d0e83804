"""Tables of what else happened: refunds, fees, guests, shifts, tracking (section 3.2 of the ledger's design)."""

from __future__ import annotations
