"""The checks of the conformance kit, each a function that says what it counted, or raises `Fails` with what is wrong.

They run the ledger's own code (accept, leases, feed) with several writers at once, then count what stands.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from clubtill_ledger.feed import page
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.conformance_club import ACCOUNTS, AWARD_H, CLUB_ID, SHARED, Till, seed
from clubtill_ledger.store import people, probes
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.probes import Cuts
from clubtill_ledger.store.settings import SettingsShelf

_T = TypeVar("_T")
PROBE: Final = 60
"""The bucket of the bare probes; no account of the kit's club need lie elsewhere for it."""
LEASE_H: Final = 50_000
AGAIN_MAX: Final = 6
CUT_EVERY: Final = 5


class Fails(Exception):  # noqa: N818 - an answer: the engine does not keep what the ledger needs
    """What an engine did that it must not do, in plain words."""


@dataclass(slots=True, kw_only=True)
class Kit:
    """What the checks share.

    Attributes:
        writers: threads that write at once; `rounds`: how often each does.
        tills: the terminals so far, with what was acknowledged to them.
    """

    store: Store
    now_us: int
    writers: int
    rounds: int
    shelf: SettingsShelf = field(default_factory=SettingsShelf)
    tills: list[Till] = field(default_factory=list)

    def till(self) -> Till:
        """Enrol one more terminal."""
        made = Till.enrol(self.store, self.shelf, len(self.tills) + 1, self.now_us)
        self.tills.append(made)
        return made


def together(acts: Sequence[Callable[[], None]]) -> None:
    """Run acts in threads that start at once; raise what the first of them raised."""
    gate = threading.Barrier(len(acts))
    raised: list[Exception] = []

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 - raised again in the thread of the check
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


# ------------------------------------------------------------------ bare probes


def unique_keys(kit: Kit) -> str:
    """Every primary and unique key refuses a second row: the ledger's safety hangs on them (3.2)."""
    keys = probes.keys()
    taken = [
        f"{table.name} ({', '.join(key)})" for table, key in keys if not probes.refuses_second(kit.store, table, key)
    ]
    if taken:
        raise Fails(f"a second row with the same key was taken: {'; '.join(taken)}")
    return f"{len(keys)} keys"


def gap_free_numbers(kit: Kit) -> str:
    """Numbers taken under the lock of a head row have no gap, and no reader ever sees one (I12, I27)."""
    taken: list[list[int]] = [[] for _ in range(kit.writers)]
    looks: list[tuple[int, int, int]] = []
    done = threading.Event()

    def writes(n: int) -> None:
        work = partial(probes.take_number, bucket=PROBE, name=str(n))
        taken[n] = [_patient(partial(kit.store.write, work)) for _ in range(kit.rounds)]

    def reads() -> None:
        while not done.is_set():
            looks.append(kit.store.read(partial(probes.head_and_rows, bucket=PROBE)))

    def all_write() -> None:
        try:
            together([partial(writes, n) for n in range(kit.writers)])
        finally:
            done.set()

    together([all_write, reads])
    head, rows, _ = kit.store.read(partial(probes.head_and_rows, bucket=PROBE))
    numbers = sorted(number for each in taken for number in each)
    total = kit.writers * kit.rounds
    if numbers != list(range(1, total + 1)):
        raise Fails(f"{total} writers' transactions took {len(set(numbers))} different numbers, up to {max(numbers)}")
    if (head, rows) != (total, total):
        raise Fails(f"of {total} acknowledged transactions {total - rows} are not there; the head row says {head}")
    holes = [look for look in looks if not look[0] == look[1] == look[2]]
    if holes:
        head, rows, highest = holes[0]
        raise Fails(f"a reader saw the head at {head} with {rows} rows up to {highest}: commits show out of order")
    return f"{total} numbers by {kit.writers} writers, {len(looks)} looks by a reader"


def compared_versions(kit: Kit) -> str:
    """Read, then write where nothing has changed: no acknowledged update is lost (I13)."""
    kit.store.write(partial(probes.open_counter, bucket=PROBE))

    def writes() -> None:
        for _ in range(kit.rounds):
            _patient(lambda: kit.store.write(partial(probes.next_version, bucket=PROBE)))

    together([writes] * kit.writers)
    total = kit.writers * kit.rounds
    stands = kit.store.read(partial(probes.version_now, bucket=PROBE))
    if stands != total:
        raise Fails(f"{total - stands} of {total} acknowledged updates of one row are lost")
    return f"{total} updates of one row by {kit.writers} writers"


def whole_transactions(kit: Kit) -> str:
    """A transaction that is given up leaves nothing; run again as a whole it takes effect once (6.4)."""
    if not all(probes.rolls_back(kit.store, PROBE) for _ in range(10)):
        raise Fails("a transaction that was rolled back left something behind, or one that was not is missing")
    return "10 transactions, each given up three times"


def open_transaction(kit: Kit) -> str:
    """A transaction that stays open holds up no other bucket and hides nothing from a reader (F35)."""
    if kit.store.is_sqlite:
        return "one writer: nothing to hold up"
    with probes.held_open(kit.store, PROBE):
        seq = kit.store.write(partial(probes.take_number, bucket=PROBE + 1, name="beside"))
        head, rows, _ = kit.store.read(partial(probes.head_and_rows, bucket=PROBE + 1))
    if not seq == head == rows:
        raise Fails(f"beside an open transaction a reader saw {rows} of {head} rows")
    return "a number taken and read beside one"


# ------------------------------------------------------------------ the ledger's own code


def club(kit: Kit) -> str:
    """Documents, members and opening points of a small club are loaded, and loading them again changes nothing."""
    made = seed(kit.now_us)
    loaded = seeds.load(kit.store, kit.shelf, made, now_us=kit.now_us)
    again = seeds.load(kit.store, kit.shelf, made, now_us=kit.now_us)
    if (again.documents, again.accounts, again.openings) != (0, 0, 0):
        raise Fails(f"loading the same file twice wrote {again.documents + again.accounts + again.openings} rows anew")
    return f"{loaded.documents} documents, {loaded.accounts} accounts"


def many_writers(kit: Kit) -> str:
    """Terminals sell, lease, spend and give back at once, each on a shared account too, while a feed is read."""
    tills = [kit.till() for _ in range(kit.writers)]
    reader = kit.till()
    done = threading.Event()
    seen: dict[str, int] = {}

    def all_sell() -> None:
        try:
            together([partial(_sells, kit, till, n) for n, till in enumerate(tills)])
        finally:
            done.set()

    together([all_sell, lambda: _follow(kit, reader, done, seen)])
    for account_id, version in seen.items():
        card = kit.store.read(partial(_card, account_id=account_id))
        if card != version:
            raise Fails(f"a reader that came to the end of the feed has version {version} of a card that is at {card}")
    if set(ACCOUNTS) - set(seen):
        raise Fails(f"the feed never told of {len(set(ACCOUNTS) - set(seen))} accounts that changed")
    return f"{sum(len(till.log) for till in tills)} events of {kit.writers} terminals, one reader"


def _sells(kit: Kit, till: Till, n: int) -> None:
    """Be one terminal: sales on the shared account and on others, leases of both that are spent or given back."""
    for turn in range(max(1, kit.rounds // 10)):
        own = ACCOUNTS[1 + (n + turn) % (len(ACCOUNTS) - 1)]
        for account_id in (SHARED, own, SHARED):
            till.sells(account_id)
        for account_id in (own, SHARED):
            lease = _patient(partial(till.asks, account_id, LEASE_H))
            if lease is not None and turn % 2:
                till.gives_back(lease)
            elif lease is not None:
                till.sells(account_id, lease)
        _send_twice(till)


def _send_twice(till: Till) -> None:
    """Send what waits until it is acknowledged, then the same bytes once more: the answer is the same for ever."""
    body = till.batch()
    first, again = (_patient(partial(till.sends, body)) for _ in range(2))
    if first.results != again.results:
        raise Fails("the same batch sent twice got two different answers")


def _patient(act: Callable[[], _T]) -> _T:
    """Do something again while the ledger says that its database is busy, as a terminal does."""
    for _ in range(AGAIN_MAX):
        try:
            return act()
        except StoreFault as fault:
            if fault.code != "ledger.busy":
                raise
    raise Fails("the database said for too long that it was busy: transactions of one account never came through")


def _follow(kit: Kit, reader: Till, done: threading.Event, seen: dict[str, int]) -> None:
    """Read the feed until the writers are done and nothing is left."""
    at = ""
    through: dict[int, int] = {}
    while True:
        ended = done.is_set()
        found = page.page(at, reader.device, kit.store, kit.shelf, kit.now_us)
        for one in found.ranges:
            if one.after != through.get(one.stream, 0):
                raise Fails(f"the feed left a hole in stream {one.stream} after {through.get(one.stream, 0)}")
            through[one.stream] = one.through
        for card in found.accounts:
            if card.version < seen.get(card.account_id, 0):
                raise Fails("the feed told an older version of a card after a newer one")
            seen[card.account_id] = card.version
        at = found.cursor
        if ended and not found.more and not found.ranges:
            return


def _card(connection: Connection, account_id: str) -> int:
    card = people.account_card(connection, CLUB_ID, account_id, club=None, today=None)
    return card.version if card else -1


def cut_connections(kit: Kit) -> str:
    """Lines are cut before a commit is sent, and after, its answer lost: everything stands, and once (F34)."""
    if kit.store.is_sqlite:
        return "a file has no line to cut"
    till = kit.till()
    counted = []
    for moment in ("before", "after"):
        cuts = Cuts(moment, CUT_EVERY)
        for turn in range(max(2, kit.rounds // 20)):
            for account_id in (SHARED, ACCOUNTS[1 + turn % 10]):
                till.sells(account_id)
            with probes.cutting(kit.store, cuts):
                _send_twice(till)
        counted.append(f"{cuts.cut} {moment}")
    return f"{' and '.join(counted)} the commit"


def books(kit: Kit) -> str:
    """At the end: every acknowledged event stands once, numbers and versions have no gap, the sums are right."""
    found = kit.store.read(probes.standing)
    acked = [name for till in kit.tills for name in till.ids[: till.acked]]
    wrong: list[str] = []
    if missing := [name for name in acked if name not in found.events]:
        wrong.append(f"{len(missing)} of {len(acked)} acknowledged events are not there (I9)")
    if twice := [name for name, times in found.events.items() if times > 1]:
        wrong.append(f"{len(twice)} events are there more than once (I9)")
    if doubled := [leg for leg, times in found.legs.items() if times > 1]:
        wrong.append(f"{len(doubled)} entries are there more than once (I10)")
    gaps = [b for b, numbers in found.numbers.items() if sorted(numbers) != list(range(1, found.heads.get(b, 0) + 1))]
    if gaps:
        wrong.append(f"{len(gaps)} streams have a gap or say another head than they have (I12)")
    broken = [a for a, vers in found.versions.items() if sorted(vers) != list(range(1, len(vers) + 1))]
    if broken:
        wrong.append(f"the versions of {len(broken)} accounts have a gap (I13)")
    stale = [a for a, last in found.last.items() if found.states.get(a) != (max(found.versions[a]), last)]
    if stale:
        wrong.append(f"{len(stale)} accounts say another balance than their entries (I15)")
    awarded = sum(amount for (club_id, _), amount in found.awards.items() if club_id == CLUB_ID)
    due = sum(award for till in kit.tills for award in till.awards[: till.acked])
    if awarded != due:
        more = "lost" if awarded < due else "given twice"
        wrong.append(f"{abs(due - awarded) // AWARD_H} awards of {due // AWARD_H} were {more}")
    if behind := [till for till in kit.tills if till.acked and found.marks.get(till.device.device_id) != till.acked]:
        wrong.append(f"{len(behind)} terminals' acknowledged logs are not where they were told (I11)")
    if wrong:
        raise Fails("; ".join(wrong))
    return (
        f"{len(acked)} acknowledged events, {len(found.legs)} entries, {sum(map(len, found.numbers.values()))} numbers"
    )


Check = Callable[[Kit], str]
CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("unique keys refuse a second row", unique_keys),
    ("numbers in commit order, without a gap", gap_free_numbers),
    ("no update of a row is lost", compared_versions),
    ("transactions are run again as wholes", whole_transactions),
    ("an open transaction hides nothing", open_transaction),
    ("a club is loaded", club),
    ("many writers, one account, a feed beside them", many_writers),
    ("connections cut around the commit", cut_connections),
    ("the books at the end", books),
)
