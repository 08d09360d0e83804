"""Metrics: what Prometheus reads of a running ledger, on a port of its own that only this machine reaches.

Counters of requests are kept by the app; what lies in the database is asked for when somebody reads, at most every
quarter of a minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from prometheus_client import start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from clubtill_ledger.app.metrics import Metrics
from clubtill_ledger.operate.opening import clock_us
from clubtill_ledger.store import counts
from clubtill_ledger.store.counts import Counts
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.ids import BUCKETS, DENY_STREAM, MASTER_STREAM

AGAIN_S: Final = 15.0


class InTheDatabase(Collector):
    """Gauges of what lies in the database."""

    def __init__(self, store: Store, confirmed: Mapping[str, Sequence[int]]) -> None:
        self._store = store
        self._confirmed = confirmed
        self._lock = threading.Lock()
        self._read_s = -AGAIN_S
        self._last: Counts | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the gauges; `clubtill_database_up` alone where the database does not answer."""
        with self._lock:
            if time.monotonic() - self._read_s >= AGAIN_S:
                try:
                    self._last = self._store.read(counts.read)
                except StoreFault:
                    self._last = None
                self._read_s = time.monotonic()
            found = self._last
        yield GaugeMetricFamily("clubtill_database_up", "Whether the database answers.", value=int(found is not None))
        tries = self._store.tries
        yield GaugeMetricFamily("clubtill_tries_again", "Transactions run again.", value=tries.again)
        yield GaugeMetricFamily("clubtill_tries_given_up", "Transactions given up as busy.", value=tries.busy)
        if found is None:
            return
        age_s = max(0.0, (clock_us() - found.quietest_us) / US_PER_S) if found.quietest_us else 0.0
        due_s = max(0.0, (clock_us() - found.job_due_us) / US_PER_S) if found.job_due_us else 0.0
        for name, text, value in (
            ("clubtill_rows", "Rows in all streams: what a new reader has to fetch.", sum(found.heads.values())),
            ("clubtill_devices", "Devices enrolled and not revoked.", found.devices),
            ("clubtill_devices_forked", "Devices whose log is doubted.", found.forked),
            ("clubtill_device_quiet_seconds", "Longest time since a device's last greeting.", age_s),
            ("clubtill_leases_open", "Leases that devices hold.", found.leases),
            ("clubtill_leases_open_points_h", "Hundredths of points that they reserve.", found.leased_h),
            ("clubtill_jobs_waiting", "Jobs that wait or are given up.", found.jobs),
            ("clubtill_job_overdue_seconds", "How long the oldest waiting job is overdue.", due_s),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        yield lag(found, dict(self._confirmed))


def lag(found: Counts, confirmed: Mapping[str, Sequence[int]]) -> GaugeMetricFamily:
    """Give how far each device that came to this process is behind, in rows: accounts together, master data, deny list.

    A device that went away stays in it, further and further behind, until it is revoked or this process ends.
    """
    text = "Rows of the feed that the terminal of a place has not confirmed to this process."
    family = GaugeMetricFamily("clubtill_feed_lag_rows", text, labels=["terminal", "stream"])
    most: dict[tuple[str, str], int] = {}
    for device_id in found.places.keys() & confirmed.keys():
        behind = [max(0, found.heads.get(n, 0) - position) for n, position in enumerate(confirmed[device_id])]
        told = {"accounts": sum(behind[:BUCKETS]), "master": behind[MASTER_STREAM], "deny": behind[DENY_STREAM]}
        for name, rows in told.items():
            key = (found.places[device_id], name)
            most[key] = max(rows, most.get(key, 0))
    for (place, name), rows in sorted(most.items()):
        family.add_metric([place, name], rows)
    return family


@contextmanager
def exported(metrics: Metrics, store: Store, port: int) -> Iterator[None]:
    """Serve /metrics on loopback for as long as this is open; port 0 serves none."""
    if not port:
        yield
        return
    metrics.registry.register(InTheDatabase(store, metrics.confirmed))
    server, thread = start_http_server(port, addr="127.0.0.1", registry=metrics.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
