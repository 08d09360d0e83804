"""A web store of the harbour, asked in process: its keys, its app, and members with points."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from dataclasses import replace
from typing import Any

import httpx

from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.web import keys
from clubtill_ledger.web.routes import Web, build
from clubtill_rules.goods.product import Product
from clubtill_rules.members.club import Club as ClubSettings
from clubtill_rules.members.venue import Location
from clubtill_sync.wire.documents import Terminal
from tests.ledger.budgeting import publish
from tests.ledger.club import Club
from tests.ledger.master import ACCOUNTS, CLUB_ID, ZONE, account, product

OTHER_CLUB = "marina"
_count = itertools.count(1)


class Shop:
    """The app of the Web API over a ledger's store, and keys made for it."""

    def __init__(self, club: Club) -> None:
        self.club = club
        publish(club, "location", "WEB", Location(id="WEB", venue_id="V1", name="Web shop"), 1)
        publish(club, "terminal", "W1", Terminal(id="W1", name="Web 1", location_id="WEB"), 1)
        publish(club, "terminal", "W2", Terminal(id="W2", name="Web 2", location_id="WEB"), 1)
        self.rings = 0
        self.web = Web(
            store=club.store, shelf=club.ledger.shelf, now_us=lambda: club.now_us, ring=self._ring, rung=self._rung
        )
        self.app = build(self.web)

    def _ring(self) -> None:
        self.rings += 1

    async def _rung(self, _seconds: float) -> None:
        self.club.tick()

    def key(
        self,
        *scopes: str,
        club_id: str = CLUB_ID,
        terminal_id: str = "W1",
        per_minute: int = 1_000_000,
    ) -> str:
        """Make a key, with every scope if none is named."""
        return keys.make(
            self.club.store,
            self.club.ledger.shelf,
            club_id=club_id,
            terminal_id=terminal_id,
            name=f"shop {next(_count)}",
            scopes=scopes or keys.SCOPES,
            per_minute=per_minute,
            token=secrets.token_hex,
            now_us=self.club.now_us,
        )

    def ask(self, key: str, method: str, path: str, *, once: str = "", **more: Any) -> Any:
        """Send a request with a key; give the answer."""
        headers = {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": once} if once else {})
        return self.send(method, path, headers=headers, **more)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send any request, in this process."""

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
                return await client.request(method, path, **more)

        return asyncio.run(sent())

    def order(self, key: str, number: str = "101", qty: int = 1, *, once: str = "", product_id: str = "pale") -> Any:
        """Order beers for a member."""
        body = {"member_number": number, "lines": [{"product_id": product_id, "qty": qty}]}
        return self.ask(key, "POST", "/orders", once=once or f"web-order-{next(_count)}", json=body)

    def refund(self, key: str, order_id: str, *parts: tuple[int, int], once: str = "") -> Any:
        """Give an order back, or parts of it."""
        body = {"lines": [{"n": n, "qty": qty} for n, qty in parts]}
        return self.ask(key, "POST", f"/orders/{order_id}/refunds", once=once or f"web-back-{next(_count)}", json=body)


def with_other_club(shop: Shop) -> None:
    """Let a second club have members of the same numbers in the same ledger."""
    club = shop.club
    publish(club, "club", OTHER_CLUB, ClubSettings(id=OTHER_CLUB, name="Marina Club", zone=ZONE), 1)
    accounts = []
    for name in ACCOUNTS[:2]:
        made = account(f"X{name[1:]}", 7_700)
        persons = tuple(_moved(one, name) for one in made.persons)
        accounts.append(
            seeds.Account(club_id=OTHER_CLUB, account_id=made.account_id, persons=persons, opening=made.opening)
        )
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=tuple(accounts)), now_us=club.now_us)


def _moved(one: Any, name: str) -> Any:
    return replace(one, club_id=OTHER_CLUB, number=f"10{name[1:]}", first_name="Olga")


def sold_out() -> Product:
    """A beer that is gone."""
    return replace(product("pale"), sold_out=True)
