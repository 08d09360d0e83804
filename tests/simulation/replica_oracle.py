"""What a terminal's cache must hold once it has read the feed to its end. Imports nothing of Clubtill."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]
State = dict[str, Any]


def server(
    accounts: Iterable[Row],
    members: Iterable[Row],
    documents: Iterable[Row],
    deny: Iterable[Row],
    heads: Iterable[Row],
    *,
    day: str,
) -> State:
    """Give what the ledger's tables say, by name; of documents what counts from a day on."""
    persons: dict[tuple[str, str], set[str]] = {}
    for row in members:
        persons.setdefault((row["club_id"], row["account_id"]), set()).add(f"{row['person_id']} {row['number']}")
    told: State = {"denied": {}}
    told["accounts"] = {
        (row["club_id"], row["account_id"]): (
            row["ver"] + row["card_ver"],
            row["avail_h"],
            row["reserved_h"],
            row["deficit_h"],
            row["block"] or "none",
            tuple(sorted(persons.get((row["club_id"], row["account_id"]), ()))),
        )
        for row in accounts
    }
    told["documents"] = _documents(documents, day)
    for row in deny:
        told["denied"][row["kind"], row["id"]] = row["code"] if row["denied"] else None
    told["denied"] = {name: code for name, code in told["denied"].items() if code is not None}
    told["positions"] = {row["bucket"]: row["seq"] for row in heads if row["seq"]}
    return told


def replica(
    accounts: Iterable[Row], documents: Iterable[Row], deny: Iterable[Row], positions: Iterable[Row], *, day: str
) -> State:
    """Give what a cache says, in the same words."""
    told: State = {"accounts": {}}
    for row in accounts:
        card = json.loads(row["card"])
        told["accounts"][row["club_id"], row["account_id"]] = (
            row["version"],
            _h(card, "balance"),
            _h(card, "reserved"),
            _h(card, "deficit"),
            card.get("block", "none"),
            tuple(sorted(f"{one['person_id']} {one['number']}" for one in card.get("persons", ()))),
        )
    told["documents"] = _documents(documents, day)
    told["denied"] = {(row["kind"], row["id"]): row["code"] for row in deny}
    told["positions"] = {row["stream"]: row["position"] for row in positions if row["position"]}
    return told


def differences(wanted: State, found: State) -> list[str]:
    """Tell where a replica differs; empty when it is the same (I28, I29)."""
    told = []
    for part in ("positions", "accounts", "documents", "denied"):
        keys = sorted({*wanted[part], *found[part]}, key=str)
        wrong = [key for key in keys if wanted[part].get(key) != found[part].get(key)]
        if wrong:
            key = wrong[0]
            both = " / ".join(str(side[part].get(key))[:90] for side in (wanted, found))
            told.append(f"{len(wrong)} {part} differ, {key}: {both}")
    return told


def _h(card: Row, name: str) -> int:
    """Give an amount of a card; what is left out is nil."""
    return int(card.get(name, {}).get("hundredths", 0))


def _documents(rows: Iterable[Row], day: str) -> State:
    """Give the documents by kind, id and version: what is in force on the day, and later versions.

    Of a parked sale only the last one, and none once it was sold. A terminal built from a snapshot has no more.
    """
    told: State = {}
    parked: dict[str, Row] = {}
    in_force: dict[tuple[str, str], int] = {}
    for row in rows:
        name = row["kind"], row["id"]
        if row["kind"] != "parked":
            told[*name, row["version"]] = bytes(row["body"])
            if (row["effective_from"] or "") <= day:
                in_force[name] = max(row["version"], in_force.get(name, 0))
        elif row["version"] > parked.get(row["id"], row)["version"] or row["id"] not in parked:
            parked[row["id"]] = row
    waiting = [row for row in parked.values() if not row["deleted"]]
    needed = {key: body for key, body in told.items() if key[2] >= in_force.get(key[:2], 0)}
    return needed | {("parked", row["id"], row["version"]): bytes(row["body"]) for row in waiting}
