"""Tables of keys of the web API (section 3.2 of the ledger's design)."""

from __future__ import annotations
