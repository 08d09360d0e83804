"""Masks once more, as regular expressions that backtrack through every way to read a text."""

from __future__ import annotations

import re

PARTS = {"X": "([0-9])", "#": "([0-9]?)", "-": ".", "@": ".?"}


def kept(pattern: str, text: str) -> str | None:
    """Give what a pattern without brackets keeps of a text, greedily; None if it does not fit."""
    expression = "".join(PARTS.get(symbol, re.escape(symbol)) for symbol in pattern)
    found = re.fullmatch(expression, text)
    return "".join(found.groups()) if found else None
