"""Photos: fetched by hash for whom this terminal knows, while there is room; initials stand in meanwhile (D16, 6.7).

`look` runs on the reader lane, `fetch` on a lane that may wait, `keep` on the writer lane.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from clubtill_desk.lanes import Done, Failed, Lane, Refused
from clubtill_rules.values.days import US_PER_S
from clubtill_sync.client import Answer, Client, Denied
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import photos

AT_A_TIME: Final = 8
EVERY_US: Final = 5 * US_PER_S
REST_US: Final = 600 * US_PER_S
"""After everybody was looked at."""


def look(terminal: Terminal, name: str) -> bytes | None:
    """Give a photo that is here, to be shown at once; None to draw initials."""
    with terminal.store.reading.begin() as cache:
        return photos.read(cache, name) if name else None


def fetch(client: Client, names: tuple[str, ...]) -> dict[str, bytes] | None:
    """Fetch photos; one that is not what its hash says, or that the ledger does not have, is left out.

    None when the line is lost.
    """
    found: dict[str, bytes] = {}
    for name in names:
        outcome = client.photo(name)
        if isinstance(outcome, Denied):
            continue
        if not isinstance(outcome, Answer):
            return None
        if hashlib.sha256(outcome.value).hexdigest() == name:
            found[name] = outcome.value
    return found


def keep(terminal: Terminal, found: dict[str, bytes], *, bytes_max: int) -> tuple[str, ...]:
    """Keep photos; give their hashes."""
    with terminal.store.cache.begin() as cache:
        for name, body in found.items():
            photos.keep(cache, name, body, bytes_max=bytes_max)
    return tuple(found)


@dataclass(slots=True, kw_only=True)
class Fetching:
    """Fetches photos that cards name, a few at a time, driven by beats.

    Attributes:
        came: told the hashes that came, so that a card that is shown draws its photo.
        bytes_max: the room that photos may take.
    """

    terminal: Terminal
    client: Client
    writer: Lane
    reader: Lane
    bulk: Lane
    came: Callable[[tuple[str, ...]], None]
    bytes_max: int = photos.BYTES_MAX
    at_work: bool = False
    _wanted: tuple[str, ...] = ()
    _after: int = 0
    _due_us: int = 0
    _stopped: bool = False

    def want(self, name: str) -> None:
        """Fetch this one first: somebody looks at the card."""
        if name:
            self._wanted = (*self._wanted, name)
            self._due_us = 0

    def beat(self, now_us: int, *, online: bool) -> None:
        """Do what is due."""
        if self.at_work or self._stopped or not online or now_us < self._due_us:
            return
        self.at_work = True
        if self._wanted:
            wanted, self._wanted = self._wanted, ()
            self._fetch(wanted)
        else:
            self.reader.submit(partial(self._missing, self._after), self._found)

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopped = True

    def _missing(self, after: int) -> tuple[tuple[str, ...], int]:
        with self.terminal.store.reading.begin() as cache:
            if photos.full(cache, bytes_max=self.bytes_max):
                return (), 0
            return photos.missing(cache, after, AT_A_TIME)

    def _found(self, outcome: Done[tuple[tuple[str, ...], int]] | Refused | Failed) -> None:
        if isinstance(outcome, Done) and outcome.value[0]:
            names, self._after = outcome.value
            self._fetch(names)
        else:
            self._after = 0
            self._end(REST_US)

    def _fetch(self, names: tuple[str, ...]) -> None:
        self.bulk.submit(partial(fetch, self.client, names), self._fetched)

    def _fetched(self, outcome: Done[dict[str, bytes] | None] | Refused | Failed) -> None:
        if isinstance(outcome, Done) and outcome.value:
            act = partial(keep, self.terminal, outcome.value, bytes_max=self.bytes_max)
            self.writer.submit(act, self._kept)
        else:
            self._end(EVERY_US)

    def _kept(self, outcome: Done[tuple[str, ...]] | Refused | Failed) -> None:
        if isinstance(outcome, Done):
            self.came(outcome.value)
        self._end(0 if self._wanted else EVERY_US)

    def _end(self, pause_us: int) -> None:
        self.at_work = False
        self._due_us = 0 if self._wanted else self.terminal.mono_us() + pause_us
