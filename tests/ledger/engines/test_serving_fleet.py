"""What `clubtill ledger serve` does about a fleet: terminals too old for points, how far each is behind."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest

from clubtill_ledger.operate.commands import clock_us
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.requests import HelloAnswer
from tests.ledger.club import Club, Till
from tests.ledger.engines.served import DEADLINE_S, Served, Starts, free_port


@pytest.fixture
def database(tmp_path: Path) -> str:
    """One engine is enough for what this file shows."""
    return str(tmp_path / "ledger.db")


def call(served: Served, till: Till, method: str, path: str, body: bytes = b"", *, query: str = "") -> httpx.Response:
    """Send a signed request over the network, as the client of this program does."""
    signed = till.request(method, path, body, query, clubtill_protocol="1")
    headers = dict(signed.headers) | {"host": signed.authority}
    address = f"{served.url}{path}{'?' + query if query else ''}"
    return httpx.request(method, address, content=body, headers=headers, timeout=DEADLINE_S)


@pytest.mark.parametrize("way", ["option", "variable"])
def test_oldest_protocol_is_a_setting(starts: Starts, club: Club, way: str) -> None:
    """6.4: below it no points by lease or budget, said by 426 and by hello; what happened is taken as ever."""
    words = ("--protocol-least", "2") if way == "option" else ()
    served = starts(*words, **({} if words else {"CLUBTILL_LEDGER_PROTOCOL_LEAST": "2"})).wait()
    till = club.till()
    refused = call(served, till, "POST", "/v1/leases", till.ask("A1", 100))
    assert (refused.status_code, refused.json()["code"], refused.json()["facts"]) == (426, "too_old", {"least": 2})
    till.keep(till.sale("A1"))
    assert served.post(till, till.batch()).json()["results"][0]["status"] == "posted"
    assert served.stop() == 0


def test_every_protocol_gets_points_unless_told_otherwise(starts: Starts, club: Club) -> None:
    """6.4: without the setting nobody is too old."""
    served, till = starts().wait(), club.till()
    assert call(served, till, "POST", "/v1/leases", till.ask("A1", 100)).status_code == 200
    told = {
        "epoch": 1, "head_seq": 0, "head_hash": till.hashes[0], "acked_seq": 0, "incarnation": "i", "boot_id": "b",
        "local_time_us": clock_us(), "store_version": "1", "program_version": "1",
    }  # fmt: skip
    answer = call(served, till, "POST", "/v1/hello", msgspec.json.encode(told))
    assert not msgspec.json.decode(answer.content, type=HelloAnswer).too_old


def _lag(port: int) -> dict[str, float]:
    """Read how far terminals are behind, by place and stream."""
    shown = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=DEADLINE_S).text
    name = "clubtill_feed_lag_rows{"
    lines = [line.removeprefix(name).split("} ") for line in shown.splitlines() if line.startswith(name)]
    return {labels: float(value) for labels, value in lines}


def test_metrics_tell_how_far_each_terminal_is_behind_the_feed(starts: Starts, club: Club) -> None:
    """6.5: what a terminal has confirmed is the cursor with which it comes; the rest of each stream is its lag."""
    port = free_port()
    served, first, second = starts("--metrics-port", str(port)).wait(), club.till("T1"), club.till("T2")
    page = msgspec.json.decode(call(served, first, "GET", "/v1/feed", query="wait=0").content, type=FeedPage)
    heads = {one.stream: one.through for one in page.ranges}
    assert not page.more
    assert call(served, second, "GET", "/v1/feed", query="wait=0").status_code == 200
    assert call(served, second, "GET", "/v1/feed", query=f"cursor={page.cursor}&wait=0").status_code == 200
    assert call(served, first, "GET", "/v1/feed", query="cursor=forged&wait=0").status_code == 400
    assert _lag(port) == {
        'stream="accounts",terminal="T1"': sum(rows for stream, rows in heads.items() if stream < 64),
        'stream="master",terminal="T1"': heads[64],
        'stream="deny",terminal="T1"': heads.get(65, 0),
        'stream="accounts",terminal="T2"': 0,
        'stream="master",terminal="T2"': 0,
        'stream="deny",terminal="T2"': 0,
    }
