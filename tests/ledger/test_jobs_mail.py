"""Outgoing mail: once a lot, with consent, in the person's language; a lost line is never sent again (6.8, R36)."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pytest
from typer.testing import CliRunner

from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.app.calls import answer
from clubtill_ledger.jobs import letters, sending
from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import mailing
from clubtill_ledger.store.mailing import JOINED, QUEUED, REFUSED, SENDING, SENT, UNKNOWN, WITHDRAWN
from clubtill_ledger.store.tables import personal
from clubtill_ledger.store.tables_jobs import mail
from tests.ledger import post_office
from tests.ledger.audit import rows
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID, DAY, MINUTE, person
from tests.ledger.post_office import PostOffice

TODAY = date(2026, 3, 13)
DAYS = tuple(TODAY + timedelta(days=n) for n in range(60))


def lots(
    club: Club, account_id: str, *ends: int, email: str = "", language: str = "en_AU", consents=("expiry",)
) -> None:
    """Give an account lots of 60 points that end so many days from today, and a person who can be reached."""
    opening = tuple(seeds.Opening(amount_h=6_000, earn_day=date(2026, 1, 1), last_day=DAYS[n]) for n in ends)
    made = seeds.Account(club_id=CLUB_ID, account_id=account_id, persons=(person(account_id),), opening=opening)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)
    reach(club, account_id, email=email or f"{account_id.lower()}@example.org", language=language, consents=consents)


def reach(club: Club, account_id: str, **values) -> None:
    """Change how the person of an account is reached."""
    assert club.store.write(lambda on: mailing.change_contact(on, CLUB_ID, account_id, f"P{account_id}", **values))


def warn(club: Club, day: date = TODAY) -> int:
    """Write the warnings of a day."""
    settings = club.store.read(partial(club.ledger.shelf.now, now_us=club.now_us)).club(CLUB_ID)
    return letters.warn(club.store, settings, day, club.now_us)


def send(club: Club, office: PostOffice) -> str:
    """Send what waits."""
    club.store.write(partial(mailing.keep_settings, told=office.settings))
    return sending.send(club.store, club.ledger.shelf, club.now_us)


def states(club: Club) -> list[str]:
    """How every letter stands."""
    return sorted(row.state for row in rows(club.store, mail))


def leave(club: Club, query: str) -> int:
    """Follow a link, as a mail program does for whoever presses its button."""
    request = SignedRequest(method="POST", authority="", path="/unsubscribe", query=query, headers={}, body=b"")
    return answer(request, club.ledger, club.now_us).status


@pytest.fixture
def office(tmp_path: Path):
    """A mail server."""
    with post_office.opened(tmp_path, link="https://ledger.example") as made:
        yield made


def test_a_warning_goes_out_once_a_lot(club: Club, office: PostOffice) -> None:
    """R36: one mail for all lots within the window; the next day only what is new; run again nothing."""
    lots(club, "B1", 5, 20, 31)
    assert (warn(club), warn(club)) == (1, 0)
    assert states(club) == [JOINED, QUEUED]
    assert (send(club, office), send(club, office)) == ("1 sent", "nothing to send")
    (first,) = office.arrived
    assert (first["To"], first["From"], first["Subject"]) == (
        "b1@example.org", post_office.SENDER, "Harbour Club: your points end on 2 Apr 2026",
    )  # fmt: skip
    assert "Hello Jean,\n\n120 points at Harbour Club end by 2 Apr 2026." in first.get_content().replace("\r", "")
    club.tick(DAY)
    assert warn(club, DAYS[1]) == 1, "the third lot has come into the window"
    assert send(club, office) == "1 sent"
    assert "60 points" in office.arrived[1].get_content()
    assert warn(club, DAYS[2]) == 0
    assert first["Message-ID"] != office.arrived[1]["Message-ID"]


def test_words_are_in_the_persons_language(club: Club, office: PostOffice) -> None:
    """6.8, D10: the texts are the catalogue's; a language that it does not have falls back to English."""
    lots(club, "B1", 5, language="ar")
    lots(club, "B2", 5, language="xx")
    warn(club)
    send(club, office)
    texts = {one["To"]: one.get_content() for one in office.arrived}
    assert "مرحبا" in texts["b1@example.org"]
    assert "Hello" in texts["b2@example.org"]


def test_nothing_goes_without_consent_address_or_settings(club: Club, office: PostOffice) -> None:
    """6.8: mail is off until set; each kind needs the person's own consent, asked again when it is sent."""
    lots(club, "B1", 5, consents=("campaign",))
    lots(club, "B2", 5)
    assert warn(club) == 1
    assert sending.send(club.store, club.ledger.shelf, club.now_us) == "off"
    reach(club, "B2", consents=())
    assert (send(club, office), office.tried) == (f"1 {WITHDRAWN}", [])
    reach(club, "B1", consents=("expiry",))
    assert warn(club) == 1, "nothing was written while there was nobody to write to"


def test_an_address_refused_for_good_is_blocked(club: Club, office: PostOffice) -> None:
    """6.8: a hard refusal blocks the address until somebody gives a new one; a refusal of the text does not.

    The address itself is kept nowhere but in the personal table.
    """
    lots(club, "B1", 5, email="nobody@example.org")
    lots(club, "B2", 5, email="spam@example.org")
    warn(club)
    assert send(club, office) == "2 refused"
    found = {row.person_id: row.mail_blocked for row in rows(club.store, personal)}
    assert (found["PB1"], found["PB2"]) == ("550 5.1.1 no such box <...>", "")
    assert club.store.read(mailing.blocked) == [(CLUB_ID, "B1", "PB1", "550 5.1.1 no such box <...>")]
    reach(club, "B1", email="found@example.org")
    assert club.store.read(mailing.blocked) == []
    assert [row.answer for row in rows(club.store, mail) if row.account_id == "B2"] == ["554 5.7.1 not wanted"]


def test_what_is_put_off_is_tried_again_a_few_times(club: Club, office: PostOffice) -> None:
    """6.8: a temporary refusal is tried again, later each time, and given up after the fifth."""
    lots(club, "B1", 5, email="full@example.org")
    warn(club)
    told = []
    for _ in range(8):
        told.append(send(club, office))
        assert send(club, office) == "nothing to send"
        club.tick(120 * MINUTE)
    assert told[:5] == ["1 queued"] * 4 + ["1 refused"]
    assert (told[5], len(office.tried), states(club)) == ("nothing to send", 5, [REFUSED])


def test_a_line_lost_after_the_text_is_unknown_and_never_sent_again(club: Club, office: PostOffice) -> None:
    """6.8: the server took the text and the line went: it may have arrived, so it is not sent a second time."""
    lots(club, "B1", 5, email="cut@example.org")
    warn(club)
    assert send(club, office) == "1 unknown"
    club.tick(DAY)
    assert (send(club, office), len(office.arrived), states(club)) == ("nothing to send", 1, [UNKNOWN])


def test_a_server_that_is_away_is_tried_again(club: Club, office: PostOffice) -> None:
    """F1, 6.8: no line at all means that nothing went out; the letter waits."""
    lots(club, "B1", 5)
    warn(club)
    away = PostOffice(settings=mailing.MailSettings(host="127.0.0.1", port=1, security="none", sender="a@b.example"))
    assert send(club, away) == "1 queued"
    club.tick(60 * MINUTE)
    assert send(club, office) == "1 sent"


def test_a_kill_while_sending_leaves_it_unknown(club: Club, office: PostOffice) -> None:
    """F15, 6.8: the row says that it is being sent before the text goes; cut short, nobody knows, so it stays so."""
    lots(club, "B1", 5)
    warn(club)
    club.store.write(partial(mailing.keep_settings, told=office.settings))

    def die(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sending.send(club.store, club.ledger.shelf, club.now_us, by=die)
    assert states(club) == [SENDING]
    assert send(club, office) == "nothing to send"
    club.tick(11 * MINUTE)
    assert (send(club, office), states(club), office.arrived) == ("nothing to send", [UNKNOWN], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_line_is_encrypted_and_signed_in(club: Club, tmp_path: Path, security: str) -> None:
    """6.8: TLS from the start or after STARTTLS, with the server's certificate checked, and the account's password."""
    lots(club, "B1", 5)
    warn(club)
    with post_office.opened(
        tmp_path, security, account="club", password="word" if security == "starttls" else ""
    ) as made:
        if security == "tls":
            made.settings = mailing.MailSettings(
                host="127.0.0.1", port=made.settings.port, security="tls", sender="a@b.example",
                ca_file=made.settings.ca_file,
            )  # fmt: skip
        assert send(club, made) == "1 sent"
        assert made.signed_in == (["club"] if security == "starttls" else [])
        lots(club, "B2", 5)
        warn(club)
        bare = {"host": "127.0.0.1", "port": made.settings.port, "sender": "a@b.example", "security": security}
        assert send(club, PostOffice(settings=mailing.MailSettings(**bare))) == "1 queued", "a stranger's certificate"
        assert "word" not in repr(made.settings)


def test_the_rate_is_kept(club: Club, tmp_path: Path) -> None:
    """6.8: a run of a minute sends no more than the rate allows."""
    for n in range(5):
        lots(club, f"B{n}", 5)
    warn(club)
    with post_office.opened(tmp_path, rate=2) as slow:
        assert [send(club, slow) for _ in range(3)] == ["2 sent", "2 sent", "1 sent"]


def test_campaigns_go_to_the_list_and_can_be_left(club: Club, office: PostOffice) -> None:
    """6.8, R61: only who is on the list and consents; each mail carries a link that takes the consent back."""
    for name, consents in (("B1", ("campaign", "expiry")), ("B2", ("expiry",)), ("B3", ("campaign",))):
        lots(club, name, 50, consents=consents)
    with club.store.writer.begin() as connection:
        for name in ("B1", "B2"):
            connection.exec_driver_sql(
                f"INSERT INTO marketing VALUES (0, '{CLUB_ID}', 'P{name}', '{name}', 0)"  # noqa: S608 - the test's own
            )
    queue = partial(
        letters.campaign,
        club.store,
        club.ledger.shelf,
        CLUB_ID,
        "easter",
        title="Easter",
        text="Come.",
        now_us=club.now_us,
    )
    assert (queue(), queue()) == (1, 0)
    assert send(club, office) == "1 sent"
    (made,) = office.arrived
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = urlparse(made["List-Unsubscribe"].strip("<>"))
    assert (link.netloc, link.path) == ("ledger.example", "/unsubscribe")
    told = dict(parse_qsl(link.query))
    forged = link.query.replace("k=campaign", "k=expiry")
    assert told["k"] == "campaign"
    assert leave(club, forged) == 404, "a link is good for its own kind alone"
    assert leave(club, link.query) == 200
    (found,) = club.store.read(partial(mailing.contacts, club_id=CLUB_ID, account_id="B1"))
    assert found.consents == ("expiry",)
    assert SENT in states(club)


def test_commands_set_up_mail_and_hand_out_the_list(club: Club, database: str) -> None:
    """6.8: mail is set up in one command; a letter house gets what waits as a file, and the ledger does not send it."""

    def run(*words: str):
        return CliRunner().invoke(command, ["mail", *words, "--database", database])

    assert "Mail goes out by smtp.example" in run("set", "--host", "smtp.example", "--sender", "a@b.example").output
    assert run("set", "--host", "h", "--sender", "a@b.example", "--security", "odd").exit_code == 2
    lots(club, "B1", 5)
    kept = run("contact", CLUB_ID, "B1", "PB1", "--email", "x@example.org", "--consents", "expiry,campaign")
    assert kept.output == "Kept.\n"
    assert run("contact", CLUB_ID, "B1", "nobody", "--email", "x@example.org").exit_code == 2
    warn(club)
    assert "queued" in run("list").output
    handed = run("list", "--take")
    assert handed.exit_code == 0, handed.exception
    taken = handed.output
    assert "x@example.org" in taken
    assert "60 points at Harbour Club" in taken
    assert (states(club), run("list", "--take").output) == ([mailing.LISTED], "")
    assert run("off").output == "Mail is off.\n"
    assert sending.send(club.store, club.ledger.shelf, club.now_us) == "off"
