"""Tills for the tests of the exchange: each on a real store, with a real line to the real ledger."""

from __future__ import annotations

import itertools
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from clubtill_rules.values.days import entry_day, trading_day
from clubtill_rules.values.ids import visit_key
from clubtill_sync.client import Answer, Client, Timeouts
from clubtill_sync.signing import Signer
from clubtill_sync.wire.events import SwipeV1
from clubtill_sync.wire.requests import EntriesAnswer, LeaseAsk
from clubtill_terminal.actions import exchange_back, exchange_check
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.exchange_back import Brought
from clubtill_terminal.actions.exchange_hello import Greeted, hello
from clubtill_terminal.actions.exchange_pull import Pulled, pull, standing
from clubtill_terminal.actions.exchange_push import Pushed, Window, push
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import leases, members, outbox
from clubtill_terminal.store.device import Device, read_device
from clubtill_terminal.store.opening import open_store
from tests.ledger.club import CLOCK, CLUB_ID
from tests.terminal.actions.exchange_kit import KEY

VISIT_H = 1000
PATIENT = Timeouts(look_up_s=20, points_s=20, bulk_s=20)
_COUNT = itertools.count(1)


def now_us() -> int:
    """Read the clock: the ledger is a process of its own and has the same one."""
    return time.time_ns() // 1000


@dataclass
class Till:
    """A terminal on a real store with a line to the ledger."""

    terminal: Terminal
    client: Client
    key: Signer
    folder: Path

    def hello(self) -> Greeted:
        """Say hello."""
        return hello(self.terminal, self.client, store_version="0001", program_version="0.1.0")

    def push_all(self, window: Window | None = None) -> list[Pushed]:
        """Send until nothing more is to be done at once."""
        done = [push(self.terminal, self.client, window or Window())]
        while done[-1].more:
            done.append(push(self.terminal, self.client, done[-1].window))
        return done

    def pull_all(self, *, anew: bool = False) -> list[Pulled]:
        """Fetch until the cache is complete."""
        done = [pull(self.terminal, self.client, anew=anew)]
        while done[-1].more or done[-1].anew:
            done.append(pull(self.terminal, self.client, anew=done[-1].anew))
        return done

    def bring_back(self) -> list[Brought]:
        """Pull back what a roll-back lost, until nothing is missing."""
        done = [exchange_back.bring_back(self.terminal, self.client)]
        while done[-1].more:
            done.append(exchange_back.bring_back(self.terminal, self.client))
        return done

    def log(self) -> dict[str, tuple[int, int, str, bytes]]:
        """Give every event that is kept: epoch, number, state and bytes by id."""
        with self.terminal.store.facts.begin() as facts:
            rows = facts.exec_driver_sql("SELECT event_id, epoch, seq, state, bytes FROM outbox").all()
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}

    def device(self) -> Device:
        """Give the device's row."""
        with self.terminal.store.facts.begin() as facts:
            return read_device(facts)

    def differing(self) -> list[int] | None:
        """Give the streams in which the cache differs from the ledger; None while the ledger has news first."""
        outcome, told = exchange_check.ask(self.client, standing(self.terminal))
        assert isinstance(outcome, Answer)
        return [one.stream for one in told if exchange_check.differs(self.terminal, one)] if told else None

    def swipe(self, account_id: str) -> str:
        """Write a welcome at the door with ten visit points into the log."""
        at_us = now_us()
        day = entry_day(at_us, CLOCK)
        event_id = self.terminal.new_id()
        body = SwipeV1(
            club_id=CLUB_ID,
            venue_id="V1",
            location_id="DOOR",
            device_id=self.terminal.device_id,
            staff_id="S1",
            at_us=at_us,
            card_digest="",
            person_id=f"P{account_id}",
            account_id=account_id,
            member_number=f"10{account_id[1:]}",
            classification=1,
            verdict="welcome",
            code="door.welcome",
            entry_day=day,
            visit_h=VISIT_H,
            visit_key=visit_key(CLUB_ID, f"P{account_id}", "V1", day),
            birthday_h=0,
            birthday_key="",
            earn_day=trading_day(at_us, CLOCK),
            last_day=None,
            offline=False,
        )
        with self.terminal.store.facts.begin() as facts:
            outbox.append(
                facts,
                [
                    outbox.NewEvent(
                        event_id=event_id,
                        kind="swipe",
                        occurred_at_us=at_us,
                        bytes_=self.terminal.event_bytes(event_id, body, at_us=at_us, settings_version=""),
                        account_id=account_id,
                        overlay_h=VISIT_H,
                    )
                ],
            )
        return event_id

    def shown_h(self, account_id: str) -> int:
        """Give the balance that this till shows."""
        with self.terminal.store.cache.begin() as cache:
            card = members.by_account(cache, account_id)
        assert card is not None
        return read_balance(self.terminal, card).balance.hundredths

    def booked(self, account_id: str) -> EntriesAnswer:
        """Ask the ledger for everything about an account."""
        outcome = self.client.account_entries(CLUB_ID, account_id)
        assert isinstance(outcome, Answer)
        return outcome.value

    def awards(self, account_id: str) -> list[str]:
        """Give the events for which the ledger awarded visit points, in the order of posting."""
        return [row.event_id for row in self.booked(account_id).entries if row.award_for == "visit"]

    def waiting(self) -> int:
        """Count the events that the ledger has not acknowledged."""
        with self.terminal.store.facts.begin() as facts:
            return outbox.waiting(facts, 1)[0]

    def held(self) -> list[str]:
        """Give the open leases."""
        with self.terminal.store.facts.begin() as facts:
            return [lease.lease_id for lease in leases.all_open(facts)]

    def copied_to(self, folder: Path) -> None:
        """Copy the store's files, as a backup or a cloned disk does, and go on."""
        self.terminal.store.close()
        shutil.copytree(self.folder, folder)
        self.terminal = replace(self.terminal, store=open_store(self.folder, KEY))

    def close(self) -> None:
        """Close files and line."""
        self.terminal.store.close()
        self.client.close()


def till_on(folder: Path, url: str, key: Signer, device_id: str) -> Till:
    """Open a till on a folder that has a store in it already."""
    nonces = (f"{device_id}-{next(_COUNT)}-{now_us()}" for _ in itertools.count())
    client = Client(url, key, now_us=now_us, nonce=lambda: next(nonces), timeouts=PATIENT)
    terminal = Terminal(
        store=open_store(folder, KEY),
        now_us=now_us,
        mono_us=now_us,
        new_id=lambda: f"{now_us():016x}{next(_COUNT):016x}",
        boot_id="b1",
        card_key=KEY,
        device_id=device_id,
        terminal_id="T1",
    )
    return Till(terminal=terminal, client=client, key=key, folder=folder)


def ask(account_id: str, points: int, ask_no: int = 1, sale_id: str = "") -> LeaseAsk:
    """Give an ask for points."""
    return LeaseAsk(
        sale_id=sale_id or f"{next(_COUNT):032x}",
        ask_no=ask_no,
        club_id=CLUB_ID,
        account_id=account_id,
        amount_h=points * 100,
        why="points_pay",
    )
