"""Bootstrap: an empty terminal to ready over HTTP, against a bare load of the same rows and the same search index.

The bare load writes ready-made rows into the same encrypted tables by the driver alone, with the same indexes and the
same search afterwards, and syncs once; what it takes to have the rows is not counted. The ledger's snapshot is made up
before, as it would be for the first of many terminals; how long that took is a figure of its own.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns
from typing import Any, Final

from clubtill_ledger.accept import enrol
from clubtill_ledger.feed.snapshot import EVERYONE
from clubtill_ledger.operate.commands import clock_us
from clubtill_ledger.store import snapshots
from clubtill_ledger.store.engines import open_store
from clubtill_rules.values.ids import BUCKETS
from clubtill_sync.client import Answer, Client, Timeouts
from clubtill_sync.signing import Signer, key_from_text, key_text, new_key, public_text
from clubtill_sync.wire.requests import Enrol
from clubtill_sync.wire.snapshot import Manifest, open_manifest, read_accounts
from clubtill_terminal.store import building
from clubtill_terminal.store.engines import open_engine
from clubtill_terminal.store.files import sync
from clubtill_terminal.store.opening import migrate
from tests.bench.figures import Figure, median
from tests.bench.ledger_file import TERMINAL, entropy_bytes, ledger_file
from tests.ledger.engines.served import Served
from tests.terminal.actions.exchange_kit import KEY

RATIO: Final = 2.5
MEMORY_MB: Final = 400
STALL_MS: Final = 100
PATIENT: Final = Timeouts(look_up_s=60, points_s=60, bulk_s=120)
ROOT: Final = Path(__file__).parents[2]


def run(*, quick: bool, members: int | None = None) -> Iterator[Figure]:
    """Bootstrap and load bare in turn."""
    count = members or (20_000 if quick else 1_000_000)
    rounds = 3 if quick else 5
    path = ledger_file(count)
    own: list[dict[str, float]] = []
    bare: list[float] = []
    with _serving(path) as url:
        line = _enrolled(path, url)
        start_ns = perf_counter_ns()
        manifest = _made_up(url, line)
        made_s = (perf_counter_ns() - start_ns) / 1e9
        for _ in range(rounds):
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                bare.append(_bare(path, manifest, Path(folder) / "cache.db"))
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                own.append(_terminal(Path(folder) / "store", url, line))
        if any(one["accounts"] != count for one in own):
            raise RuntimeError("not everybody arrived")
    size = sum(ref.size for part in manifest.parts for ref in part.chunks)
    name = f"bootstrap.{count}"
    taken = [one["s"] for one in own]
    ratio = median([mine / other for mine, other in zip(taken, bare, strict=True)])
    yield Figure(
        bench=name, value=median(taken), unit="s", baseline=median(bare), ratio=ratio, rounds=rounds, bound=RATIO
    )
    yield Figure(
        bench=f"{name}.memory", value=max(one["mb"] for one in own), unit="MB", rounds=rounds, bound=MEMORY_MB,
        judged="value",
    )  # fmt: skip
    yield Figure(
        bench=f"{name}.gui_stall", value=max(one["stall_ms"] for one in own), unit="ms", rounds=rounds, bound=STALL_MS,
        judged="value",
    )  # fmt: skip
    yield Figure(
        bench=f"{name}.bytes_a_member", value=size / count, unit="B", baseline=entropy_bytes(),
        ratio=size / count / entropy_bytes(), rounds=1,
    )  # fmt: skip
    yield Figure(bench=f"{name}.made_up", value=made_s, unit="s", rounds=1)


@contextmanager
def _serving(path: Path) -> Iterator[str]:
    """Run the ledger as a process of its own, its log in a file: here only figures are printed."""
    with tempfile.TemporaryDirectory() as folder:
        served = Served(str(path), Path(folder), "--no-jobs").wait()
        try:
            yield served.url
        finally:
            served.stop()


def _enrolled(path: Path, url: str) -> tuple[str, str, str]:
    """Enrol a terminal; give its private key, its id, and the key of the ledger."""
    store = open_store(str(path))
    code = enrol.make_code(store, TERMINAL, secrets.choice, now_us=clock_us())
    store.close()
    key = new_key()
    client = Client(url, None, now_us=clock_us, nonce=secrets.token_hex, timeouts=PATIENT)
    outcome = client.enrol(Enrol(code=code, public_key=public_text(key), name="bench"))
    client.close()
    if not isinstance(outcome, Answer):
        raise TypeError(str(outcome))
    return key_text(key), outcome.value.device_id, outcome.value.server_key


def _made_up(url: str, line: tuple[str, str, str]) -> Manifest:
    """Have the ledger make up the snapshot of this moment."""
    client = Client(
        url, Signer(key_from_text(line[0]), line[1]), now_us=clock_us, nonce=secrets.token_hex, timeouts=PATIENT
    )
    while True:
        outcome = client.snapshot()
        if not isinstance(outcome, Answer):
            raise TypeError(str(outcome))
        manifest = open_manifest(outcome.value, line[2])
        if manifest is None or manifest.scope != EVERYONE:
            raise RuntimeError("this is not everybody's snapshot")
        if not manifest.more:
            client.close()
            return manifest


def _terminal(folder: Path, url: str, line: tuple[str, str, str]) -> dict[str, float]:
    """Run an empty terminal until it is ready."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.bootstrap_program"],
        input=json.dumps([str(folder), url, *line]),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    told: dict[str, float] = json.loads(ended.stdout)
    return told


def _bare(path: Path, manifest: Manifest, into: Path) -> float:
    """Load the same rows by the driver alone; give seconds."""
    store = open_store(str(path))
    engine = open_engine(into, KEY)
    migrate(engine, "cache")
    taken_ns = 0
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            raw.execute(f"PRAGMA {setting}").fetchall()
        raw.execute(f"PRAGMA cache_size = -{building.CACHE_KIB}")
        indexes = raw.execute(building._INDEXES).fetchall()
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        raw.execute("CREATE TEMP TABLE loading (digest TEXT, person_id TEXT, account_id TEXT)")
        accounts = persons = 0
        for stream, ref in ((part.stream, ref) for part in manifest.parts for ref in part.chunks):
            if stream >= BUCKETS:
                continue
            body = store.read(lambda c, stream=stream, ref=ref: snapshots.chunk(c, stream, ref.sha256))
            rows = read_accounts(body or b"")
            ready = (
                (building._ACCOUNT, list(building._accounts(rows, stream, accounts))),
                (building._PERSON, list(building._persons(rows, persons))),
                (
                    building._TOKEN,
                    [(d, one.person_id, row.account_id) for row in rows for one in row.persons for d in one.digests],
                ),
            )
            accounts += len(ready[0][1])
            persons += len(ready[1][1])
            start_ns = perf_counter_ns()
            raw.execute("BEGIN")
            for statement, values in ready:
                raw.executemany(statement, values)
            raw.execute("COMMIT")
            taken_ns += perf_counter_ns() - start_ns
        start_ns = perf_counter_ns()
        building._index(raw, [sql for _, sql in indexes])
    engine.dispose()
    sync(into)
    taken_ns += perf_counter_ns() - start_ns
    store.close()
    return taken_ns / 1e9
