"""Members: a manager's blocks, bans and cards; each moves the member's card and the deny list (R12, R13, R88, C18-C21).

What stops somebody is on the deny list before it is on the card, and goes from it after: a crash between the two
leaves the stricter of both. The same decision id again completes what was begun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Final

from clubtill_ledger.office.clerk import Clerk
from clubtill_ledger.store import decisions, documents, people, served, states
from clubtill_ledger.store.decisions import Decision
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.members import bans, blocks, card_life
from clubtill_rules.members.account import BanKind, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.bans import Ban
from clubtill_rules.members.blocks import ACTS, Blockable
from clubtill_rules.members.card_life import Card, Life
from clubtill_rules.permissions import Act, Answer, may
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import DenyRow

BANNED_CODE: Final = "member.excluded"
_LIFE: Final = {CardState.ACTIVE: Life.ACTIVE, CardState.BLOCKED: Life.BLOCKED, CardState.REPLACED: Life.REPLACED}
NEVER_US: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who decides what about whom: the same for every act of this room. `day` is the venue's trading day."""

    store: Store
    club_id: str
    account_id: str
    person_id: str
    clerk: Clerk
    reason: str
    decision_id: str
    day: date
    now_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a decision makes: the card after it, what the deny list then says, and figures for the record."""

    member: MemberCard
    deny: tuple[DenyRow, ...] = ()
    account_block: Block | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that somebody else changed meanwhile: both values, for a person to choose (C19)."""

    name: str
    theirs: Any
    yours: Any


def block(desk: Desk, what: Blockable, *, digest: str = "", blocked: bool = True) -> Decision:
    """Block the account, the person or one card, or take the block off (R13). Refuses as the rules do."""
    _permitted(desk, ACTS[what])

    def done(connection: Connection, member: MemberCard) -> Done:
        staff_id, day = desk.clerk.staff_id, desk.day
        if what is Blockable.ACCOUNT:
            card = people.account_card(connection, desk.club_id, desk.account_id, club=None, today=None)
            if card is None:
                raise Refusal("member.unknown")
            after, _ = blocks.block_account(card, reason=desk.reason, staff_id=staff_id, day=day, blocked=blocked)
            row = DenyRow(kind="account", id=desk.account_id, code="account.blocked", denied=blocked)
            return Done(member=member, deny=(row,), account_block=after.block)
        if what is Blockable.CONTACT:
            changed, _ = blocks.block_contact(member, reason=desk.reason, staff_id=staff_id, day=day, blocked=blocked)
            code = BANNED_CODE if member.ban is not None else "member.blocked"
            row = DenyRow(kind="person", id=member.person_id, code=code, denied=blocked or member.ban is not None)
            return Done(member=changed, deny=(row,))
        changed, _ = blocks.block_card(member, digest, reason=desk.reason, staff_id=staff_id, day=day, blocked=blocked)
        return Done(member=changed, deny=(DenyRow(kind="card", id=digest, code="card.blocked", denied=blocked),))

    return _decide(desk, f"{what.value}.{'block' if blocked else 'unblock'}", done, stricter=blocked)


def ban(desk: Desk, kind: BanKind, *, last_day: date | None = None, block_cards: bool = False) -> Decision:
    """Ban a member (R12). What lifting needs is kept with the decision. Refuses as the rules do."""

    def done(connection: Connection, member: MemberCard) -> Done:
        made = bans.ban(
            member,
            kind,
            desk.reason,
            day=desk.day,
            staff_id=desk.clerk.staff_id,
            roles=desk.clerk.roles,
            last_day=last_day,
            block_cards=block_cards,
            earlier=_standing_ban(connection, member.person_id),
        )
        rows = (DenyRow(kind="person", id=member.person_id, code=BANNED_CODE), *_cards(made.member, made.ban.cards))
        facts = {
            "kind": kind.value,
            "prior": made.ban.prior,
            "day": made.ban.day.isoformat(),
            "last_day": last_day.isoformat() if last_day else "",
            "cards": list(made.ban.cards),
        }
        return Done(member=made.member, deny=rows, facts=facts)

    return _decide(desk, "member.ban", done, stricter=True)


def lift(desk: Desk, *, document: str = "", unblock: bool = False) -> Decision:
    """Lift a member's ban (R12). Refuses ban.unknown for one that was not given here, else as the rules do."""

    def done(connection: Connection, member: MemberCard) -> Done:
        given = _standing_ban(connection, member.person_id)
        if given is None:
            raise Refusal("ban.unknown")
        clerk = desk.clerk
        act = Act.LIFT_HOUSE_BAN if given.kind is BanKind.HOUSE else Act.LIFT_OTHER_BAN
        second = bool(clerk.approver_id) and clerk.approver_id != clerk.staff_id
        lifted = bans.lift(
            member,
            given,
            roles=clerk.roles,
            day=desk.day,
            document=document,
            approved=second and may(clerk.approver_roles, act) is Answer.YES,
            unblock=unblock,
        )
        row = DenyRow(kind="person", id=member.person_id, code=BANNED_CODE, denied=False)
        return Done(member=lifted.member, deny=(row, *_cards(lifted.member, lifted.cards)))

    return _decide(desk, "member.lift", done, stricter=False)


def replace_card(desk: Desk, digest: str, new: CardToken) -> Decision:
    """Replace a card by a new one: the old one refuses from now on, everywhere (R88). Refuses as the rules do."""
    _permitted(desk, Act.CHANGE_CARD)

    def done(connection: Connection, member: MemberCard) -> Done:
        old = next((one for one in member.cards if one.digest == digest), None)
        if old is None:
            raise Refusal("card.unknown")
        if people.by_digest(connection, new.digest):
            raise Refusal("card.cannot.assign")
        held = Card(digest=old.digest, last4=old.last4, life=_LIFE[old.state], person_id=member.person_id)
        made = card_life.replace_card(held, Card(digest=new.digest, last4=new.last4))
        tokens = tuple(made.old.token if one is old else one for one in member.cards)
        cards = tuple(one for one in (*tokens, made.new.token) if one is not None)
        facts = {"old": digest, "new": new.digest}
        row = DenyRow(kind="card", id=digest, code="card.replaced")
        return Done(member=replace(member, cards=cards), deny=(row,), facts=facts)

    return _decide(desk, "card.replace", done, stricter=True)


def change(desk: Desk, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Conflict, ...]:
    """Change fields of a card that nobody else has changed since they were `seen`; give the others (C19)."""
    _permitted(desk, Act.EDIT_MEMBER)
    conflicts: list[Conflict] = []

    def done(connection: Connection, member: MemberCard) -> Done:
        del connection
        conflicts.clear()
        taken: dict[str, Any] = {}
        for name, value in wanted.items():
            theirs = getattr(member, name)
            if theirs == seen[name] or theirs == value:
                taken[name] = value
            else:
                conflicts.append(Conflict(name=name, theirs=theirs, yours=value))
        facts = {"changed": sorted(taken), "kept": [one.name for one in conflicts]}
        return Done(member=replace(member, **taken), facts=facts)

    _decide(desk, "member.change", done, stricter=False)
    return tuple(conflicts)


def served_while_banned(store: Store) -> tuple[tuple[Decision, Sequence[Any]], ...]:
    """List each ban with the sales and admissions that happened while it stood: a till had an old list (C18)."""
    return store.read(_served)


def _served(connection: Connection) -> tuple[tuple[Decision, Sequence[Any]], ...]:
    found: list[tuple[Decision, Sequence[Any]]] = []
    lifts = decisions.about(connection, "", act="member.lift")
    for made in decisions.about(connection, "", act="member.ban"):
        after = (one.at_us for one in lifts if one.subject == made.subject and one.at_us > made.at_us)
        to_us = min(after, default=NEVER_US)
        rows = served.visits_and_sales(
            connection, made.club_id, made.account_id, made.subject, from_us=made.at_us, to_us=to_us
        )
        if rows:
            found.append((made, rows))
    return tuple(found)


def old_cards_used(store: Store) -> tuple[tuple[Decision, Sequence[Any]], ...]:
    """List each replaced card with the swipes of it after it was replaced (C20)."""

    def read(connection: Connection) -> tuple[tuple[Decision, Sequence[Any]], ...]:
        every = [
            (made, served.swipes_of_card(connection, made.bucket, made.facts["old"], made.at_us))
            for made in decisions.about(connection, "", act="card.replace")
        ]
        return tuple((made, rows) for made, rows in every if rows)

    return store.read(read)


def doubles(store: Store, club_id: str) -> Sequence[Any]:
    """List persons who may stand twice, such as two offline sign-ups of one person (C21): a merge is a transfer."""
    return store.read(partial(served.doubles, club_id=club_id))


# ------------------------------------------------------------------ one decision


def _decide(desk: Desk, act: str, done: Callable[[Connection, MemberCard], Done], *, stricter: bool) -> Decision:
    """Work out a decision, then write it: the deny list first where it stops somebody, else last."""
    if not desk.reason.strip():
        raise Refusal("decision.reason")
    standing = desk.store.read(partial(_standing, desk=desk))
    if standing is not None:
        rows = tuple(DenyRow(**row) for row in standing.facts.get("deny", ()))
        _deny(desk, rows)
        return standing
    told = desk.store.read(lambda connection: done(connection, _member(connection, desk)))
    if stricter:
        _deny(desk, told.deny)
    made = desk.store.write(partial(_write, desk=desk, act=act, done=done))
    if not stricter:
        _deny(desk, told.deny)
    return made


def _write(connection: Connection, desk: Desk, act: str, done: Callable[[Connection, MemberCard], Done]) -> Decision:
    told = done(connection, _member(connection, desk))
    state = states.state_of(connection, desk.club_id, desk.account_id)
    standing_block = Block(state.block or Block.NONE.value) if state else Block.NONE
    people.keep_member(connection, told.member, block=told.account_block or standing_block, day=desk.day)
    deny = [{"kind": one.kind, "id": one.id, "code": one.code, "denied": one.denied} for one in told.deny]
    made = Decision(
        bucket=account_bucket(desk.club_id, desk.account_id),
        decision_id=desk.decision_id,
        act=act,
        subject=desk.person_id,
        staff_id=desk.clerk.staff_id,
        approver_id=desk.clerk.approver_id,
        reason=desk.reason.strip(),
        at_us=desk.now_us,
        club_id=desk.club_id,
        account_id=desk.account_id,
        facts=dict(told.facts) | {"deny": deny},
    )
    decisions.keep(connection, made)
    return made


def _standing(connection: Connection, desk: Desk) -> Decision | None:
    return decisions.find(connection, account_bucket(desk.club_id, desk.account_id), desk.decision_id)


def _member(connection: Connection, desk: Desk) -> MemberCard:
    member = people.member_of(connection, desk.club_id, desk.account_id, desk.person_id)
    if member is None:
        raise Refusal("member.unknown")
    return member


def _deny(desk: Desk, rows: Sequence[DenyRow]) -> None:
    if rows:
        desk.store.write(partial(documents.deny_rows, rows=rows))


def _cards(member: MemberCard, digests: Sequence[str]) -> tuple[DenyRow, ...]:
    """Give the deny rows of a member's cards as they stand."""
    return tuple(
        DenyRow(kind="card", id=one.digest, code="card.blocked", denied=one.state is CardState.BLOCKED)
        for one in member.cards
        if one.digest in digests
    )


def _standing_ban(connection: Connection, person_id: str) -> Ban | None:
    """Give the ban that stands, as its decision kept it; None where none does."""
    told = [one for one in decisions.about(connection, person_id) if one.act in {"member.ban", "member.lift"}]
    if not told or told[-1].act == "member.lift":
        return None
    given, facts = told[-1], told[-1].facts
    return Ban(
        kind=BanKind(facts["kind"]),
        reason=given.reason,
        day=date.fromisoformat(facts["day"]),
        staff_id=given.staff_id,
        prior=facts["prior"],
        last_day=date.fromisoformat(facts["last_day"]) if facts["last_day"] else None,
        cards=tuple(facts["cards"]),
    )


def _permitted(desk: Desk, act: Act) -> None:
    """Refuse permission.missing, or approval.needed where nobody else entitled approved."""
    clerk = desk.clerk
    answer = may(clerk.roles, act)
    second = clerk.approver_id and clerk.approver_id != clerk.staff_id
    if answer is Answer.NEVER:
        raise Refusal("permission.missing")
    if answer is Answer.APPROVAL and not (second and may(clerk.approver_roles, act) is Answer.YES):
        raise Refusal("approval.needed")
