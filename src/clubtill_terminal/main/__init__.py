"""Main: the one room that knows all others. It builds a terminal by hand, reads clocks and makes ids."""

from clubtill_terminal.main.command import command

__all__ = ["command"]
