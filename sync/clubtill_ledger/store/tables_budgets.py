"""Tables of budgets and the limits of venues (section 3.2 of the ledger's design)."""

from __future__ import annotations
