"""Traffic: keeps the terminal and the ledger in step: heartbeats, sending, the feed. Driven by beats, never by sleep.

Store work runs on the writer lane, calls on the network lane, the long poll on a lane of its own. Everything here is
called back in one thread, the one that beats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from clubtill_desk.lanes import Done, Failed, Lane, Refused
from clubtill_rules.values.days import US_PER_S
from clubtill_sync.client import Answer, Client, Denied, Outcome, Unknown
from clubtill_sync.retry import wait_s as jitter_s
from clubtill_sync.wire.own_log import OwnLog
from clubtill_sync.wire.requests import EventsAnswer, Hello, HelloAnswer
from clubtill_terminal.actions import exchange_back, exchange_hello, exchange_pull, exchange_push
from clubtill_terminal.actions.close_leases import Closed, close_due
from clubtill_terminal.actions.exchange_back import Brought, Missing
from clubtill_terminal.actions.exchange_connection import Connection
from clubtill_terminal.actions.exchange_hello import Greeted
from clubtill_terminal.actions.exchange_pull import Pulled
from clubtill_terminal.actions.exchange_push import Batch, Pushed, Window
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store.documents import FeedState

PULL_PAUSE_US: Final = 1 * US_PER_S
"""How long the feed rests after a page that could not be fetched."""

REFUSED_PULL_US: Final = 5 * US_PER_S
"""How long the feed rests after the ledger refused it, as it refuses a revoked device every time."""

SNAPSHOT_PULL_US: Final = 2 * US_PER_S
"""How long the feed rests between pages while a snapshot would be cheaper: recalls still come through."""

CLOSE_PAUSE_US: Final = 60 * US_PER_S
"""How often to look for leases of a day that is over."""

BACK_PAUSE_US: Final = 600 * US_PER_S
"""How often to look for events that are old enough to be forgotten; a roll-back is looked for after each hello."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What this terminal runs, for the ledger to know."""

    store: str
    program: str


class Chore(Protocol):
    """Something that is done beside the exchange, now and then, while the line is good."""

    def beat(self, now_us: int, *, online: bool) -> None:
        """Do what is due."""

    def stop(self) -> None:
        """Begin nothing new, and break off what takes long."""


@dataclass(slots=True, kw_only=True)
class Lanes:
    """The three lanes that traffic uses."""

    writer: Lane
    network: Lane
    feed: Lane


@dataclass(slots=True, kw_only=True)
class Traffic:
    """The exchange with the ledger.

    Attributes:
        calls, polls: two clients, for a long poll must not hold up a call.
        chance: gives a number from 0 to 1 for the jitter.
        changed: told after every change of the line or the queue.
        pulled: told what a page of the feed brought.
        tendering: gives the accounts with an open tender, whose leases stay (I25). Asked on the writer lane, when the
            leases are closed: a tender may have begun while the act waited there.
        chores: what else is done while the line is good.
        refetch: streams that were found to differ from the ledger's, and are fetched from their beginning.
    """

    terminal: Terminal
    calls: Client
    polls: Client
    lanes: Lanes
    versions: Versions
    chance: Callable[[], float]
    changed: Callable[[], None]
    pulled: Callable[[Pulled], None]
    tendering: Callable[[], frozenset[str]]
    connection: Connection = field(default_factory=Connection)
    sent: int = 0
    chores: tuple[Chore, ...] = ()
    refetch: frozenset[int] = frozenset()
    _window: Window = field(default_factory=Window)
    _greeting: bool = False
    _pushing: bool = False
    _pulling: bool = False
    _anew: bool = False
    _stopped: bool = False
    _hello_at_us: int = 0
    _push_at_us: int = 0
    _pull_at_us: int = 0
    _closing: bool = False
    _close_at_us: int = 0
    _recalled: frozenset[str] = frozenset()
    _backing: bool = False
    _back_at_us: int = 0
    _ledger_us: int = 0
    _rest_us: int = 0

    def beat(self) -> None:
        """Do what is due. Called a few times a second, and after every write.

        What is due follows the monotonic clock: a wall clock that is put back must not silence the terminal (C10).
        """
        if self._stopped:
            return
        now_us = self.terminal.mono_us()
        if not self._greeting and now_us >= self._hello_at_us:
            self._hello()
        calm = self.connection.online and now_us >= self._rest_us
        if not self._pushing and now_us >= self._push_at_us and calm:
            self._push()
        if not self._pulling and now_us >= self._pull_at_us and calm:
            self._pull()
        for chore in self.chores:
            chore.beat(now_us, online=self.connection.online)
        if not self._closing and self.connection.online and (self._recalled or now_us >= self._close_at_us):
            self._close_leases()
        if not self._backing and now_us >= self._back_at_us and self.connection.online and self._ledger_us:
            self._look_back()

    def send_now(self) -> None:
        """Forget every wait: somebody asked, or a fact was just written."""
        self._push_at_us = 0
        if not self.connection.online:
            self._hello_at_us = 0
        self.beat()

    def stop(self) -> None:
        """Begin nothing new; what is in flight ends by itself."""
        self._stopped = True
        for chore in self.chores:
            chore.stop()

    def heard(self, outcome: Outcome[object], *, heartbeat: bool = False) -> None:
        """Learn from any call's outcome whether the line is good (U59).

        A busy ledger says how long to wait: so long nothing but hellos goes out, whoever asks for it (6.4).
        """
        before = self.connection
        if isinstance(outcome, Unknown | Denied) and outcome.retry_after_s:
            self._rest_us = self.terminal.mono_us() + outcome.retry_after_s * US_PER_S
        self.connection = before.after(outcome, self.terminal.now_us(), heartbeat=heartbeat)
        if self.connection.online and not before.online:
            self._push_at_us = self._pull_at_us = 0
        elif before.online and not self.connection.online:
            self._hello_at_us = min(self._hello_at_us, self.terminal.mono_us() + self.connection.heartbeat_s * US_PER_S)
        if self.connection != before:
            self.changed()

    # ------------------------------------------------------------ hello

    def _hello(self) -> None:
        self._greeting = True
        told = partial(
            exchange_hello.greeting,
            self.terminal,
            store_version=self.versions.store,
            program_version=self.versions.program,
        )

        def greet(outcome: Done[Hello] | Refused | Failed) -> None:
            if isinstance(outcome, Done):
                call = partial(exchange_hello.greet, self.calls, outcome.value)
                self.lanes.network.submit(call, settle)
            else:
                self._greeted(None)

        def settle(outcome: Done[Outcome[HelloAnswer]] | Refused | Failed) -> None:
            if isinstance(outcome, Done):
                offset_us = self.calls.offset_us
                keep = partial(exchange_hello.settle_hello, self.terminal, outcome.value, offset_us=offset_us)
                self.lanes.writer.submit(
                    keep, lambda kept: self._greeted(kept.value if isinstance(kept, Done) else None)
                )
            else:
                self._greeted(None)

        self.lanes.writer.submit(told, greet)

    def _greeted(self, greeted: Greeted | None) -> None:
        self._greeting = False
        if greeted is not None:
            self.heard(greeted.outcome, heartbeat=True)
            if isinstance(greeted.outcome, Answer):
                self._ledger_us = greeted.outcome.value.server_time_us
            if greeted.trouble == exchange_hello.ROLLED_BACK:
                self._back_at_us = 0
        self._hello_at_us = self.terminal.mono_us() + self.connection.heartbeat_s * US_PER_S
        self.changed()
        self.beat()

    # ------------------------------------------------------------ push

    def _push(self) -> None:
        self._pushing = True

        def composed(outcome: Done[Batch | None] | Refused | Failed) -> None:
            if isinstance(outcome, Done) and outcome.value is not None:
                batch = outcome.value
                self.lanes.network.submit(partial(exchange_push.send, self.calls, batch), partial(answered, batch))
            else:
                self._pushed(None)

        def answered(batch: Batch, outcome: Done[Outcome[EventsAnswer]] | Refused | Failed) -> None:
            if isinstance(outcome, Done):
                keep = partial(exchange_push.settle, self.terminal, batch, outcome.value, self._window)
                self.lanes.writer.submit(
                    keep, lambda kept: self._pushed(kept.value if isinstance(kept, Done) else None)
                )
            else:
                self._pushed(None)

        self.lanes.writer.submit(partial(exchange_push.compose, self.terminal, self._window), composed)

    def _pushed(self, pushed: Pushed | None) -> None:
        self._pushing = False
        if pushed is None:
            self._push_at_us = self.terminal.mono_us() + US_PER_S
            return
        self._window = pushed.window
        self.sent += pushed.sent
        if pushed.outcome is not None:
            self.heard(pushed.outcome)
        if not pushed.more:
            pause_s = jitter_s(pushed.window.failures, self.chance()) if pushed.window.failures else 1.0
            self._push_at_us = self.terminal.mono_us() + int(pause_s * US_PER_S)
        self.changed()
        if pushed.more:
            self.beat()

    # ------------------------------------------------------------ pull

    def _pull(self) -> None:
        self._pulling = True
        streams = self.refetch

        def stood(outcome: Done[FeedState] | Refused | Failed) -> None:
            if isinstance(outcome, Done):
                call = partial(exchange_pull.fetch, self.polls, outcome.value, anew=self._anew, streams=streams)
                self.lanes.feed.submit(call, fetched)
            else:
                self._pulled(None)

        def fetched(outcome: Done[exchange_pull.Fetched] | Refused | Failed) -> None:
            if isinstance(outcome, Done):
                self.refetch -= streams if outcome.value.pages else frozenset()
                told = outcome.value
                self.lanes.writer.submit(
                    lambda: exchange_pull.apply(self.terminal, told, tendering=self.tendering()),
                    lambda kept: self._pulled(kept.value if isinstance(kept, Done) else None),
                )
            else:
                self._pulled(None)

        self.lanes.writer.submit(partial(exchange_pull.standing, self.terminal), stood)

    def _pulled(self, pulled: Pulled | None) -> None:
        self._pulling = False
        if pulled is None:
            self._pull_at_us = self.terminal.mono_us() + PULL_PAUSE_US
            return
        self.heard(pulled.outcome)
        self._anew = pulled.anew
        self._recalled |= frozenset(pulled.kept_recalls)
        if not self.connection.online or pulled.anew:
            self._pull_at_us = self.terminal.mono_us() + PULL_PAUSE_US
        elif isinstance(pulled.outcome, Denied):
            self._pull_at_us = self.terminal.mono_us() + REFUSED_PULL_US
        elif pulled.snapshot:
            self._pull_at_us = self.terminal.mono_us() + SNAPSHOT_PULL_US
        if pulled.given_back:
            self._push_at_us = 0  # somebody waits for these points, for two seconds at most (D22)
        self.pulled(pulled)
        self.changed()
        self.beat()

    # ------------------------------------------------------------ leases

    def _close_leases(self) -> None:
        """Close what is due: a recall that a tender held up, as soon as it ends, and yesterday's leases (4.4)."""
        self._closing = True
        asked = self._recalled

        def closed(outcome: Done[Closed] | Refused | Failed) -> None:
            self._closing = False
            self._close_at_us = self.terminal.mono_us() + CLOSE_PAUSE_US
            if isinstance(outcome, Done):
                self._recalled = (self._recalled - asked) | outcome.value.waiting
                if outcome.value.count:
                    self.send_now()

        self.lanes.writer.submit(lambda: close_due(self.terminal, asked, tendering=self.tendering()), closed)

    # ------------------------------------------------------------ its own past

    def _look_back(self) -> None:
        """Pull back what a roll-back lost, a page at a time; then forget what the ledger has had for 35 days (I7)."""
        self._backing = True

        def looked(outcome: Done[Missing | None] | Refused | Failed) -> None:
            if isinstance(outcome, Done) and outcome.value is not None:
                wanted = outcome.value
                call = partial(exchange_back.fetch, self.calls, wanted)
                self.lanes.network.submit(call, partial(fetched, wanted))
            else:
                act = partial(exchange_back.forget, self.terminal, ledger_us=self._ledger_us)
                self.lanes.writer.submit(act, lambda done: self._looked_back(Brought(more=_was_full(done))))

        def fetched(wanted: Missing, outcome: Done[Outcome[OwnLog]] | Refused | Failed) -> None:
            if isinstance(outcome, Done):
                keep = partial(exchange_back.keep, self.terminal, wanted, outcome.value)
                self.lanes.writer.submit(
                    keep, lambda kept: self._looked_back(kept.value if isinstance(kept, Done) else Brought())
                )
            else:
                self._looked_back(Brought())

        self.lanes.writer.submit(partial(exchange_back.missing, self.terminal), looked)

    def _looked_back(self, brought: Brought) -> None:
        self._backing = False
        self._back_at_us = self.terminal.mono_us() + (0 if brought.more else BACK_PAUSE_US)
        if brought.outcome is not None:
            self.heard(brought.outcome)
            self.changed()
        if brought.more:
            self.beat()


def _was_full(forgot: Done[int] | Refused | Failed) -> bool:
    return isinstance(forgot, Done) and forgot.value == exchange_back.FORGET_MAX
