"""The worker beside the server and the commands of jobs: what falls due is planned and done, once."""

import os
import signal
import subprocess
import sys
import threading
from datetime import date
from functools import partial
from time import monotonic

from typer.testing import CliRunner, Result

from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.jobs import Worker
from clubtill_ledger.operate.jobs_kinds import KINDS, due_now
from clubtill_ledger.store import jobs, tables
from clubtill_ledger.store.jobs import DONE, RUNNING
from clubtill_rules.values.days import local
from tests.ledger.audit import audit, balances, rows
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID, DAY, ZONE, person

DEADLINE_S = 60


def fail() -> None:
    """What a worker does on a broken disk: nothing here breaks one."""
    raise AssertionError("the disk is whole")


def worker(club: Club) -> Worker:
    """A worker whose clock is the club's."""
    return Worker(store=club.store, shelf=club.ledger.shelf, now_us=lambda: club.now_us, on_broken_disk=fail)


def lots(club: Club, account_id: str, last_day: date) -> None:
    """Give an account a lot."""
    opening = (seeds.Opening(amount_h=4_000, earn_day=date(2026, 1, 1), last_day=last_day),)
    made = seeds.Account(club_id=CLUB_ID, account_id=account_id, persons=(person(account_id),), opening=opening)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)


def run_all(one: Worker) -> list[str]:
    """Run until nothing is due; give the kinds that were run, in order."""
    ran = []
    while (done := one.once()) is not None:
        ran.append(done.kind)
    return ran


def _run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_a_days_jobs_are_run_once(club: Club) -> None:
    """3.2: whatever falls due on a club's day is planned and done once, the next day again; no clock is read."""
    one = worker(club)
    first = run_all(one)
    assert sorted(set(first)) == sorted(
        {kind for kind, *_ in due_now(club.store.read(partial(club.ledger.shelf.now, now_us=club.now_us)), club.now_us)}
    )
    assert run_all(one) == []
    assert {job.state for job in club.store.read(jobs.listed)} == {DONE}
    club.tick(DAY)
    assert "expiry" in run_all(one)
    assert run_all(worker(club)) == []


def test_expiry_follows_the_clubs_day(club: Club) -> None:
    """R34, D37: the job of a club is due when the club's own day begins, at six in the morning there."""
    lots(club, "B1", date(2026, 3, 13))
    one = worker(club)
    run_all(one)
    assert balances(club.store)["B1"] == (4_000, 0, 0)
    while local(club.now_us, ZONE).hour != 6:
        assert balances(club.store)["B1"] == (4_000, 0, 0)
        run_all(one)
        club.tick(DAY // 24)
    run_all(one)
    assert balances(club.store)["B1"] == (0, 0, 0)
    audit(club.store)


def test_two_workers_share_the_work(club: Club) -> None:
    """3.2: two workers on one database run each job once between them, on threads of their own."""
    for n in range(8):
        lots(club, f"C{n}", date(2026, 3, 13))
    club.tick(DAY)
    both = [worker(club), worker(club)]
    ran: list[str] = []
    threads = [threading.Thread(target=lambda one=one: ran.extend(run_all(one))) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    done = club.store.read(jobs.listed)
    assert len(ran) == len(done)
    assert {job.tries for job in done} == {1}
    assert sum(row.kind == "expire" for row in rows(club.store, tables.entry)) == 8
    audit(club.store)


def test_a_worker_on_its_thread_works_and_stops(club: Club) -> None:
    """Operation: a worker begins by itself and takes no further job once it is told to stop."""
    one = worker(club)
    one.start()
    end, pause = monotonic() + DEADLINE_S, threading.Event()
    while not [job for job in club.store.read(jobs.listed) if (job.kind, job.state) == ("expiry", DONE)]:
        assert monotonic() < end
        pause.wait(0.02)
    one.stop()
    left = len(club.store.read(jobs.listed))
    club.tick(DAY)
    pause.wait(0.05)
    assert len(club.store.read(jobs.listed)) == left


def test_commands_run_and_list(club: Club, database: str) -> None:
    """`jobs run` does what is due now, one kind or one job; `list` says how each stands; `again` lets it run again."""
    ran = _run("jobs", "run", "expiry", "--database", database)
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (0, "1 jobs were run.")
    assert _run("jobs", "run", "expiry", "--database", database).output == "Nothing was due.\n"
    listed = _run("jobs", "list", "--state", "done", "--database", database).output
    assert f"expiry {CLUB_ID}:" in listed
    assert "done, try 1: 0 accounts" in listed
    subject = listed.split()[1]
    assert _run("jobs", "again", "expiry", subject, "--database", database).output == "It will be run again.\n"
    assert "1 jobs were run." in _run("jobs", "run", "expiry", subject, "--database", database).output
    assert _run("jobs", "again", "expiry", "nothing", "--database", database).exit_code == 2
    assert "There are: expiry" in _run("jobs", "run", "odd", "--database", database).output
    assert set(KINDS) >= {"expiry"}


_KILLED = """
import sys
from clubtill_ledger.jobs import expiry
from clubtill_ledger.operate.jobs import Worker
from clubtill_ledger.store.engines import open_store
from clubtill_ledger.store.settings import SettingsShelf

told, buckets = expiry.lapse, []
def slow(connection, club, bucket, **named):
    buckets.append(bucket)
    if len(buckets) == 32:
        print("half", flush=True)
        sys.stdin.read()
    return told(connection, club, bucket, **named)
expiry.lapse = slow
store = open_store(sys.argv[1])
one = Worker(store=store, shelf=SettingsShelf(), now_us=lambda: int(sys.argv[2]), on_broken_disk=exit)
while one.once() is not None:
    pass
"""


def test_kill_in_the_middle_of_a_job(club: Club, database: str) -> None:
    """F15, I20: a process killed half-way leaves its job; when its time is over another ends it, nothing twice."""
    for n in range(40):
        lots(club, f"C{n}", date(2026, 3, 13))
    club.tick(DAY)
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, database, str(club.now_us)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src:sync"},
    )  # fmt: skip
    assert process.stdout.readline() == b"half\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=DEADLINE_S)
    posted = sum(row.kind == "expire" for row in rows(club.store, tables.entry))
    assert 0 < posted < 40
    one = worker(club)
    run_all(one)
    assert [job.state for job in club.store.read(jobs.listed) if job.kind == "expiry"] == [RUNNING]
    club.tick(121 * 1_000_000)
    assert "expiry" in run_all(one)
    assert sum(row.kind == "expire" for row in rows(club.store, tables.entry)) == 40
    assert {balances(club.store)[f"C{n}"] for n in range(40)} == {(0, 0, 0)}
    audit(club.store)
