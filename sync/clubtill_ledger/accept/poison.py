"""Poison: an event at which this program itself fails is held like one that it cannot read; the queue goes on (I8).

What a bug broke was rolled back whole. The events are then posted by halves, so that one alone is set aside; a manager
sees it among the held ones, with the reason `failed`, and a newer program may post it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

import structlog

from clubtill_ledger.accept.bucket import BucketWork, Hold, Poster
from clubtill_ledger.accept.gathering import Items
from clubtill_ledger.accept.reading import Read
from clubtill_ledger.store.logs import Slot

FAILED: Final = "failed"
BUGS: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What a mistake in this program raises. A broken disk or a busy database is another matter, and no event's fault."""

log = structlog.get_logger()


def post_apart(items: Items, poster: Poster, post: Callable[[Items, Poster], None]) -> None:
    """Post events in one transaction, `post(items, poster)`; if that fails, by halves; hold what fails alone."""
    try:
        post(items, poster)
    except BUGS as bug:
        if len(items) > 1:
            middle = len(items) // 2
            post_apart(items[:middle], poster, post)
            post_apart(items[middle:], poster, post)
            return
        log.critical("event.failed", kind=_kind(items[0][1]), bug=type(bug).__name__, where=_where(bug))
        post(items, _hold)


def _hold(work: BucketWork, slot: Slot, one: Read) -> NoReturn:
    del work, slot, one
    raise Hold(FAILED)


def _where(bug: BaseException) -> str:
    """Give the line of the program that failed; no value of the event, for it may be personal."""
    last = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _kind(one: Read) -> str:
    return one.event.kind if one.event else ""
