"""Line: the network between one station and the ledger, as an httpx transport. Every fault of F1 to F9 happens here."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

from clubtill_ledger.app.calls import Response
from clubtill_sync.client import R92
from tests.simulation.central import HOST, Down, signed
from tests.simulation.world import HOUR, MINUTE, US

if TYPE_CHECKING:
    from clubtill_ledger.accept.signed import SignedRequest
    from tests.simulation.station import Station

URL = f"http://{HOST}"
PORTAL = b"<html><body>Welcome to the club's guest network</body></html>"
FATES = ("F1", "F2", "F3", "F4", "F5", "F7", "F8", "F9")


class Line(httpx.BaseTransport):
    """One station's way to the ledger.

    Attributes:
        rates: how often each of `FATES` happens to a request.
        cut: why there is no way at all; empty while there is one.
        deaf: answers get lost, requests arrive (one-way partition).
    """

    def __init__(self, station: Station, rates: dict[str, float]) -> None:
        self.station = station
        self.world = station.world
        self.rates = rates
        self.cut: set[str] = set()
        self.deaf = False
        self.cut_after = 0
        self._chance = station.world.chance(f"line/{station.name}")

    def close(self) -> None:
        """Nothing is kept open."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Bring a request to the ledger and its answer back, or not."""
        told = signed(request)
        station = self.station
        station.boundaries.reach(f"before {told.path}")
        if self.cut_after:
            self.cut_after -= 1
            if not self.cut_after:
                self.cut.add("F47")
                self.world.inject("F47", station.name, told.path)
                self.world.after(self._chance.randrange(MINUTE, 2 * HOUR), lambda: self.cut.discard("F47"))
        if self.cut:
            raise _refused()
        fate = self._fate()
        if fate:
            self.world.inject(fate, station.name, told.path)
        if fate in {"F1", "F5", "F4"}:
            self._not_now(told, fate)
        if fate == "F8":
            return _stranger(self._chance.random() < 0.5)
        try:
            answer = station.town.central.serve(told)
        except Down:
            station.lag(US // 100)
            raise httpx.ReadError("reset") from None
        station.still_alive()
        self.world.note("heard", station.name, told.path, answer.status, _brief(answer))
        self._again_later(told, fate)
        content, wait_us = answer.body, self._chance.randrange(US // 500, US // 10)
        if fate == "F9":
            wait_us = self._chance.randrange(US, int(R92.bulk_s * 2 * US))
        if fate == "F2" or self.deaf or wait_us > _patience_us(told.path):
            station.lag(_patience_us(told.path))
            raise httpx.ReadTimeout("silent")
        station.lag(wait_us)
        station.boundaries.reach(f"answered {told.path}")
        return _response(answer, _Broken(content, self._chance) if fate == "F7" else httpx.ByteStream(content))

    def _fate(self) -> str:
        at = self._chance.random()
        for name in FATES:
            at -= self.rates.get(name, 0.0)
            if at < 0:
                return name
        return ""

    def _not_now(self, told: SignedRequest, fate: str) -> None:
        """Lose a request, or keep it in the network until after the time-out: then nobody waits for its answer."""
        if fate != "F1":
            wait_us = self._chance.randrange(7 * US, 4 * MINUTE if fate == "F5" else 30 * US)
            self.world.after(wait_us, lambda: self._deliver(told, "late"))
        self.station.lag(_patience_us(told.path))
        raise httpx.ReadTimeout("silent")

    def _again_later(self, told: SignedRequest, fate: str) -> None:
        """Deliver the very bytes again: at once, or hours later (F3)."""
        if fate == "F3":
            wait_us = self._chance.choice((US // 10, 20 * US, 10 * MINUTE, 3 * HOUR))
            self.world.after(wait_us, lambda: self._deliver(told, "again"))

    def _deliver(self, told: SignedRequest, why: str) -> None:
        try:
            answer = self.station.town.central.serve(told)
        except Down:
            return
        self.world.note("delivered", why, told.path, answer.status)


def _brief(answer: Response) -> str:
    """Give what a refusal says, for the trace."""
    return "" if answer.status == httpx.codes.OK else answer.body.decode(errors="replace")[:120]


def _patience_us(path: str) -> int:
    seconds = R92.bulk_s if path in {"/v1/events", "/v1/feed"} else R92.points_s
    return int(seconds * US)


def _refused() -> httpx.ConnectError:
    error = httpx.ConnectError("no way")
    error.__cause__ = OSError(errno.ENETUNREACH, "no way")
    return error


def _stranger(portal: bool) -> httpx.Response:
    """Give what a captive portal or a proxy says in the ledger's place (F8)."""
    status = 200 if portal else 502
    return httpx.Response(status, headers={"Content-Type": "text/html"}, stream=httpx.ByteStream(PORTAL))


def _response(answer: Response, stream: httpx.SyncByteStream) -> httpx.Response:
    headers = {"Content-Type": "application/json", **answer.headers}
    return httpx.Response(answer.status, headers=headers, stream=stream)


class _Broken(httpx.SyncByteStream):
    """An answer that ends within its body: the line is reset, or the end is simply missing (F7)."""

    def __init__(self, content: bytes, chance: object) -> None:
        self._part = content[: chance.randrange(max(1, len(content)))]  # type: ignore[attr-defined]  # a Random
        self._reset = chance.random() < 0.5  # type: ignore[attr-defined]  # as above

    def __iter__(self) -> Iterator[bytes]:
        yield self._part
        if self._reset:
            raise httpx.ReadError("reset")
