"""Demo: a made-up club to try Clubtill with. It seeds a ledger and starts the real programs; it decides nothing."""

from clubtill.demo.command import command

__all__ = ["command"]
