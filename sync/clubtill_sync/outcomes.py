"""Outcomes: what can become of a call, as values. The network never raises beyond the client.

*Unknown* is not *no*: the ledger may have done what was asked (R92). Only `Denied` is an answer of the ledger that
nothing was done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Lost(Enum):
    """Why there is no answer. It also tells which link is broken (U58)."""

    NO_WAY_OUT = "no_way_out"
    """This terminal has no network, or cannot resolve the ledger's name."""
    NOT_THE_LEDGER = "not_the_ledger"
    """Something answered that is not the ledger: a portal's page, a redirect, a foreign certificate."""
    NOBODY_LISTENS = "nobody_listens"
    """The ledger's machine refuses the connection."""
    SILENT = "silent"
    """No answer, or no whole answer, within the time-out."""
    CUT = "cut"
    """The line was reset, or ended within an answer."""
    FAILING = "failing"
    """The ledger, or a proxy before it, answered 5xx."""


@dataclass(frozen=True, slots=True)  # positional, so that `case Answer(value)` reads well
class Answer(Generic[T_co]):
    """The ledger did it and answered."""

    value: T_co


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No answer: whether the ledger did it is not known. `retry_after_s` is how long a busy ledger asks to wait."""

    reason: Lost
    status: int = 0
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The ledger did not do it and says why, as a code with facts (U104)."""

    status: int
    code: str
    facts: dict[str, object] = field(default_factory=dict)
    server_time_us: int = 0
    retry_after_s: int | None = None


Outcome: TypeAlias = Answer[T_co] | Unknown | Denied
