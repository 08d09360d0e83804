"""Hello: compare this device's log with the ledger's copy of it, and keep what follows (6.3, 6.6). Also the heartbeat.

`greeting` and `settle_hello` use the store and run on the writer lane; `greet` uses the network alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from clubtill_sync.client import Answer, Client, Outcome
from clubtill_sync.signing import START_OF_CHAIN
from clubtill_sync.wire.requests import Hello, HelloAnswer
from clubtill_terminal.actions import budgets, redeem
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import leases, outbox, recovery
from clubtill_terminal.store.device import Device, change_device, read_device

FORK = "fork"
REVOKED = "revoked"
ROLLED_BACK = "rolled_back"
TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeted:
    """What came of a hello.

    Attributes:
        outcome: for the state of the line.
        resend: events that the ledger lost, or that a new epoch begins with, and that go out again.
        trouble: blank, or why no points may be spent: fork, revoked, rolled_back or too_old.
    """

    outcome: Outcome[HelloAnswer]
    resend: int = 0
    trouble: str = ""


def hello(terminal: Terminal, client: Client, *, store_version: str, program_version: str) -> Greeted:
    """Say hello and keep what follows, in one go, where one thread does it all."""
    told = greeting(terminal, store_version=store_version, program_version=program_version)
    return settle_hello(terminal, greet(client, told), offset_us=client.offset_us)


def greeting(terminal: Terminal, *, store_version: str, program_version: str) -> Hello:
    """Say where this device's log stands.

    One that was begun anew, and of which the ledger has said nothing yet, is told as empty: its first slots may hold
    what was there before, and the ledger then gives it an epoch of its own.
    """
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        gathered = recovery.gathered(facts)
        acked_hash = outbox.chain_before(facts, epoch=device.epoch, seq=device.acked_seq + 1, start="")
    anew = recovery.in_doubt(device) and device.acked_seq == 0
    return Hello(
        epoch=device.epoch,
        head_seq=0 if anew else device.next_seq - 1,
        head_hash=START_OF_CHAIN if anew else device.head_hash,
        acked_seq=device.acked_seq,
        incarnation=device.incarnation,
        boot_id=terminal.boot_id,
        local_time_us=terminal.now_us(),
        store_version=store_version,
        program_version=program_version,
        gathered=gathered,
        acked_hash=acked_hash,
    )


def greet(client: Client, told: Hello) -> Outcome[HelloAnswer]:
    """Send a hello. A device that was rolled back over a change of epoch asks for an epoch that nobody wrote in yet.

    What the first answer said is lost (I31) is lost whatever the second one says of that new epoch.
    """
    outcome = client.hello(told)
    if isinstance(outcome, Answer) and outcome.value.state == "ahead" and outcome.value.next_seq > 1:
        empty = msgspec.structs.replace(
            told, epoch=outcome.value.epoch, head_seq=0, head_hash=START_OF_CHAIN, acked_seq=0
        )
        second = client.hello(empty)
        if isinstance(second, Answer) and outcome.value.again:
            return replace(second, value=msgspec.structs.replace(second.value, again=True))
        return second
    return outcome


def settle_hello(terminal: Terminal, outcome: Outcome[HelloAnswer], *, offset_us: int) -> Greeted:
    """Keep what a hello brought: the ledger's clock, this device's open leases, and where to send from."""
    if not isinstance(outcome, Answer):
        return Greeted(outcome=outcome)
    answer = outcome.value
    with terminal.store.facts.begin() as facts:
        was = read_device(facts).trouble
        leases.adopt(facts, answer.leases)
        change_device(
            facts,
            ledger_epoch=answer.ledger_epoch,
            clock_offset_us=offset_us,
            last_contact_us=terminal.now_us(),
        )
    match answer.state:
        case "ahead":
            return _rolled_back(terminal, outcome)
        case "ok" | "behind":
            if was == ROLLED_BACK:
                close_all(terminal, answer)
            if answer.state == "ok":
                budgets.settle(terminal, answer.budget, rolled_back=was == ROLLED_BACK)
            return _go_on(terminal, outcome)
        case _:
            return _trouble(terminal, outcome, REVOKED if answer.state == REVOKED else FORK)


def close_all(terminal: Terminal, answer: HelloAnswer) -> None:
    """Give every lease back after a roll-back: what was spent of them is not known here any more (6.6)."""
    clubs = {row.lease_id: row.club_id for row in answer.leases}
    with terminal.store.facts.begin() as facts:
        held = leases.all_open(facts)
        for lease in held:
            if lease.lease_id not in clubs:  # the ledger has closed it before; the log that says so is lost here
                leases.close(facts, lease.lease_id)
    for club_id in sorted(set(clubs.values())):
        mine = [lease for lease in held if clubs.get(lease.lease_id) == club_id]
        redeem.give_back(terminal, mine, club_id=club_id, why=ROLLED_BACK)


def _go_on(terminal: Terminal, outcome: Answer[HelloAnswer]) -> Greeted:
    """Go on where the ledger stands; what it acknowledged and has lost goes out again (6.3, C26, C27)."""
    answer = outcome.value
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        if answer.epoch != device.epoch:
            return Greeted(outcome=outcome, trouble=device.trouble)  # an answer to a hello from before a new epoch
        trouble = ROLLED_BACK if device.pull_epoch else TOO_OLD if answer.too_old else ""
        trouble = FORK if _apart(facts, device, answer) else trouble
        return _told(facts, device, outcome, trouble)


def _apart(facts: outbox.Connection, device: Device, answer: HelloAnswer) -> bool:
    """Tell whether the ledger's log of this epoch is known not to be this one's."""
    before = outbox.chain_before(facts, epoch=device.epoch, seq=answer.next_seq, start="")
    return bool(before) and before != answer.head_hash


def _told(facts: outbox.Connection, device: Device, outcome: Answer[HelloAnswer], trouble: str) -> Greeted:
    """Note the trouble and queue again what the ledger says it lost, in every state: nobody else may have it (I31).

    Only if the ledger says so: an answer may be older than an acknowledgement that came meanwhile. Where another log
    stands in the ledger's slots nobody knows where the two went apart: everything of the epoch goes out.
    """
    answer = outcome.value
    change_device(facts, trouble=trouble)
    if not (answer.again or answer.state == "behind"):
        return Greeted(outcome=outcome, trouble=trouble)
    first = 1 if _apart(facts, device, answer) else answer.next_seq
    if first < device.next_seq and not outbox.stands(facts, epoch=device.epoch, seq=first):
        return Greeted(outcome=outcome, resend=recovery.renumber(facts), trouble=ROLLED_BACK)
    lost = max(0, device.acked_seq - first + 1)
    outbox.rewind(facts, epoch=device.epoch, to_seq=min(device.acked_seq, first - 1))
    if answer.next_seq == 1:  # the ledger may be from before this epoch, and lack older ones as well
        lost += recovery.gather(facts)
    return Greeted(outcome=outcome, resend=lost, trouble=trouble)


def _rolled_back(terminal: Terminal, outcome: Answer[HelloAnswer]) -> Greeted:
    """Begin the epoch that the ledger gave, with what it never had; no points until the next hello (6.6).

    Where it lost what it had acknowledged, everything that is kept goes with it: which part is missing nobody knows.
    """
    answer = outcome.value
    with terminal.store.facts.begin() as facts:
        if answer.epoch <= read_device(facts).epoch or answer.next_seq != 1:
            change_device(facts, trouble=ROLLED_BACK)
            return Greeted(outcome=outcome, trouble=ROLLED_BACK)
        moved = recovery.begin_epoch(facts, epoch=answer.epoch, trouble=ROLLED_BACK, everything=answer.again)
    return Greeted(outcome=outcome, resend=moved, trouble=ROLLED_BACK)


def _trouble(terminal: Terminal, outcome: Answer[HelloAnswer], trouble: str) -> Greeted:
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        if outcome.value.epoch == device.epoch:
            return _told(facts, device, outcome, trouble)
        change_device(facts, trouble=trouble)
    return Greeted(outcome=outcome, trouble=trouble)
