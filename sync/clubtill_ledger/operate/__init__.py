"""Operate: the command line of the ledger. The only room that reads the clock, the system's randomness and files."""

from clubtill_ledger.operate.commands import app as command

__all__ = ["command"]
