"""Tables of transfers between accounts and parked sales (section 3.2 of the ledger's design)."""

from __future__ import annotations
