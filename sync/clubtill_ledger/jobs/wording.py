"""Wording: the title and the text of a letter in the person's language, from its facts (6.8, D10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from clubtill_ledger.jobs.letters import CAMPAIGN, EXPIRY
from clubtill_ledger.jobs.reminders import RENEWAL
from clubtill_ledger.jobs.statements import STATEMENT
from clubtill_ledger.store.mailing import Contact, Letter
from clubtill_rules.members.club import Club
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_wording.catalogue import LANGUAGES
from clubtill_wording.speech import Speech

DEFAULT_LANGUAGE: Final = "en"


def spoken(language: str) -> str:
    """Give a language that the catalogue has: the one wanted, or English."""
    wanted = language.replace("-", "_")
    return next((one for one in (wanted, wanted.partition("_")[0]) if one in LANGUAGES), DEFAULT_LANGUAGE)


def words_of(letter: Letter, club: Club, to: Contact) -> tuple[str, str]:
    """Give the title and the text of a letter in the person's language."""
    facts = msgspec.json.decode(letter.facts)
    if letter.kind == CAMPAIGN:
        return facts["title"], facts["text"]
    speech = Speech(
        locale=spoken(to.language), currency=facts.get("currency") or "AUD", points_decimals=club.points_decimals
    )
    filled = {"club": club.name, "first_name": to.first_name} | _FILLED[letter.kind](facts, speech)
    return speech.label(f"mail.{letter.kind}.title", **filled), speech.label(f"mail.{letter.kind}.text", **filled)


def _expiry(facts: Mapping[str, Any], _speech: Speech) -> dict[str, object]:
    return {"points": Points(facts["points_h"]), "day": date.fromisoformat(facts["day"])}


def _statement(facts: Mapping[str, Any], _speech: Speech) -> dict[str, object]:
    days = {name: date.fromisoformat(facts[name]) for name in ("first", "last")}
    return days | {name.removesuffix("_h"): Points(facts[name]) for name in facts if name.endswith("_h")}


def _renewal(facts: Mapping[str, Any], speech: Speech) -> dict[str, object]:
    lines = [speech.label("mail.renewal.line", name=name, fee=Money(fee)) for name, fee in facts["fees"]]
    return {"day": date.fromisoformat(facts["day"]), "lines": "\n".join(lines)}


_FILLED: Final[Mapping[str, Callable[[Mapping[str, Any], Speech], dict[str, object]]]] = {
    EXPIRY: _expiry,
    STATEMENT: _statement,
    RENEWAL: _renewal,
}
