"""The table of jobs: one run a kind and subject, one worker at a time, nothing lost with a worker that dies (3.2)."""

import threading
from functools import partial

import pytest

from clubtill_ledger.jobs.running import FIRST_PAUSE_US, HOLD_US, TRIES_MAX, Turn, run_next
from clubtill_ledger.store import jobs
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.jobs import DONE, GIVEN_UP, WAITING, Lost
from clubtill_ledger.store.settings import SettingsShelf
from tests.ledger.master import SECOND, START_US


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now_us = START_US

    def __call__(self) -> int:
        """Read it."""
        return self.now_us


def plan(store: Store, *subjects: str, kind: str = "count", due_us: int = START_US) -> int:
    """Plan jobs of one kind."""
    return store.write(partial(jobs.plan, wanted=[(kind, subject, due_us) for subject in subjects]))


def claim(store: Store, holder: str, now_us: int = START_US):
    """Take a job."""
    return store.write(partial(jobs.claim, kinds=("count",), holder=holder, now_us=now_us, hold_us=HOLD_US))


def run(store: Store, clock: Clock, work, **told):
    """Run the next job by one worker."""
    return run_next(store, SettingsShelf(), {"count": work}, holder="w1", clock_us=clock, **told)


def test_a_job_is_planned_and_run_once(store: Store) -> None:
    """3.2: the same kind and subject planned again is the same job; done, it is not run again."""
    ran: list[str] = []

    def work(turn: Turn) -> str:
        ran.append(turn.subject)
        return f"saw {turn.subject}"

    clock = Clock()
    assert plan(store, "b", "a") == 2
    assert plan(store, "a", "b", "c", due_us=START_US + SECOND) == 1
    first = run(store, clock, work)
    assert (first.subject, first.state, first.result, first.tries) == ("a", DONE, "saw a", 1)
    assert run(store, clock, work).subject == "b"
    assert run(store, clock, work) is None, "c is not due yet"
    clock.now_us += SECOND
    assert run(store, clock, work).subject == "c"
    assert plan(store, "a", "b", "c") == 0
    assert (run(store, clock, work), ran) == (None, ["a", "b", "c"])


def test_two_workers_never_take_one_job(store: Store) -> None:
    """3.2: eight workers take forty jobs at once; each is taken once, and none stays behind."""
    plan(store, *(f"{n:02d}" for n in range(40)))
    taken: list[str] = []
    gate = threading.Barrier(8)

    def worker(name: str) -> None:
        gate.wait(30)
        while (held := claim(store, name)) is not None:
            taken.append(held.subject)

    threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == [f"{n:02d}" for n in range(40)]


def test_a_claim_passes_over_one_that_is_being_made(store: Store) -> None:
    """3.2: on PostgreSQL a second connection does not wait for the first one's claim, it takes the next job."""
    if store.is_sqlite:
        plan(store, "a")
        assert (claim(store, "w1").subject, claim(store, "w2")) == ("a", None)
        return
    plan(store, "a", "b")
    taking = partial(jobs.claim, kinds=("count",), now_us=START_US, hold_us=HOLD_US)
    with store.writer.begin() as first, store.writer.begin() as second:
        one = taking(first, holder="w1")
        other = taking(second, holder="w2")
        none = store.write(partial(taking, holder="w3"))
    assert (one.subject, other.subject, none) == ("a", "b", None)


def test_a_killed_workers_job_is_taken_again(store: Store) -> None:
    """F15: a job whose holder gives no sign is free when its time is over, and the dead one's word does not count."""
    plan(store, "a")
    dead = claim(store, "w1")
    assert claim(store, "w2", START_US + HOLD_US) is None, "it may still be at work"
    heir = claim(store, "w2", START_US + HOLD_US + 1)
    assert (heir.subject, heir.tries) == ("a", 2)
    for late in (
        partial(jobs.hold, held=dead, until_us=START_US + 9 * HOLD_US),
        partial(jobs.end, held=dead, result="done twice", now_us=START_US),
        partial(jobs.put_off, held=dead, result="", now_us=START_US, due_us=None),
    ):
        with pytest.raises(Lost):
            store.write(late)
    store.write(partial(jobs.end, held=heir, result="done", now_us=START_US + HOLD_US + 2))
    assert store.read(partial(jobs.find, kind="count", subject="a")).result == "done"


def test_a_worker_that_goes_on_keeps_its_job(store: Store) -> None:
    """3.2: a long job says so between its chunks; while it does nobody else takes it."""
    clock = Clock()
    seen = []

    def work(turn: Turn) -> str:
        for _ in range(3):
            clock.now_us += HOLD_US - SECOND
            turn.go_on()
            seen.append(claim(store, "w2", clock.now_us))
        return "long"

    plan(store, "a")
    assert run(store, clock, work).state == DONE
    assert seen == [None, None, None]


@pytest.mark.expects_log(r"job\.lost kind=count subject=a")
def test_a_worker_that_lost_its_job_stops(store: Store) -> None:
    """F16: a worker that slept through its time finds at its next chunk that another has the job, and stops."""
    clock, went_on = Clock(), []

    def work(turn: Turn) -> str:
        clock.now_us += HOLD_US + 1
        assert claim(store, "w2", clock.now_us).subject == "a"
        turn.go_on()
        went_on.append(turn)
        return "never said"

    plan(store, "a")
    assert (run(store, clock, work).holder, went_on) == ("w2", [])


@pytest.mark.expects_log(r"job\.failed kind=count subject=a try=\d")
def test_a_job_that_fails_waits_longer_each_time_and_is_given_up(store: Store) -> None:
    """3.2: tries are bounded; what is kept of the error is its class, since its text may name people."""
    clock = Clock()

    def work(_turn: Turn) -> str:
        raise ValueError("Anna Berg has no address")

    plan(store, "a")
    pauses = []
    while (left := run(store, clock, work)).state == WAITING:
        pauses.append((left.due_us - clock.now_us) // FIRST_PAUSE_US)
        assert run(store, clock, work) is None
        clock.now_us = left.due_us
    assert pauses == [2**n for n in range(TRIES_MAX - 1)]
    assert (left.state, left.result, left.tries) == (GIVEN_UP, "failed: ValueError", TRIES_MAX)
    assert store.write(partial(jobs.again, kind="count", subject="a", now_us=clock.now_us))
    assert run(store, clock, lambda _: "well again").state == DONE


def test_a_broken_disk_ends_the_worker(store: Store) -> None:
    """6.4: an I/O error is fatal to the process; it is no failure of the job that could be put off."""

    def work(_turn: Turn) -> str:
        raise StoreFault("ledger.disk")

    plan(store, "a")
    with pytest.raises(StoreFault, match=r"ledger\.disk"):
        run(store, Clock(), work)


def test_old_jobs_are_forgotten(store: Store) -> None:
    """3.2: done jobs are forgotten after a while; what waits or was given up stays."""
    plan(store, "a", "b")
    run(store, Clock(), lambda _: "done")
    assert store.write(partial(jobs.forget, before_us=START_US)) == 0
    assert store.write(partial(jobs.forget, before_us=START_US + 1)) == 1
    assert [one.subject for one in store.read(jobs.listed)] == ["b"]
