"""Two PostgreSQL servers on loopback, a primary and its synchronous standby, to be killed and promoted (8.5 e)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.sync.hostile import listen

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/nowhere"))
READY_S = 60.0
_SETTINGS = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off", "hot_standby=on",
    "wal_level=replica", "max_wal_senders=8", "max_connections=60", "wal_retrieve_retry_interval=200ms",
)  # fmt: skip


def as_postgres(*words: str) -> list[str]:
    """Run a program of PostgreSQL as somebody else than root, which it refuses."""
    if os.geteuid():
        return list(words)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *words]


@dataclass(slots=True)
class Pair:
    """A primary and a standby. `ports[0]` is always the primary's; `strict`: no commit without the standby."""

    folder: Path
    ports: list[int] = field(default_factory=list)
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    failovers: int = 0

    def start(self) -> None:
        """Make the primary, then its standby."""
        for _ in range(2):
            with listen() as listener:
                self.ports.append(int(listener.getsockname()[1]))
        self.folder.mkdir(exist_ok=True)
        if not os.geteuid():
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self._data(self.ports[0]))
        kind = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "--pgdata", data, *kind)
        self._serve(self.ports[0])
        with self._ask(self.ports[0]) as asking:
            asking.execute("CREATE DATABASE ledger")
            # Before the copy is made, so that the standby has it too: it is no part of what is replicated.
            asking.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            asking.execute("SELECT pg_reload_conf()")
        self.add_standby()

    @property
    def url(self) -> str:
        """Give the URL of whichever of the two is the primary."""
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in self.ports)
        return f"postgresql://postgres@/ledger?{hosts}&target_session_attrs=read-write&connect_timeout=5"

    def add_standby(self) -> None:
        """Copy the primary and follow it, in the place of the one that is gone."""
        primary, standby = self.ports
        shutil.rmtree(self._data(standby), ignore_errors=True)
        source = ("--host=127.0.0.1", f"--port={primary}", "--username=postgres", "--no-sync", "--checkpoint=fast")
        self._run(
            "pg_basebackup",
            *source,
            "--wal-method=stream",
            "--write-recovery-conf",
            "--pgdata",
            str(self._data(standby)),
        )
        self._serve(standby)
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with self._ask(primary) as asking:
                if asking.execute("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'").fetchone():
                    return
        raise AssertionError("the standby does not follow")

    def fail_over(self) -> None:
        """Kill the primary with all it has, promote the standby, and give that one a standby of its own."""
        gone = self.running.pop(self.ports[0])
        os.killpg(gone.pid, signal.SIGKILL)
        gone.wait(READY_S)
        self.ports.reverse()
        self._run("pg_ctl", "promote", "--wait", "--pgdata", str(self._data(self.ports[0])))
        self.failovers += 1
        self.add_standby()

    def stop(self) -> None:
        """End both, by id."""
        for one in self.running.values():
            os.killpg(one.pid, signal.SIGKILL)
            one.wait(READY_S)

    def _data(self, port: int) -> Path:
        return self.folder / str(port)

    def _ask(self, port: int) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            as_postgres(str(PROGRAMS / program), *words), capture_output=True, text=True, check=False, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr

    def _serve(self, port: int) -> None:
        settings = [word for one in (*_SETTINGS, f"port={port}") for word in ("-c", one)]
        with (self.folder / f"{port}.log").open("ab") as log:
            self.running[port] = subprocess.Popen(
                as_postgres(str(PROGRAMS / "postgres"), "-D", str(self._data(port)), *settings),
                stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            assert self.running[port].poll() is None, (self.folder / f"{port}.log").read_text()
            ready = [str(PROGRAMS / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
            if subprocess.run(ready, check=False).returncode == 0:
                return
        raise AssertionError("the server does not answer")
