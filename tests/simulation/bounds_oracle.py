"""What budgets may cost (I23), what left one account came to another (I16), no log hides another (I30).

Imports nothing of Clubtill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.simulation.books_oracle import Found

Row = dict[str, Any]


def venues(limits: Iterable[Row], budgets: Iterable[Row], ratio: int) -> list[Found]:
    """Check that the T of a venue's open budgets are counted and stay below its limit; `ratio` is points a dollar."""
    counted: dict[str, int] = defaultdict(int)
    for one in budgets:
        if one["state"] in {"open", "closed"}:
            counted[one["venue_id"]] += one["total_h"]
    found = []
    for row in limits:
        name, sums = row["venue_id"], counted.pop(row["venue_id"], 0)
        if row["open_h"] != sums:
            found.append(("I23", f"venue {name} counts {row['open_h']}, its open budgets are {sums}"))
        if sums > row["limit_minor"] * ratio:
            found.append(("I23", f"venue {name} may lose {sums}, its limit is {row['limit_minor']} cents"))
    return found + [("I23", f"venue {name} has budgets of {sums} and no limit") for name, sums in counted.items()]


def spends(spent: Iterable[Row], budgets: Iterable[Row]) -> list[Found]:
    """Check that no account had more of a budget than m, and all together no more than T (I5, I23)."""
    each: dict[tuple[str, str], int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    for one in spent:
        each[one["budget_id"], one["account_id"]] += one["amount_h"]
        whole[one["budget_id"]] += one["amount_h"]
    known = {row["budget_id"]: row for row in budgets}
    found = []
    for (name, account), sums in each.items():
        if name in known and sums > known[name]["each_h"]:
            found.append(("I23", f"budget {name} paid {sums} for {account}, m is {known[name]['each_h']}"))
    for name, sums in whole.items():
        if name in known and sums > known[name]["total_h"]:
            found.append(("I23", f"budget {name} paid {sums}, T is {known[name]['total_h']}"))
    return found


def transfers(entries: Iterable[Row], kept: Iterable[Row]) -> list[Found]:
    """Check that every transfer took once what it says and brought once what it says, or nothing of both (I16)."""
    out: dict[str, list[int]] = defaultdict(list)
    came: dict[str, int] = defaultdict(int)
    for one in entries:
        if one["kind"] == "transfer_out" and one["settled"]:
            out[one["refers_to"]].append(one["amount_h"])
        if one["kind"] == "transfer_in":
            came[one["event_id"]] += one["amount_h"]
    found = []
    for row in kept:
        name = row["transfer_id"]
        posted = row["state"] == "posted"
        left = [] if row["state"] == "pending" else [row["amount_h"] if posted else 0]
        arrived = came.get(name, 0)
        if out.get(name, []) != left:
            found.append(("I16", f"transfer {name} is {row['state']}; {out.get(name)} left its account"))
        if row["state"] != "pending" and arrived != (row["arrives_h"] if posted else 0):
            found.append(("I16", f"transfer {name} is {row['state']}; {arrived} came"))
    return found


def forks(forks: Iterable[Row], slots: Iterable[Row], raw: Iterable[Row], devices: Iterable[Row]) -> list[Found]:
    """Check that of a place with two hashes both logs are kept, and that the device was taken out of use (I30).

    An event of the other log may stand already, from another epoch: its bytes are kept there. A manager lets the device
    go on in a later epoch.
    """
    places = list(slots)
    first = {(row["device_id"], row["epoch"], row["seq"]): row["chain_hash"] for row in places}
    stored = {row["event_id"]: row["epoch"] for row in raw}
    kept = {(row["device_id"], row["epoch"], stored.get(row["event_id"])) for row in places}
    known = {row["device_id"]: row for row in devices}
    found = []
    for row in forks:
        name = row["device_id"]
        told = f"{name} has two logs from {row['epoch']}/{row['from_seq']} on"
        if first.get((name, row["epoch"], row["from_seq"]), row["from_hash"]) == row["from_hash"]:
            found.append(("I30", f"{told}, and the first one is not there"))
        if all(
            at in {None, row["epoch"]} for device, epoch, at in kept if (device, epoch) == (name, row["side_epoch"])
        ):
            found.append(("I30", f"{told}, and the other one is not kept"))
        if known[name]["fork_us"] is None and known[name]["epoch"] <= row["epoch"]:
            found.append(("I30", f"{told}, and goes on"))
    return found
