"""Desk: what every view model works with: the three lanes, the terminal that actions take, and the venue's speech.

Screens hand actions to a lane and get the outcome back on the GUI thread; they see neither store nor devices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clubtill_desk.lanes import Lane
from clubtill_sync.client import Client, Outcome
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_wording.speech import Speech


@dataclass(slots=True, kw_only=True)
class Desk:
    """Shared by the windows of one terminal.

    Attributes:
        writer, reader, network: the lanes; the writer owns all writing, the network lane the network.
        place: the settings in force; replaced by `main` between sales when the feed brings others (U14).
        online: the connection's last state; `main` keeps it true to `exchange`.
        after_write: asks `main` to send what was just written; called after every commit of a fact.
        print_now: asks `main` to work the print queue.
        heard: tells `main` how a call to the ledger ended, for the state of the line (U59).
    """

    terminal: Terminal
    client: Client
    writer: Lane
    reader: Lane
    network: Lane
    place: Place
    speech: Speech
    now_us: Callable[[], int]
    new_id: Callable[[], str]
    online: bool = True
    staff_id: str = ""
    after_write: Callable[[], None] = lambda: None
    print_now: Callable[[], None] = lambda: None
    heard: Callable[[Outcome[object]], None] = lambda _outcome: None

    @property
    def staff_name(self) -> str:
        """The short name of who is signed in, blank for nobody."""
        found = self.place.staff.get(self.staff_id)
        return found.short_name if found else ""
