"""Link words: what chip and connection panel say of the connection and the queue, for the till and for Reception."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.leases import CONTACT_DAYS_MAX
from clubtill_rules.values.days import US_PER_DAY, US_PER_S
from clubtill_rules.values.money import Money
from clubtill_terminal.actions.link import Broken, Queue, WaitingEvent
from clubtill_wording import sentences
from clubtill_wording.speech import Speech

ROWS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipWords:
    """The status chip: exactly five states, each with a shape and words (U57)."""

    status: str
    text: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A waiting event (U62)."""

    time: str
    what: str
    tries: str
    amount: str
    attention: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShown:
    """Texts of the connection panel (wireframe 5.10)."""

    title: str
    fix: str
    till: str
    till_state: str
    service: str
    service_state: str
    office: str
    office_state: str
    broken: bool
    broken_at: str
    works_head: str
    works: str
    waits_head: str
    waits: str
    waiting: str
    oldest: str
    more: str
    attention: str
    attention_detail: str
    back: str
    send_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is known of the connection."""

    online: bool
    broken: Broken
    since_us: int
    queue: Queue
    just_sent: bool
    now_us: int


def chip(link: Link, speech: Speech) -> ChipWords:
    """Give the chip: offline before attention before sending (U57, U68)."""
    queue = link.queue
    if not link.online:
        text = speech.label("chip.offline", since_us=link.since_us, n=queue.count)
        return ChipWords(status="offline", text=text, short=text)
    if queue.attention or queue.trouble:
        text = speech.label("chip.attention", n=max(1, queue.attention))
        return ChipWords(status="warn", text=text, short=text)
    if queue.count:
        text = speech.label("chip.sending", n=queue.count)
        return ChipWords(status="special", text=text, short=text)
    text = speech.label("chip.all_sent" if link.just_sent else "chip.online")
    return ChipWords(status="ok", text=text, short=text)


def queue_rows(link: Link, speech: Speech) -> list[QueueRow]:
    """Give the oldest waiting events, oldest first."""
    return [_row(one, speech) for one in link.queue.rows[:ROWS_SHOWN]]


def _row(one: WaitingEvent, speech: Speech) -> QueueRow:
    kinds = {"sale": "link.kind_sale", "swipe": "link.kind_visit", "admission": "link.kind_admission"}
    kind, label = one.kind, one.label
    what = speech.label(kinds[kind], number=label) if kind in kinds else speech.label("link.kind_lease")
    amount = one.amount_minor
    tries = one.tries
    return QueueRow(
        time=speech.clock(one.occurred_at_us),
        what=what,
        tries=speech.label("link.tries", n=tries) if tries else "",
        amount=speech.plain(Money(amount)) if amount is not None else "",
        attention=one.state != "queued",
    )


def panel(link: Link, mode: OfflineMode, speech: Speech) -> LinkShown:
    """Derive the panel: which link is broken, what works, what waits (U58, U60)."""
    queue, broken = link.queue, not link.online
    till_down = broken and link.broken is Broken.TILL
    title, fix = "link.all_well", "link.fix_none"
    if till_down:
        title, fix = "link.till_broken", "link.fix_till"
    elif broken:
        title, fix = "link.service_not_reached", "link.fix_service"
    oldest = ""
    if queue.since_us is not None:
        oldest = speech.label("link.oldest", age=speech.age((link.now_us - queue.since_us) // US_PER_S))
    held = next((one for one in queue.rows if one.state != "queued"), None)
    attention, detail = "", ""
    if queue.trouble:
        doubt = sentences.denied(queue.trouble, {}, speech)
        attention, detail = doubt.title, doubt.body
    elif held:
        attention, detail = speech.label("link.attention", what=_row(held, speech).what), speech.label("link.held")
    waits = speech.label("link.waits_nothing")
    if broken:
        days = max(0, link.now_us - queue.contact_us) // US_PER_DAY
        points = "link.waits_points_lease" if mode is OfflineMode.LEASE else "link.waits_points_refuse"
        first = speech.label(points) if days <= CONTACT_DAYS_MAX else speech.label("link.waits_points_stale", days=days)
        waits = first + "\n" + speech.label("link.waits_fees")
    return LinkShown(
        title=speech.label(title, since_us=link.since_us) if broken else speech.label(title),
        fix=speech.label(fix),
        till=speech.label("link.this_till"),
        till_state=speech.label("link.no_network" if till_down else "link.working"),
        service=speech.label("link.service"),
        service_state=speech.label(
            "link.cannot_tell" if till_down else "link.not_reached" if broken else "link.reached"
        ),
        office=speech.label("link.office"),
        office_state=speech.label("link.cannot_tell" if broken else "link.reached"),
        broken=broken,
        broken_at=link.broken.value,
        works_head=speech.label("link.works_now"),
        works=speech.label("link.works_sell") + "\n" + speech.label("link.works_door", at_us=queue.data_at_us),
        waits_head=speech.label("link.waits"),
        waits=waits,
        waiting=speech.label("link.waiting", n=queue.count) if queue.count else speech.label("link.nothing_waiting"),
        oldest=oldest,
        more=speech.label("link.more", n=queue.count - ROWS_SHOWN) if queue.count > ROWS_SHOWN else "",
        attention=attention,
        attention_detail=detail,
        back=speech.label("link.back"),
        send_now=speech.label("link.send_now"),
    )
