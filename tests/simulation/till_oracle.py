"""What must hold in a terminal's own files, from plain rows. Imports nothing of Clubtill."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from tests.simulation.books_oracle import Found, Row

START = "0" * 64
KEPT_US = 35 * 86_400 * 1_000_000


def chain(rows: list[Row], device: Row) -> list[Found]:
    """Check the log of the current epoch: 1..n without a gap, every hash on the one before (I2)."""
    mine = sorted((row for row in rows if row["epoch"] == device["epoch"]), key=lambda row: row["seq"])
    if [row["seq"] for row in mine] != list(range(1, len(mine) + 1)) or device["next_seq"] != len(mine) + 1:
        return [
            ("I2", f"the log of epoch {device['epoch']} has {len(mine)} rows and goes on with {device['next_seq']}")
        ]
    head = START
    for row in mine:
        head = hashlib.sha256(bytes.fromhex(head) + row["bytes"]).hexdigest()
        if row["chain"] != head:
            return [("I2", f"the chain breaks at {row['seq']}")]
    if head != device["head_hash"]:
        return [("I2", "the head is not the last hash")]
    return []


def link(previous: str, row: Row) -> list[Found]:
    """Check one more row of a log whose rows before were checked (I2)."""
    told = hashlib.sha256(bytes.fromhex(previous) + row["bytes"]).hexdigest()
    return [] if told == row["chain"] else [("I2", f"the chain breaks at {row['seq']}")]


def sales(sold: Collection[str], rows: list[Row], jobs: Collection[str]) -> list[Found]:
    """Check that a sale, its event and its print job stand together (I3)."""
    events = {row["event_id"] for row in rows if row["kind"] == "sale" and row["label"]}
    if events != set(sold):
        return [("I3", f"{len(set(sold) ^ events)} sales without an event, or events without a sale")]
    if not set(sold) <= set(jobs):
        return [("I3", "a sale has no print job")]
    return []


def printed(paper: Collection[str], kept: Collection[str]) -> list[Found]:
    """Check that whatever was printed is a fact here (I1)."""
    lost = set(paper) - set(kept)
    return [("I1", f"{len(lost)} receipts were printed of sales that are gone")] if lost else []


def leases(held: list[Row], rows: list[Row]) -> list[Found]:
    """Check that nothing was spent beyond a lease, by its row and by the events of the log (I5)."""
    spent: dict[str, int] = {}
    for row in rows:
        if row["kind"] == "sale" and row["label"]:
            for one in json.loads(row["bytes"])["body"]["lease_spends"]:
                spent[one["lease_id"]] = spent.get(one["lease_id"], 0) + one["amount_h"]
    found: list[Found] = []
    for row in held:
        if not 0 <= row["spent_h"] <= row["granted_h"]:
            found.append(("I5", f"lease {row['lease_id']} spent {row['spent_h']} of {row['granted_h']}"))
        if spent.get(row["lease_id"], 0) > row["granted_h"]:
            found.append(("I5", f"lease {row['lease_id']}: the log spends {spent[row['lease_id']]}"))
    return found


def kept(before: Collection[str], rows: list[Row], now_us: int, acked: dict[str, int]) -> list[Found]:
    """Check that no event is gone before 35 days after it was acknowledged (I7)."""
    gone = set(before) - {row["event_id"] for row in rows}
    early = [name for name in gone if name not in acked or acked[name] > now_us - KEPT_US]
    return [("I7", f"{len(early)} events are gone too early")] if early else []


def given_back_whole(lease_id: str, rows: Iterable[Row]) -> bool:
    """Tell whether a lease went back because the till had been rolled back: then every lease does, at once (6.6)."""
    closes = (json.loads(row["bytes"])["body"] for row in rows if row["kind"] == "lease_close")
    return any(body["lease_id"] == lease_id and body["why"] == "rolled_back" for body in closes)


def own_h(rows: list[Row], account_id: str, position: int) -> int:
    """Give what this device's own events add to an account until the feed brings them (6.5)."""
    waits = [row for row in rows if row["account_id"] == account_id and not row["back"]]  # the feed brings those
    waits = [row for row in waits if row["state"] != "acked" or (row["position"] or 0) > position]
    return sum(effect_h(row, rows) for row in waits)


def effect_h(row: Row, rows: list[Row]) -> int:
    """Give what an event does to its account's balance, by its bytes and, of a refund, those of its sale."""
    try:
        told: dict[str, Any] = json.loads(row["bytes"])
        body = told["body"]
    except (ValueError, KeyError, TypeError):
        return 0
    if row["kind"] == "sale":
        joined = sum(int(fee.get("points_h", 0)) for fee in body.get("fees", ()))
        return int(body.get("award_h", 0)) + joined - int(body.get("points_used_h", 0))
    if row["kind"] == "refund":
        sold = next((one for one in rows if one["event_id"] == body["sale_id"]), None)
        fees = json.loads(sold["bytes"])["body"].get("fees", ()) if sold else ()
        lines = {line["line"]["n"] for line in body["lines"] if line["qty"]}
        joined = sum(int(fee["points_h"]) for fee in fees if fee["line"] in lines)
        return int(body["points_back_h"]) - int(body["award_back_h"]) - joined
    if row["kind"] == "swipe":
        return int(body.get("visit_h", 0)) + int(body.get("birthday_h", 0))
    return 0


def shown(name: str, shown_h: int, card_h: int, own: int) -> list[Found]:
    """Check a shown balance: the ledger's at this position and what is not in it yet (I6)."""
    if shown_h != card_h + own:
        return [("I6", f"{name} shows {shown_h}; the ledger's {card_h} and {own} of its own make {card_h + own}")]
    return []
