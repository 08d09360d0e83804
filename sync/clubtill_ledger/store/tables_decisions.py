"""Tables of what managers decide, seals and closed periods (section 3.2 of the ledger's design)."""

from __future__ import annotations
