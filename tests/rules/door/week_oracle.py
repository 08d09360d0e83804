"""The week, minute by minute: an oracle for windows of the Financial Check (R46). Imports nothing of Clubtill."""

from __future__ import annotations


def minutes_of_the_week(weekdays: set[int], start: int, end: int) -> set[int]:
    """List the minutes of the week in which a window runs by walking from its start to its end, wrapping round."""
    minutes = set()
    for weekday in weekdays:
        if start == end:
            minutes |= set(range(weekday * 1440, (weekday + 1) * 1440))
            continue
        walk = weekday * 1440 + start
        while walk % 1440 != end:
            minutes.add(walk % 10_080)
            walk += 1
        minutes.add(walk % 10_080)
    return minutes
