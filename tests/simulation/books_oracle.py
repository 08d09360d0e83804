"""What must hold in the ledger's books after every step, from plain rows. Imports nothing of Clubtill."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulation.fold_oracle import Folded, fold

Row = dict[str, Any]
Found = tuple[str, str]
"""An invariant's id and what is wrong."""
BALANCE = {
    "award": 1, "refund": 1, "transfer_in": 1, "expire_reversal": 1, "adjust": 1, "redeem": -1, "lease_spend": -1,
    "expire": -1, "reversal": -1,
}  # fmt: skip


def balance_of(entries: Iterable[Row]) -> int:
    """Give what an account has by the plain sum of its entries (R5, I16)."""
    found = 0
    for one in entries:
        sign = -int(bool(one["settled"])) if one["kind"] == "transfer_out" else BALANCE.get(one["kind"], 0)
        found += sign * one["amount_h"]
    return found


def account(state: Row, entries: list[Row], grace_days: int) -> tuple[list[Found], Folded]:  # noqa: C901 - one line an invariant
    """Check one account's state and entries (I13, I15 to I17)."""
    found: list[Found] = []
    name = state["account_id"]
    if [one["ver"] for one in entries] != list(range(1, state["ver"] + 1)):
        found.append(("I13", f"{name}: versions are not 1..{state['ver']}"))
    if len({(one["event_id"], one["leg"]) for one in entries}) != len(entries):
        found.append(("I10", f"{name}: an event was posted twice"))
    folded = fold(entries, as_of=state["folded_day"] or "", grace_days=grace_days)
    told = (state["avail_h"], state["reserved_h"], state["deficit_h"])
    if told != (folded.avail, folded.reserved, folded.deficit):
        mine = (folded.avail, folded.reserved, folded.deficit)
        found.append(("I15", f"{name}: the state is {told}, the entries make {mine}"))
    if entries:
        last = entries[-1]
        after = (last["avail_after"], last["reserved_after"], last["deficit_after"])
        if after != told:
            found.append(("I13", f"{name}: the last entry says {after}, the state {told}"))
    if state["avail_h"] and state["deficit_h"]:
        found.append(("I17", f"{name}: {told}"))
    if folded.live and folded.shortfall:
        found.append(("I17", f"{name}: live {folded.live} beside a shortfall of {folded.shortfall}"))
    if any(not 0 <= lot.left <= lot.original for lot in folded.lots):
        found.append(("I17", f"{name}: a lot holds more than it began with"))
    posted = sum(
        one["amount_h"] * (1 if one["kind"] == "expire" else -1)
        for one in entries
        if one["kind"] in {"expire", "expire_reversal"}
    )
    if posted != folded.expired - folded.waits:
        found.append(("I16", f"{name}: {posted} posted as expired, the fold says {folded.expired} - {folded.waits}"))
    if balance_of(entries) != sum(told[:2]) - told[2]:
        found.append(("I16", f"{name}: entries sum to {balance_of(entries)}, the state is {told}"))
    return found, folded


def spends(name: str, folded: Folded, entries: list[Row], *, tainted: bool, budgets_h: int = 0) -> list[Found]:
    """Check that no spend made a deficit; after a write-off, a fork or a restore at most what those allow (I24)."""
    reversed_h = sum(one["amount_h"] for one in entries if one["kind"] == "reversal")
    lowered_h = -sum(one["amount_h"] for one in entries if one["kind"] == "adjust" and one["amount_h"] < 0)
    beyond = max(folded.beyond, _beyond_grants(entries))
    if beyond and not tainted:
        return [("I24", f"{name}: {beyond} were spent beyond what leases held")]
    if folded.deficit > beyond + reversed_h + lowered_h + budgets_h:
        return [("I24", f"{name}: {folded.deficit} below nil, {beyond} beyond leases, {reversed_h} reversed")]
    return []


def _beyond_grants(entries: list[Row]) -> int:
    """Give what leases gave out and gave back past their grants: one copy closed a lease that the other had spent."""
    left: dict[str, int] = {}
    for one in entries:
        if one["kind"] in {"lease_grant", "lease_spend", "lease_return", "lease_writeoff"}:
            grown = one["amount_h"] if one["kind"] == "lease_grant" else -one["amount_h"]
            left[one["lease_id"]] = left.get(one["lease_id"], 0) + grown
    return -sum(min(0, rest) for rest in left.values())


def returned(one: Row, lease: Row | None, raw: Row | None) -> list[Found]:
    """Check that what a lease gives back follows its holder's own close (I25)."""
    name = one["lease_id"]
    if raw is None or raw["kind"] != "lease_close":
        return [("I25", f"lease {name} gave {one['amount_h']} back without its holder's close")]
    body = json.loads(raw["bytes"])["body"]
    if lease is None or raw["device_id"] != lease["device_id"] or body["lease_id"] != name:
        return [("I25", f"lease {name} was closed by somebody else")]
    return []


def lease(row: Row, entries: list[Row]) -> list[Found]:
    """Check a lease against its entries: granted once, its rest is what is left (I10, I24)."""
    mine = [one for one in entries if one["lease_id"] == row["lease_id"]]
    granted = [one["amount_h"] for one in mine if one["kind"] == "lease_grant"]
    if granted != [row["granted_h"]]:
        return [("I10", f"lease {row['lease_id']} of {row['granted_h']} has the grants {granted}")]
    if row["spent_h"] + row["returned_h"] > row["granted_h"]:
        return [("I24", f"lease {row['lease_id']} gave more than {row['granted_h']}")]
    return []


def natural(key: str, awards: list[Row], reversals: set[tuple[str, int]], stands: Row | None) -> list[Found]:
    """Check that of the awards with one natural key the lowest (eff, event id) stands, alone (I26)."""
    lowest = min((one["eff_us"], one["event_id"], one["leg"]) for one in awards)
    told = (stands["eff_us"], stands["event_id"], stands["leg"]) if stands else None
    found: list[Found] = []
    if told != lowest:
        found.append(("I26", f"{key}: {told} stands, the lowest is {lowest}"))
    alive = {(one["event_id"], one["leg"]) for one in awards} - reversals
    if alive != {lowest[1:]}:
        found.append(("I26", f"{key}: {len(alive)} awards stand"))
    return found


def first_of_all(key: str, claims: set[tuple[int, str]], stands: Row | None) -> list[Found]:
    """Check the standing award against every swipe that was posted, those that were absorbed too (I26)."""
    lowest = min(claims)
    told = (stands["eff_us"], stands["event_id"]) if stands else None
    return [] if told == lowest else [("I26", f"{key}: {told} stands, the lowest of all swipes is {lowest}")]


def day_of(at_us: int, zone: str, start_min: int) -> str:
    """Give the day of an instant whose day begins some minutes after midnight (R2)."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return (wall - timedelta(minutes=start_min)).date().isoformat()


def key_day(one: Row, zone: str, start_min: int) -> list[Found]:
    """Check that a visit's key names the entry day of its effective time, not the terminal's own (3.1)."""
    parts = one["natural_key"].split(":")
    wanted = day_of(one["eff_us"], zone, start_min)
    if parts[0] == "visit" and parts[-1] != wanted:
        return [("I26", f"{one['natural_key']} is of the day {wanted} by its effective time")]
    if one["earn_day"] and one["award_for"] != "opening" and one["earn_day"] != wanted:
        return [("I26", f"{one['event_id']} earned on {one['earn_day']}, effective on {wanted}")]
    return []


def late_award(before: Row | None, new: list[Row]) -> list[Found]:
    """Check that awards that come late never lower what is available (I21)."""
    if before is None or any(one["kind"] != "award" for one in new):
        return []
    net = [row["avail_after"] - row["deficit_after"] for row in (before, new[-1])]
    return [("I21", f"an award lowered {net[0]} to {net[1]}")] if net[1] < net[0] else []


def facts_of(raw: Row, *, sales: list[Row], lines: int, tenders: int, swipes: int, admissions: int) -> list[Found]:
    """Check that a posted event's facts are there, as its bytes say (I15)."""
    kind, body = raw["kind"], json.loads(raw["bytes"])["body"]
    name = raw["event_id"]
    if kind == "sale":
        if [row["total_minor"] for row in sales] != [body["total_minor"]]:
            return [("I15", f"sale {name} is not in the facts")]
        if (lines, tenders) != (len(body["lines"]), len(body["tenders"])):
            return [("I15", f"sale {name} has {lines} lines and {tenders} tenders in the facts")]
    if kind == "swipe" and swipes != 1:
        return [("I15", f"swipe {name} is not in the facts")]
    if kind == "admission" and admissions != 1:
        return [("I15", f"admission {name} is not in the facts")]
    return []


def prefix(mark: Row, slots: set[int], before: int) -> list[Found]:
    """Check that an acknowledged mark is a contiguous prefix and never goes back (I11)."""
    name = f"{mark['device_id'][:6]} epoch {mark['epoch']}"
    if mark["acked_seq"] < before:
        return [("I11", f"{name} went back from {before} to {mark['acked_seq']}")]
    if any(seq not in slots for seq in range(1, mark["acked_seq"] + 1)):
        return [("I11", f"{name} has a gap below {mark['acked_seq']}")]
    return []
