"""Metrics: what this process counts for Prometheus. Names of calls and codes only, no id of anybody or anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CALLS: Final = frozenset({
    "health", "enrol", "hello", "events", "leases", "transfers", "rotate", "feed", "snapshot", "photos", "accounts",
    "web", "parked", "unsubscribe",
})  # fmt: skip
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


def call_of(path: str) -> str:
    """Name a call by its path; one word for all that does not exist, so that strangers make no series."""
    parts = path.strip("/").split("/")
    name = parts[1] if parts[0] == "v1" and len(parts) > 1 else parts[0]
    return name if name in CALLS else "other"


@dataclass(frozen=True, slots=True)
class Metrics:
    """The series of one process, in a registry of its own.

    `confirmed`: by device, the positions of the cursor with which it came last: so far it has the feed (6.5).
    """

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    events: Counter = field(init=False)
    refused: Counter = field(init=False)
    waiting: Gauge = field(init=False)
    in_work: Gauge = field(init=False)
    confirmed: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Register the series."""
        mine = self.registry
        made = {
            "requests": Counter("clubtill_requests", "Requests answered.", ["call", "status"], registry=mine),
            "seconds": Histogram(
                "clubtill_request_seconds", "Time to an answer.", ["call"], buckets=SECONDS, registry=mine
            ),
            "events": Counter("clubtill_events", "Events taken in.", ["status"], registry=mine),
            "refused": Counter("clubtill_busy", "Requests told to come again later.", ["why"], registry=mine),
            "in_work": Gauge("clubtill_in_work", "Requests that are being answered.", ["call"], registry=mine),
            "waiting": Gauge("clubtill_polls_waiting", "Open feed polls and asks for a recall.", registry=mine),
        }
        for name, series in made.items():
            object.__setattr__(self, name, series)

    def answered(self, call: str, status: int, seconds: float, counts: Mapping[str, int]) -> None:
        """Count one answer."""
        self.requests.labels(call, str(status)).inc()
        if call != "feed":
            self.seconds.labels(call).observe(seconds)
        for name, number in counts.items():
            self.events.labels(name).inc(number)
