"""Push: bring the device's log to the ledger, oldest first, one batch in flight, the same bytes until an answer comes.

`compose` and `settle` use the store and run on the writer lane; `send` uses the network alone and runs on its lane.
The ledger decides nothing here that happened: what it holds or cannot read is kept and shown, the rest goes on (I8).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from clubtill_sync.client import Answer, Client, Denied, Lost, Outcome, Unknown, batch_bytes
from clubtill_sync.retry import Act, Step, what_to_do
from clubtill_sync.signing import START_OF_CHAIN
from clubtill_sync.wire.opaque import opaque, stand_in_id
from clubtill_sync.wire.requests import EventsAnswer, EventsBatch
from clubtill_terminal.actions.exchange_hello import FORK
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import outbox
from clubtill_terminal.store.device import Device, change_device, read_device
from clubtill_terminal.store.outbox import ToSend
from clubtill_terminal.store.recovery import in_doubt

ROWS_MAX: Final = 500
BYTES_MAX: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as it goes out: `body` is the exact bytes, sent again as they are after an unknown outcome (I4).

    `acked_seq` is where the acknowledged mark stood when it was made.
    """

    epoch: int
    events: tuple[ToSend, ...]
    body: bytes
    acked_seq: int = 0

    @property
    def first_seq(self) -> int:
        """Sequence number of the first event."""
        return self.events[0].seq

    @property
    def last_seq(self) -> int:
        """Sequence number of the last event."""
        return self.events[-1].seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """How far the ledger keeps this log beside its own, as a fork: nothing of it is acknowledged (C12).

    Holds while the epoch and the acknowledged mark stay where they were.
    """

    epoch: int
    acked_seq: int
    through: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What one push leaves to the next.

    Attributes:
        batch: what is in flight: its outcome is unknown and these very bytes go out again. None for nothing.
        rows_max, bytes_max: how much goes into a batch; less while an event is searched that the ledger cannot read.
        failures: unknown outcomes in a row, for the length of the wait.
        beside: what of a forked log the ledger keeps already and is not sent again.
    """

    batch: Batch | None = None
    rows_max: int = ROWS_MAX
    bytes_max: int = BYTES_MAX
    failures: int = 0
    beside: Beside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of a push.

    Attributes:
        window: what the next push needs.
        step: what the ledger's answer asks for; None when nothing waited.
        sent: how many events the ledger has now that it had not acknowledged before.
        more: the next push may follow at once.
        outcome: for the state of the line; None when nothing was sent.
    """

    window: Window
    step: Step | None = None
    sent: int = 0
    more: bool = False
    outcome: Outcome[EventsAnswer] | None = None


def push(terminal: Terminal, client: Client, window: Window) -> Pushed:
    """Send one batch and keep what became of it, in one go, where one thread does it all."""
    batch = compose(terminal, window)
    if batch is None:
        return Pushed(window=Window(beside=window.beside))
    return settle(terminal, batch, send(client, batch), window)


def compose(terminal: Terminal, window: Window) -> Batch | None:
    """Give the batch in flight, or make the next one of the oldest events; None when nothing is to go out.

    What is in flight waits its turn when a hello has put the mark back before it: something older is to go out.
    """
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        joins = window.batch is not None and window.batch.first_seq <= _kept_through(device, window) + 1
        if window.batch is not None and window.batch.epoch == device.epoch and joins:
            return window.batch
        if in_doubt(device):
            return None  # the places of this log may hold something else at the ledger: that would be a fork
        events = outbox.oldest(
            facts,
            epoch=device.epoch,
            after_seq=_kept_through(device, window),
            rows_max=window.rows_max,
            bytes_max=window.bytes_max,
        )
        if not events:
            return None
        before = outbox.chain_before(facts, epoch=device.epoch, seq=events[0].seq, start=START_OF_CHAIN)
    body = batch_bytes(
        EventsBatch(
            epoch=device.epoch,
            first_seq=events[0].seq,
            previous_hash=before,
            events=tuple(opaque(event.bytes_) if event.stuck else msgspec.Raw(event.bytes_) for event in events),
        )
    )
    return Batch(epoch=device.epoch, events=events, body=body, acked_seq=device.acked_seq)


def _kept_through(device: Device, window: Window) -> int:
    """Give the last event that the ledger keeps: acknowledged, or beside its own log after a fork."""
    beside = window.beside
    if beside is None or (beside.epoch, beside.acked_seq) != (device.epoch, device.acked_seq):
        return device.acked_seq
    return max(device.acked_seq, beside.through)


def send(client: Client, batch: Batch) -> Outcome[EventsAnswer]:
    """Send a batch. An answer that does not speak of it is none."""
    outcome = client.send_events(batch.body)
    if isinstance(outcome, Answer) and not _answers(outcome.value, batch):
        return Unknown(reason=Lost.NOT_THE_LEDGER)
    return outcome


def _answers(answer: EventsAnswer, batch: Batch) -> bool:
    """Tell whether an answer speaks of this batch, event by event, and acknowledges all of it (I11).

    An event in which the ledger found no id is named by its bytes.
    """
    if len(answer.results) != len(batch.events) or answer.acked_through < batch.last_seq:
        return False
    return all(
        result.seq == event.seq and result.event_id in {event.event_id, stand_in_id(event.bytes_)}
        for result, event in zip(answer.results, batch.events, strict=True)
    )


def settle(terminal: Terminal, batch: Batch, outcome: Outcome[EventsAnswer], window: Window) -> Pushed:
    """Keep what became of a batch, in one transaction, and say what comes next."""
    step = what_to_do(outcome)
    if isinstance(outcome, Answer):
        with terminal.store.facts.begin() as facts:
            outbox.mark_acked(
                facts,
                epoch=batch.epoch,
                acked_through=batch.last_seq,
                results=outcome.value.results,
                at_us=terminal.now_us(),
                ledger_us=outcome.value.server_time_us,
            )
        return Pushed(window=_grown(window), step=step, sent=len(batch.events), more=True, outcome=outcome)
    with terminal.store.facts.begin() as facts:
        told = outcome.code if isinstance(outcome, Denied) else outcome.reason.value
        outbox.mark_tried(facts, epoch=batch.epoch, first_seq=batch.first_seq, last_seq=batch.last_seq, answer=told)
    if isinstance(outcome, Unknown):
        waiting = replace(window, batch=batch, failures=window.failures + 1)
        return Pushed(window=waiting, step=step, outcome=outcome)
    window = replace(window, batch=None)
    match step.act:
        case Act.BISECT | Act.HALVE:
            return _smaller(terminal, batch, outcome, window, step)
        case Act.SEND_FROM:
            return _send_from(terminal, batch, outcome, window, step)
        case Act.RECOVER | Act.STOP | Act.DRAIN:
            _no_points(terminal, "revoked" if step.act is not Act.RECOVER else outcome.code)
            if outcome.code == FORK and isinstance(outcome.facts.get("seq"), int):
                return _go_on_beside(batch, outcome, window, step)
    failed = replace(window, batch=batch, failures=window.failures + 1)
    return Pushed(window=failed, step=step, outcome=outcome)


def _grown(window: Window) -> Window:
    """Give the window after a success: twice as much may go out, up to the full batch."""
    return Window(
        rows_max=min(ROWS_MAX, window.rows_max * 2),
        bytes_max=min(BYTES_MAX, window.bytes_max * 2),
    )


def _smaller(terminal: Terminal, batch: Batch, outcome: Denied, window: Window, step: Step) -> Pushed:
    """Go on with half as much; an event that is refused alone goes out spelled, for the ledger to hold it (6.4).

    One that is refused even so waits, and somebody must look.
    """
    count = len(batch.events)
    if count > 1:
        return Pushed(window=replace(window, rows_max=count // 2), step=step, more=True, outcome=outcome)
    if batch.events[0].stuck or step.act is Act.HALVE:
        failed = replace(window, failures=window.failures + 1)
        return Pushed(window=failed, step=Step(act=Act.ALERT), outcome=outcome)
    with terminal.store.facts.begin() as facts:
        outbox.mark_stuck(facts, epoch=batch.epoch, seq=batch.first_seq, answer=outcome.code)
    return Pushed(window=window, step=Step(act=Act.ALERT), more=True, outcome=outcome)


def _go_on_beside(batch: Batch, outcome: Denied, window: Window, step: Step) -> Pushed:
    """Go on after a batch that the ledger keeps as a forked log's: what comes after it must reach the ledger too."""
    beside = Beside(epoch=batch.epoch, acked_seq=batch.acked_seq, through=batch.last_seq)
    return Pushed(window=replace(_grown(window), beside=beside), step=step, more=True, outcome=outcome)


def _send_from(terminal: Terminal, batch: Batch, outcome: Denied, window: Window, step: Step) -> Pushed:
    """Go back to the event that the ledger expects, if this device still can send it; else somebody must look."""
    if window.beside is not None:  # a ledger that was put back may have lost what it kept beside its own log
        return Pushed(window=replace(window, beside=None), step=step, more=True, outcome=outcome)
    expected = outcome.facts.get("expected")
    alert = Pushed(
        window=replace(window, failures=window.failures + 1), step=Step(act=Act.ALERT, wait_s=None), outcome=outcome
    )
    if not isinstance(expected, int) or not 1 <= expected < batch.first_seq:
        return alert
    with terminal.store.facts.begin() as facts:
        found = outbox.oldest(facts, epoch=batch.epoch, after_seq=expected - 1, rows_max=1, bytes_max=0)
        if not found or found[0].seq != expected:
            return alert
        outbox.rewind(facts, epoch=batch.epoch, to_seq=expected - 1)
    return Pushed(window=window, step=step, more=True, outcome=outcome)


def _no_points(terminal: Terminal, trouble: str) -> None:
    """Note why no points may be spent offline until the ledger says otherwise (6.6)."""
    with terminal.store.facts.begin() as facts:
        change_device(facts, trouble=trouble)
