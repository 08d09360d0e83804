"""Tables of jobs and outgoing mail (section 3.2 of the ledger's design)."""

from __future__ import annotations
