"""Check in: a card at this door. One transaction writes swipe and points, and on WELCOME the admission too (R52).

Runs on the writer lane. The rules decide, the same online and offline; every attempt is written down, that of a card
which nobody has included (R45). What staff make of a CHECK or STOP is an event of its own (`act`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from clubtill_rules.door import posting
from clubtill_rules.door.admission import CheckIn, Verdict
from clubtill_rules.door.admission import check_in as judge
from clubtill_rules.door.posting import Acting, Admission, Outcome, Swipe
from clubtill_rules.door.visits import SeenToday
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.account import CardState, CardToken, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.permissions import Role, roles_of
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.versions import Body, admission_to_v1
from clubtill_sync.wire.versions_door import swipe_to_v2
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.read_card import CardRead, Seen, read_card
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, members, outbox, swipes
from clubtill_terminal.store.members import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """A swipe as written: what the rules said, what was recorded, and whom it was about.

    Attributes:
        member: None for a card that nobody has here; `classification` None where its settings are not known.
        balance: the account's points after it, as this terminal knows them; None without an account.
        data_at_us: when the cache last knew everything (U67).
        outcome: what became of it; None until somebody acts. `guests` came in with the member.
    """

    check: CheckIn
    swipe: Swipe
    member: MemberCard | None
    classification: Classification | None
    balance: Points | None
    data_at_us: int
    outcome: Outcome | None = None
    guests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the cache knows of a card: deny list, the stream's position it stands at, and its age."""

    deny: Deny
    position: int
    data_at_us: int


def roles_at(place: Place, staff_id: str) -> frozenset[Role]:
    """Give the roles of who is signed in; none for nobody, and for somebody who is not known here."""
    found = place.staff.get(staff_id)
    return roles_of(found.roles) if found else frozenset()


def check_in(
    terminal: Terminal,
    place: Place,
    who: Seen | str,
    *,
    staff_id: str,
    roles: Collection[Role],
    offline: bool,
    guests: int = 0,
) -> CheckedIn:
    """Decide on a card at this door and commit the swipe; on WELCOME the admission with it (R45, R52).

    Args:
        terminal: this terminal.
        place: the settings in force.
        who: what a reader saw, or the id of a person who was searched for.
        staff_id: who stands at the door; blank for nobody.
        roles: of that person; they decide which acts are offered.
        offline: the ledger is out of reach.
        guests: how many come in with a member who is welcome.

    Raises:
        Refusal: as `read_card` for what is no card of a club; `scan.not_here` for a product's barcode;
            `member.unknown` for a person who is gone. Nothing was written.
    """
    read = _read(terminal, place, who)
    found = read.found
    catalogue = place.catalogue_of(found.account.club_id) if found else place.catalogue
    known = _look_up(terminal, found)
    at_door = Acting(staff_id=staff_id, roles=roles)
    with terminal.store.facts.begin() as facts:
        awarded = swipes.keys_given(facts, found.member.person_id) if found else {}
        seen = SeenToday(awarded=awarded)
        made = _judge(terminal, read, known, catalogue, seen, at_door=at_door, offline=offline, guests=guests)
        outbox.append(facts, _events(terminal, made, at_door, catalogue))
        swipes.keep_swipe(facts, _kept(made))
        if found is None:
            return made
        own = sum(outbox.overlay(facts, made.swipe.account_id, position=known.position))
    card = found.account
    return replace(made, balance=card.balance + card.reserved - card.deficit + Points(own))


def act(
    terminal: Terminal,
    place: Place,
    checked: CheckedIn,
    outcome: Outcome,
    *,
    guests: int = 0,
    staff_id: str,
    approver_id: str = "",
    reason: str = "",
) -> CheckedIn | None:
    """Commit what staff made of a CHECK or STOP, once (R52); None when somebody acted on the swipe already.

    Raises:
        Refusal: as `door.posting.admission`: what the verdict does not offer, and letting in without an approval that
            counts. Nothing was written.
    """
    swiped, at_us = checked.swipe, terminal.now_us()
    made = posting.admission(
        checked.check,
        swiped,
        outcome,
        event_id=terminal.new_id(),
        at_us=at_us,
        acting=Acting(staff_id=staff_id, roles=roles_at(place, staff_id)),
        approver=Acting(staff_id=approver_id, roles=roles_at(place, approver_id)) if approver_id else None,
        reason=reason,
        guests=guests if outcome is not Outcome.REFUSE else 0,
    )
    catalogue = place.catalogue_of(swiped.club_id)
    with terminal.store.facts.begin() as facts:
        if not swipes.keep_outcome(facts, swiped.event_id, outcome.value, made.guests):
            return None
        outbox.append(facts, [_admitted(terminal, made, swiped, catalogue)])
    return replace(checked, outcome=outcome, guests=made.guests)


def _read(terminal: Terminal, place: Place, who: Seen | str) -> CardRead:
    if isinstance(who, str):
        with terminal.store.cache.begin() as cache:
            found = members.by_person(cache, who)
        if found is None:
            raise Refusal("member.unknown")
        return CardRead(found=found)
    read = read_card(terminal, place, who)
    if read.product_id:
        raise Refusal("scan.not_here")
    return read


def _nobodys(read: CardRead) -> CardToken:
    """Give a card that leads to nobody: an old issue of somebody's, or one that is not known at all."""
    state = CardState.REPLACED if read.code == "card.replaced" else CardState.ACTIVE
    return CardToken(digest=read.digest, last4=read.last4, state=state)


def _look_up(terminal: Terminal, found: Found | None) -> _Known:
    with terminal.store.cache.begin() as cache:
        data_at_us = documents.feed_state_of(cache).updated_at_us
        if found is None:
            return _Known(deny=NOBODY_DENIED, position=0, data_at_us=data_at_us)
        return _Known(
            deny=documents.deny_of(cache, found.member, found.token),
            position=documents.position(cache, account_bucket(found.account.club_id, found.account.account_id)),
            data_at_us=data_at_us,
        )


def _judge(
    terminal: Terminal,
    read: CardRead,
    known: _Known,
    catalogue: Catalogue,
    seen: SeenToday,
    *,
    at_door: Acting,
    offline: bool,
    guests: int,
) -> CheckedIn:
    """Let the rules decide, and write down what they said as a swipe; nothing is committed here."""
    found, at_us = read.found, terminal.now_us()
    member = found.member if found else None
    card = found.token if found else _nobodys(read)
    classification = catalogue.classification_of(member) if member else None
    check = judge(
        card=card,
        member=member,
        account=found.account if found else None,
        classification=classification,
        club=catalogue.club,
        venue=catalogue.venue,
        location=catalogue.location,
        device_id=terminal.device_id,
        at_us=at_us,
        seen_today=seen,
        deny=known.deny,
        roles=at_door.roles,
    )
    swiped = posting.swipe(
        check,
        event_id=terminal.new_id(),
        card=card,
        member=member,
        club_id=catalogue.club.id,
        location=catalogue.location,
        device_id=terminal.device_id,
        staff_id=at_door.staff_id,
        at_us=at_us,
        offline=offline,
    )
    welcome = check.verdict is Verdict.WELCOME
    return CheckedIn(
        check=check,
        swipe=swiped,
        member=member,
        classification=classification,
        balance=None,
        data_at_us=known.data_at_us,
        outcome=Outcome.ADMIT if welcome else None,
        guests=guests if welcome else 0,
    )


def _events(terminal: Terminal, made: CheckedIn, at_door: Acting, catalogue: Catalogue) -> list[outbox.NewEvent]:
    """Give the swipe for the log, with the admission of somebody who is welcome."""
    swiped = made.swipe
    events = [
        outbox.NewEvent(
            event_id=swiped.event_id,
            kind="swipe",
            occurred_at_us=swiped.at_us,
            bytes_=_bytes(terminal, swiped.event_id, swipe_to_v2(swiped), swiped.at_us, catalogue),
            account_id=swiped.account_id,
            overlay_h=(swiped.visit + swiped.birthday).hundredths,
            label=swiped.member_number,
        )
    ]
    if made.outcome is not None:
        admitted = posting.admission(
            made.check,
            swiped,
            made.outcome,
            event_id=terminal.new_id(),
            at_us=swiped.at_us,
            acting=at_door,
            guests=made.guests,
        )
        events.append(_admitted(terminal, admitted, swiped, catalogue))
    return events


def _kept(made: CheckedIn) -> swipes.KeptSwipe:
    swiped = made.swipe
    return swipes.KeptSwipe(
        event_id=swiped.event_id,
        at_us=swiped.at_us,
        person_id=swiped.person_id,
        name=made.member.name if made.member else "",
        verdict=swiped.verdict.value,
        entry_day=swiped.entry_day.isoformat(),
        visit_key=swiped.visit_key,
        birthday_key=swiped.birthday_key,
        outcome=made.outcome.value if made.outcome else "",
        guests=made.guests,
    )


def _admitted(terminal: Terminal, made: Admission, swiped: Swipe, catalogue: Catalogue) -> outbox.NewEvent:
    return outbox.NewEvent(
        event_id=made.event_id,
        kind="admission",
        occurred_at_us=made.at_us,
        bytes_=_bytes(terminal, made.event_id, admission_to_v1(made), made.at_us, catalogue),
        account_id=made.account_id,
        label=swiped.member_number,
    )


def _bytes(terminal: Terminal, event_id: str, body: Body, at_us: int, catalogue: Catalogue) -> bytes:
    return terminal.event_bytes(event_id, body, at_us=at_us, settings_version=catalogue.version)
