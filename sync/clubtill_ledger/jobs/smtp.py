"""SMTP: hands one message to the mail server, and tells what was refused, may be tried again, or is unknown (6.8).

Once the text was handed over, a lost line means unknown: such a message is never sent again.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import Enum
from typing import Final

from clubtill_ledger.store.mailing import MailSettings

TIMEOUT_S: Final = 20.0
_GO_ON: Final = 354
_DONE: Final = 250
_HARD: Final = 500
_ADDRESS: Final = re.compile(r"[^\s<>]+@[^\s<>]+")


class Outcome(Enum):
    """What became of a message."""

    SENT = "sent"
    ADDRESS_REFUSED = "address_refused"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome, and the server's words."""

    outcome: Outcome
    words: str = ""


def deliver(settings: MailSettings, message: EmailMessage) -> Answer:
    """Hand over one message."""
    try:
        with _line(settings) as line:
            return _hand_over(line, settings, message)
    except (OSError, smtplib.SMTPException) as error:  # before the text: nothing has gone out
        return Answer(outcome=Outcome.LATER, words=type(error).__name__)


@contextlib.contextmanager
def _line(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """Open a line to the server, with TLS and a sign-in as the settings say."""
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    if settings.security == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_S, context=context)
    else:
        line = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
    try:
        if settings.security == "starttls":
            line.starttls(context=context)
        line.ehlo_or_helo_if_needed()
        if settings.account:
            line.login(settings.account, settings.password)
        yield line
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            line.quit()
        line.close()


def _hand_over(line: smtplib.SMTP, settings: MailSettings, message: EmailMessage) -> Answer:
    code, words = line.mail(settings.sender)
    if code != _DONE:
        return Answer(outcome=Outcome.LATER, words=_words(code, words))  # our own settings, not this person's address
    code, words = line.rcpt(str(message["To"]))
    if code // 10 != _DONE // 10:
        hard = code >= _HARD
        return Answer(outcome=Outcome.ADDRESS_REFUSED if hard else Outcome.LATER, words=_words(code, words))
    code, words = line.docmd("DATA")
    if code != _GO_ON:
        return _refused(code, words)
    text = message.as_bytes(policy=SMTP)
    try:
        line.send(b"".join(b"." + row if row.startswith(b".") else row for row in text.splitlines(keepends=True)))
        line.send(b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")
        code, words = line.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Answer(outcome=Outcome.UNKNOWN, words=type(error).__name__)
    return Answer(outcome=Outcome.SENT, words=_words(code, words)) if code == _DONE else _refused(code, words)


def _refused(code: int, words: bytes) -> Answer:
    return Answer(outcome=Outcome.REFUSED if code >= _HARD else Outcome.LATER, words=_words(code, words))


def _words(code: int, words: bytes) -> str:
    """Keep the server's words without the address in them, which lies in the personal table alone."""
    return _ADDRESS.sub("...", f"{code} {words.decode('utf-8', 'replace')}")[:200]
