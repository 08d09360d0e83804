"""Whom a terminal keeps: everyone, or its venue's working set with settings and the deny list (D27, 4.4)."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from clubtill_ledger.feed.snapshot import scope_of
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices, documents
from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.venue import MemberCache, Venue
from clubtill_rules.values.ids import DENY_STREAM, MASTER_STREAM
from clubtill_sync.wire import snapshot as wire
from clubtill_sync.wire.feed import DenyRow, Document, FeedPage
from clubtill_sync.wire.snapshot import Manifest, SnapshotAnswer
from tests.ledger.club import Club, Till, decoded
from tests.ledger.master import ACCOUNTS, CLUB_ID, DAY, ZONE, person


def keeps(club: Club, chosen: MemberCache, version: int = 2) -> None:
    """Set whom the venue's terminals keep."""
    body = msgspec.Raw(msgspec.json.encode(Venue(id="V1", name="Harbour", zone=ZONE, member_cache=chosen)))
    club.store.write(lambda c: documents.publish(c, [Document(kind="venue", id="V1", version=version, body=body)]))


def at_home(club: Club, account_id: str, venue_id: str) -> None:
    """Make a member at home at a venue."""
    member = replace(person(account_id), attributes={"home_venue": venue_id})
    account = seeds.Account(club_id=CLUB_ID, account_id=account_id, persons=(member,))
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(account,)), now_us=club.now_us)


def taken(till: Till) -> tuple[Manifest, set[str]]:
    """Fetch a snapshot; give its manifest and whom it holds."""
    told = decoded(till.call("GET", "/v1/snapshot"), SnapshotAnswer)
    found = msgspec.json.decode(bytes(told.manifest), type=Manifest)
    assert not found.more
    names: set[str] = set()
    for part in found.parts:
        for ref in part.chunks if part.stream < MASTER_STREAM else ():
            body = till.call("GET", f"/v1/snapshot/{part.stream}/{ref.sha256}").body
            rows = wire.read_accounts(body)
            assert {msgspec.json.decode(row.card, type=AccountCard).account_id for row in rows} <= set(ACCOUNTS)
            names |= {row.account_id for row in rows}
    return found, names


def test_working_set_is_home_or_seen_lately_or_held(club: Club) -> None:
    """D27, 4.4: at home there, seen there within 60 days, or with points held by one of its terminals; nobody else."""
    till = club.till()
    at_home(club, "A1", "V1")
    at_home(club, "A2", "V2")
    till.push(till.sale("A3"))
    club.tick(61 * DAY)
    till.push(till.sale("A4"))
    till.lease("A5", 100)
    keeps(club, MemberCache.WORKING_SET)
    found, names = taken(till)
    assert found.scope == "venue:V1"
    assert names == {"A1", "A4", "A5"}
    keeps(club, MemberCache.EVERYONE, version=3)
    found, names = taken(till)
    assert (found.scope, names) == ("all", set(ACCOUNTS))


def test_settings_and_denials_come_whole_with_any_set(club: Club) -> None:
    """D27: the deny list is on every terminal, complete, and so are the settings."""
    till = club.till()
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="person", id="PA2", code="banned")]))
    keeps(club, MemberCache.WORKING_SET)
    found, names = taken(till)
    assert names == set()
    rows = {part.stream: sum(ref.rows for ref in part.chunks) for part in found.parts}
    assert rows[DENY_STREAM] == 1
    assert rows[MASTER_STREAM] > 10


@pytest.mark.parametrize(("terminal_id", "scope"), [("T1", "venue:V1"), ("M1", "all")])
def test_each_venue_has_its_own_setting(club: Club, terminal_id: str, scope: str) -> None:
    """D27: the setting is the venue's; a small club keeps everyone where it is left alone."""
    keeps(club, MemberCache.WORKING_SET)
    till = club.till(terminal_id)
    device = club.store.read(lambda c: devices.find(c, till.device_id))
    assert device is not None
    assert club.store.read(lambda c: scope_of(c, device, club.ledger.shelf, club.now_us)) == scope


def test_new_terminal_of_a_working_set_is_told_to_take_a_snapshot(club: Club) -> None:
    """6.7, D27: the feed from its beginning would bring everyone; later pages bring whoever is touched."""
    till = club.till()
    assert not decoded(till.call("GET", "/v1/feed", query="cursor=&wait=0"), FeedPage).snapshot
    keeps(club, MemberCache.WORKING_SET)
    assert decoded(till.call("GET", "/v1/feed", query="cursor=&wait=0"), FeedPage).snapshot
    found, _ = taken(till)
    page = decoded(till.call("GET", "/v1/feed", query=f"cursor={found.cursor}&wait=0&check=1"), FeedPage)
    assert page.snapshot is (not any(part.through for part in found.parts if part.stream < MASTER_STREAM))
    assert {check.stream for check in page.checks} == {MASTER_STREAM, DENY_STREAM}
    till.push(till.sale("A2"))
    page = decoded(till.call("GET", "/v1/feed", query=f"cursor={found.cursor}&wait=0"), FeedPage)
    assert [card.account_id for card in page.accounts] == ["A2"]


def test_who_is_not_kept_is_found_online(club: Club) -> None:
    """D27: look-up and search beyond the working set are answered by the ledger."""
    keeps(club, MemberCache.WORKING_SET)
    told = club.till().call("GET", "/v1/accounts", query="number=102")
    assert b'"A2"' in told.body
