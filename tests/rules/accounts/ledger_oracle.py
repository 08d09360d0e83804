"""A second statement of R100 in plain integers: cent by cent, each going where a person would put it."""

from __future__ import annotations


def book(facts: list[tuple[str, str, int, str]]) -> tuple[int, dict[str, int], int]:
    """Give what is owed, what is open by charge, and the credit, of (id, kind, cents, charge named) in order."""
    owed = 0
    open_: dict[str, int] = {}
    order: list[str] = []
    credit = 0
    for id_, kind, cents, names in facts:
        if kind == "charge":
            owed += cents
            order.append(id_)
            open_[id_] = cents
            while credit > 0 and open_[id_] > 0:
                credit -= 1
                open_[id_] -= 1
            continue
        owed -= cents
        for _ in range(cents):
            if names in open_ and open_[names] > 0:
                open_[names] -= 1
                continue
            oldest = next((charge for charge in order if open_[charge] > 0), None)
            if oldest is None:
                credit += 1
            else:
                open_[oldest] -= 1
    return owed, open_, credit
