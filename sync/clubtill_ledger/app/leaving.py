"""Leaving: the page behind the link in a mail: one question, one button, in the person's language (6.8, RFC 8058).

To open it changes nothing; its button does. It says which mail of which club it is about, and nothing of the person.
"""

from __future__ import annotations

from html import escape
from typing import Final

from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.jobs.letters import KINDS
from clubtill_ledger.jobs.unsubscribing import Link, read_link, unsubscribed
from clubtill_ledger.jobs.wording import spoken
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_wording.speech import Speech

PATH: Final = "/unsubscribe"
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""The address is as good as a word, so no other site may learn or frame it."""
_PAGE: Final = """<!doctype html>
<html lang="{language}" dir="{way}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p>{button}</main></body>
</html>
"""


def leave(request: SignedRequest, store: Store, shelf: SettingsShelf, now_us: int) -> tuple[int, str]:
    """Answer GET with the question and POST, of the button or of a mail program, by doing it: (status, page)."""
    link = read_link(store, shelf, request.query, now_us)
    if link is None or link.kind not in KINDS:
        return 404, _page(Speech(locale=_wanted(request)), "mail.leave.wrong_title", "mail.leave.wrong")
    speech = Speech(locale=spoken(link.language))
    if request.method == "POST":
        unsubscribed(store, request.query)
    elif link.agreed:
        return 200, _asked(speech, link, "mail.leave.ask", button=True)
    return 200, _asked(speech, link, "mail.leave.done", button=False)


def _asked(speech: Speech, link: Link, text: str, *, button: bool) -> str:
    kind = speech.label(f"mail.leave.{link.kind}")
    return _page(speech, "mail.leave.title", text, button=button, club=link.club, kind=kind)


def _page(speech: Speech, title: str, text: str, *, button: bool = False, **facts: object) -> str:
    """Write a page; the button asks this same address."""
    pressed = f'<form method="post"><button>{escape(speech.label("mail.leave.button"))}</button></form>'
    return _PAGE.format(
        language=speech.locale.replace("_", "-"),
        way="rtl" if speech.right_to_left else "ltr",
        title=escape(speech.label(title, **facts)),
        text=escape(speech.label(text, **facts)),
        button=pressed if button else "",
    )


def _wanted(request: SignedRequest) -> str:
    """Give the first language that the browser asks for, where the person's own is not known."""
    return spoken(request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip())
