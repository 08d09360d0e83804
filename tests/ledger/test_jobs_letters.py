"""Monthly statements, renewal reminders, and the page that ends them (6.8): each once, to who agreed to that kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

import httpx
import pytest

from clubtill_ledger.jobs import letters, reminders, sending, statements
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.jobs import Worker
from clubtill_ledger.operate.jobs_kinds import club_months, due_now
from clubtill_ledger.operate.mail import hand_out
from clubtill_ledger.store import mailing
from clubtill_ledger.store.mailing import SENT, WITHDRAWN
from clubtill_ledger.store.settings import Settings
from clubtill_ledger.store.tables_jobs import mail
from clubtill_rules.members.account import BanKind, Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club as ClubSettings
from clubtill_rules.values.money import Money
from clubtill_wording.speech import Speech
from tests.ledger import post_office
from tests.ledger.audit import rows
from tests.ledger.club import Club
from tests.ledger.counting import publish
from tests.ledger.master import CLUB_ID, DAY, person
from tests.ledger.post_office import PostOffice
from tests.ledger.test_http import Server

TODAY = date(2026, 3, 13)
SOON = date(2026, 4, 10)
FEBRUARY = date(2026, 2, 1)
GOLD = Classification(
    number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12, fee=Money(5_500), days_paid=365
)
BOWLS = replace(GOLD, number=4, description="Bowls", fee=Money(2_000))


def opening(points: int, earned: date, last_day: date | None = None) -> seeds.Opening:
    """Some points of a day."""
    return seeds.Opening(amount_h=points * 100, earn_day=earned, last_day=last_day)


def joined(
    club: Club, account_id: str, *lots: seeds.Opening, consents: tuple[str, ...] = ("statement", "renewal"), **told: str
) -> None:
    """Let an account with its one person into the club, and say how he is reached."""
    card = replace(person(account_id), renewal_date=SOON)
    made = seeds.Account(club_id=CLUB_ID, account_id=account_id, persons=(card,), opening=lots)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)
    reach(club, account_id, consents=consents, **{"email": f"{account_id.lower()}@example.org", **told})


def keep(club: Club, account_id: str, *persons: MemberCard) -> None:
    """Keep cards of an account's persons."""
    made = seeds.Account(club_id=CLUB_ID, account_id=account_id, persons=persons)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)


def reach(club: Club, account_id: str, **values: object) -> None:
    """Change how the person of an account is reached."""
    assert club.store.write(lambda on: mailing.change_contact(on, CLUB_ID, account_id, f"P{account_id}", **values))


def settings(club: Club) -> Settings:
    """The settings of now."""
    return club.store.read(partial(club.ledger.shelf.now, now_us=club.now_us))


def of_club(club: Club) -> ClubSettings:
    """The club's own settings."""
    found = settings(club).club(CLUB_ID)
    assert found is not None
    return found


def state(club: Club, first: date = FEBRUARY) -> int:
    """Write the statements of a month."""
    return statements.write(club.store, of_club(club), first, club.now_us)


def remind(club: Club, day: date = TODAY) -> int:
    """Write the reminders of a day."""
    return reminders.write(club.store, settings(club), of_club(club), day, now_us=club.now_us)


def send(club: Club, office: PostOffice) -> str:
    """Send what waits."""
    club.store.write(partial(mailing.keep_settings, told=office.settings))
    return sending.send(club.store, club.ledger.shelf, club.now_us)


def text_of(message: object) -> str:
    """The text of a mail, with plain line ends."""
    return message.get_content().replace("\r", "")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """A mail server."""
    with post_office.opened(tmp_path, link="https://ledger.example") as made:
        yield made


# ------------------------------------------------------------------ statements


def test_a_statement_goes_out_once_a_month(club: Club, office: PostOffice) -> None:
    """6.8, R35: what February did to an account, by real mail; run again nothing; March's is another one."""
    joined(club, "B1", opening(100, date(2026, 1, 5)), opening(40, date(2026, 2, 3)), opening(9, date(2026, 3, 1)))
    assert (state(club), state(club)) == (1, 0)
    assert (send(club, office), send(club, office)) == ("1 sent", "nothing to send")
    (first,) = office.arrived
    assert (first["To"], first["Subject"]) == (
        "b1@example.org", "Harbour Club: your points from 1 Feb 2026 to 28 Feb 2026",
    )  # fmt: skip
    assert "Before: 100\nEarned: 40\nSpent: 0\nExpired: 0\nOther changes: 0\nOn 28 Feb 2026: 140\n" in text_of(first)
    assert state(club, date(2026, 3, 1)) == 1
    send(club, office)
    assert "Before: 140\nEarned: 9\n" in text_of(office.arrived[1])


def test_a_statement_has_something_to_tell(club: Club) -> None:
    """6.8: no page of noughts, and what came and ended in the month is told although nothing is left."""
    joined(club, "B1")
    joined(club, "B2", opening(30, date(2026, 2, 2), date(2026, 2, 20)))
    assert state(club) == 1
    (row,) = rows(club.store, mail)
    assert row.account_id == "B2"
    assert '"expired_h":3000' in row.facts


def test_one_statement_an_account_to_the_first_who_agreed(club: Club, office: PostOffice) -> None:
    """6.8: points are the account's, so one of its persons gets it, and only somebody who agreed to this kind."""
    joined(club, "B1", opening(10, date(2026, 1, 1)), consents=("expiry", "renewal"))
    assert state(club) == 0
    both = (person("B1"), replace(person("B1"), person_id="PB1b", number="777", first_name="Ann"))
    keep(club, "B1", *both)
    told = {"email": "ann@example.org", "language": "en", "consents": ("statement",)}
    club.store.write(lambda on: mailing.change_contact(on, CLUB_ID, "B1", "PB1b", **told))
    assert state(club) == 1
    reach(club, "B1", consents=("statement",))
    assert state(club) == 0, "the account has its statement"
    assert (send(club, office), [one["To"] for one in office.arrived]) == ("1 sent", ["ann@example.org"])


def test_statements_are_in_the_persons_language(club: Club, office: PostOffice) -> None:
    """6.8, D10: the texts are the catalogue's; a language of another country is the same language."""
    joined(club, "B1", opening(10, date(2026, 1, 1)), language="ar")
    joined(club, "B2", opening(10, date(2026, 1, 1)), language="ar-EG")
    joined(club, "B3", opening(10, date(2026, 1, 1)), language="de")
    assert (state(club), send(club, office)) == (3, "3 sent")
    texts = {one["To"]: text_of(one) for one in office.arrived}
    assert "نقاطك" in texts["b1@example.org"]
    assert "نقاطك" in texts["b2@example.org"]
    assert "your points" in texts["b3@example.org"]


def test_many_accounts_take_many_chunks(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """6.8, 8.4: a club is gone through in short transactions of one bucket, and nobody is passed over or met twice."""
    monkeypatch.setattr("clubtill_ledger.jobs.rounds.CHUNK", 2)
    names = [f"B{n}" for n in range(150)]
    made = tuple(
        seeds.Account(
            club_id=CLUB_ID, account_id=name, persons=(replace(person(name), renewal_date=SOON),),
            opening=(opening(5, date(2026, 1, 1)),),
        )
        for name in names
    )  # fmt: skip
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=made), now_us=club.now_us)
    for name in names:
        reach(club, name, email=f"{name}@example.org", consents=("statement",))
    assert (state(club), state(club)) == (150, 0)
    assert sorted(row.account_id for row in rows(club.store, mail)) == sorted(names)


def test_two_workers_write_one_statement(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """6.8: a worker that was taken for dead and comes back writes nothing that another wrote meanwhile."""
    joined(club, "B1", opening(10, date(2026, 1, 1)))
    read, others = mailing.willing, []

    def slow(*told, **more):
        found = read(*told, **more)
        if found[0] and not others:
            others.append("begun")
            others.append(state(club))
        return found

    monkeypatch.setattr(mailing, "willing", slow)
    assert (state(club), others) == (0, ["begun", 1])
    assert len(rows(club.store, mail)) == 1


def test_the_month_that_is_over_is_due_once(club: Club) -> None:
    """6.8: planned in the first days of the next month by the club's own day, and not again once it is forgotten."""
    joined(club, "B1", opening(10, date(2026, 1, 1)))
    club.now_us -= 13 * DAY  # 28 February, in the evening
    assert [subject for subject, _ in club_months(settings(club), club.now_us)] == []
    club.tick(DAY)
    worker = Worker(store=club.store, shelf=club.ledger.shelf, now_us=lambda: club.now_us, on_broken_disk=lambda: None)
    ran = []
    for _ in range(40):
        while (job := worker.once()) is not None:
            if job.kind == "statements":
                ran.append((job.subject, job.result))
        club.tick(DAY)
    assert ran == [(f"{CLUB_ID}:2026-02", "1 mails"), (f"{CLUB_ID}:2026-03", "1 mails")]
    assert "renewals" in {kind for kind, *_ in due_now(settings(club), club.now_us)}


# ------------------------------------------------------------------ renewals


@pytest.fixture
def gold(club: Club) -> Club:
    """A club where Gold and Bowls cost a fee for a year."""
    publish(club, "classification", "c1", GOLD)
    publish(club, "classification", "c4", BOWLS, version=1)
    return club


def test_a_reminder_goes_out_once_a_person_and_date(gold: Club, office: PostOffice) -> None:
    """6.8, R107: within the club's window, by real mail, with what it costs; the next year is another date."""
    joined(gold, "B1")
    assert remind(gold, date(2026, 3, 10)) == 0, "31 days before"
    assert (remind(gold), remind(gold), remind(gold, SOON)) == (1, 0, 0)
    assert (send(gold, office), send(gold, office)) == ("1 sent", "nothing to send")
    (made,) = office.arrived
    assert (made["To"], made["Subject"]) == ("b1@example.org", "Harbour Club: your membership is paid to 10 Apr 2026")
    assert "The fee to renew it is:\n\nGold: $55.00\n" in text_of(made)
    keep(gold, "B1", replace(person("B1"), renewal_date=date(2027, 4, 10)))
    assert (remind(gold), remind(gold, date(2027, 3, 20))) == (0, 1)


def test_links_are_told_in_the_same_mail(gold: Club, office: PostOffice) -> None:
    """R9, R107: a linked classification that ends the same day stands beside the primary's."""
    joined(gold, "B1")
    keep(gold, "B1", replace(person("B1"), renewal_date=SOON, linked=(Linked(number=4, renewal_date=SOON),)))
    assert (remind(gold), send(gold, office)) == (1, "1 sent")
    assert "Gold: $55.00\nBowls: $20.00\n" in text_of(office.arrived[0])


@pytest.mark.parametrize("why", ["no consent", "no address", "blocked", "banned", "no fee"])
def test_who_gets_no_reminder(gold: Club, why: str) -> None:
    """6.8, R107: consent, address and fee are needed; nobody banned is asked to renew."""
    joined(gold, "B1", consents=("statement",) if why == "no consent" else ("renewal",))
    if why == "no address":
        reach(gold, "B1", email="")
    if why == "blocked":
        reach(gold, "B1", mail_blocked="550 no such box")
    if why == "banned":
        keep(gold, "B1", replace(person("B1"), renewal_date=SOON, ban=BanKind.HOUSE))
    if why == "no fee":
        publish(gold, "classification", "c1", replace(GOLD, days_paid=None), version=3)
    assert remind(gold) == 0


def test_who_pays_while_the_mail_waits_is_not_asked(gold: Club, office: PostOffice) -> None:
    """6.8: a reminder that waited is looked at once more before it goes."""
    joined(gold, "B1")
    joined(gold, "B2")
    assert remind(gold) == 2
    keep(gold, "B1", replace(person("B1"), renewal_date=date(2027, 4, 10)))
    assert send(gold, office) == f"1 {SENT}, 1 {WITHDRAWN}"
    assert [one["To"] for one in office.arrived] == ["b2@example.org"]


def test_a_letter_house_gets_what_is_still_true(gold: Club) -> None:
    """6.8: the same list as a file, under the same keys; who has paid meanwhile is not in it."""
    joined(gold, "B1")
    joined(gold, "B2")
    assert remind(gold) == 2
    keep(gold, "B1", replace(person("B1"), renewal_date=date(2027, 4, 10)))
    waiting = list(gold.store.read(mailing.listed))
    (row,) = hand_out(gold.store, waiting, now_us=gold.now_us)
    assert (row[:3], "Gold: $55.00" in row[-1]) == (("renewal", f"PB2:{SOON}", "B2"), True)


# ------------------------------------------------------------------ no more of it


def link_of(club: Club, office: PostOffice, language: str) -> str:
    """Send a statement and give the address in it, without its host."""
    joined(club, "B1", opening(10, date(2026, 1, 1)), language=language)
    assert (state(club), send(club, office)) == (1, "1 sent")
    (made,) = office.arrived
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = made["List-Unsubscribe"].strip("<>")
    assert link in text_of(made)
    told = urlparse(link)
    return f"{told.path}?{told.query}"


@contextmanager
def served(database: str, path: str) -> Iterator[str]:
    """Have the ledger as a process of its own, and the whole address behind a link."""
    running = Server(database)
    running.start()
    try:
        yield running.url + path
    finally:
        running.stop()


def agreed(club: Club) -> tuple[str, ...]:
    """What the person of B1 agrees to."""
    (found,) = club.store.read(partial(mailing.contacts, club_id=CLUB_ID, account_id="B1"))
    return found.consents


def test_the_page_of_a_link_asks_before_it_does_anything(club: Club, office: PostOffice, database: str) -> None:
    """6.8, RFC 8058: GET asks, in words without a name; the button's POST takes this one consent back, and says so."""
    with served(database, link_of(club, office, "en")) as address:
        asked = httpx.get(address)
        assert (asked.status_code, asked.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Mail from Harbour Club" in asked.text
        assert "the statement of each month" in asked.text
        assert asked.text.count("<button>") == 1
        assert '<form method="post">' in asked.text
        for personal in ("Jean", "B1", "example.org"):
            assert personal not in asked.text
        assert agreed(club) == ("statement", "renewal"), "to look changes nothing"
        done = httpx.post(address, data={})
        assert (done.status_code, "You get no more mail" in done.text, agreed(club)) == (200, True, ("renewal",))
        again = httpx.get(address)
        assert (again.status_code, "<button>" in again.text, "You get no more mail" in again.text) == (200, False, True)


def test_a_mail_program_leaves_with_one_click(club: Club, office: PostOffice, database: str) -> None:
    """RFC 8058: the program posts to the header's address by itself, and needs nothing of the page."""
    with served(database, link_of(club, office, "en")) as address:
        told = httpx.post(address, data={"List-Unsubscribe": "One-Click"})
    assert (told.status_code, agreed(club)) == (200, ("renewal",))


def test_the_page_is_in_the_persons_language(club: Club, office: PostOffice, database: str) -> None:
    """6.8, U110: Arabic reads from the right."""
    with served(database, link_of(club, office, "ar")) as address:
        asked = httpx.get(address)
    assert '<html lang="ar" dir="rtl">' in asked.text
    assert "كشف كل شهر" in asked.text


def test_a_wrong_link_says_so(club: Club, office: PostOffice, database: str) -> None:
    """6.8: a link that was changed or cut does nothing and says so, in the language that the browser asks for."""
    with served(database, link_of(club, office, "en")) as address:
        bare = address.partition("?")[0]
        for wrong in (address[:-3], address.replace("k=statement", "k=renewal"), bare, f"{bare}?t=%FF"):
            told = httpx.get(wrong)
            assert (told.status_code, "This link does not work" in told.text) == (404, True)
            assert httpx.post(wrong).status_code == 404
        told = httpx.get(address[:-3], headers={"Accept-Language": "ar-EG,en;q=0.5"})
    assert "هذا الرابط لا يعمل" in told.text
    assert agreed(club) == ("statement", "renewal")
    assert "script" not in told.headers["content-security-policy"]
    assert told.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_kind_can_be_left_in_words(language: str) -> None:
    """6.8: whatever kind of mail there is, its page can name it."""
    speech = Speech(locale=language)
    assert len({speech.label(f"mail.leave.{kind}") for kind in letters.KINDS}) == len(letters.KINDS)
