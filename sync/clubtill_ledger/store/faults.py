"""Faults of the store: the world is broken, and no rule can help. Codes only; no sentence and no host name."""

from __future__ import annotations


class StoreFault(Exception):  # noqa: N818 - the house's word for a broken world
    """The database cannot be used as it is.

    Attributes:
        code: such as ledger.newer, ledger.no_schema, ledger.key_wrong, ledger.unreachable, ledger.busy or ledger.disk.
        facts: plain values that a sentence names.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code} {facts}" if facts else code)
        self.code = code
        self.facts = facts


class Stale(Exception):  # noqa: N818 - an answer: somebody else wrote first, so run the whole transaction again
    """What this transaction read has changed under it."""
