"""Unsubscribing: the link with which a person takes a consent back without signing in, and what it does (6.8).

A link names club, account, person and kind of mail, and a word that only this ledger can make: it is good for that kind
of mail alone. To read it changes nothing; mail programs fetch links before anybody has seen them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlencode

from clubtill_ledger.store import installation, mailing
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.mailing import Letter
from clubtill_ledger.store.settings import SettingsShelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link is about: the club's name, the kind of mail, the person's language, and whether he still agrees."""

    club: str
    kind: str
    language: str
    agreed: bool


def unsubscribe_link(key: str, link: str, letter: Letter) -> str:
    """Give the address under which a person takes a consent back; `key` is the installation's."""
    who = {"c": letter.club_id, "a": letter.account_id, "p": letter.person_id, "k": letter.kind}
    return f"{link}/unsubscribe?{urlencode(who | {'t': _token(key, who)})}"


def read_link(store: Store, shelf: SettingsShelf, query: str, now_us: int) -> Link | None:
    """Say what a link is about; None for one that this ledger did not make. It changes nothing."""
    return store.read(partial(_link, shelf=shelf, told=dict(parse_qsl(query)), now_us=now_us))


def unsubscribed(store: Store, query: str) -> bool:
    """Take a consent back, as the address of a link says; False for one that this ledger did not make."""
    return store.write(partial(unsubscribe, told=dict(parse_qsl(query))))


def unsubscribe(connection: Connection, told: dict[str, str]) -> bool:
    """Take a consent back, as a link says; False for a link that this ledger did not make."""
    who = _who(connection, told)
    if who is None:
        return False
    found = {one.person_id: one for one in mailing.contacts(connection, who["c"], who["a"])}
    if who["p"] in found:
        left = tuple(kind for kind in found[who["p"]].consents if kind != who["k"])
        mailing.change_contact(connection, who["c"], who["a"], who["p"], consents=left)
    return True


def _link(connection: Connection, shelf: SettingsShelf, told: dict[str, str], now_us: int) -> Link | None:
    who = _who(connection, told)
    if who is None:
        return None
    club = shelf.now(connection, now_us).club(who["c"])
    found = {one.person_id: one for one in mailing.contacts(connection, who["c"], who["a"])}
    person = found.get(who["p"])
    return Link(
        club=club.name if club else "",
        kind=who["k"],
        language=person.language if person else "",
        agreed=person is not None and who["k"] in person.consents,
    )


def _who(connection: Connection, told: dict[str, str]) -> dict[str, str] | None:
    """Give whom a link names, None where its word is not this ledger's."""
    who = {name: told.get(name, "") for name in "capk"}
    word = _token(installation.read(connection).cursor_key, who)
    return who if hmac.compare_digest(word.encode(), told.get("t", "").encode()) else None


def _token(key: str, who: dict[str, str]) -> str:
    said = "\x00".join(["unsubscribe", *(who[name] for name in "capk")])
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()[:40]
