"""Sentences: what a refusal, a fault or a verdict says to people, by its code (U49-U56)."""

from __future__ import annotations

from collections.abc import Mapping

from clubtill_rules.values.refusal import Refusal
from clubtill_wording.speech import Sentence, Speech


def sentence(code: str, facts: Mapping[str, object], speech: Speech, *, place: str = "") -> Sentence:
    """Give the sentence of a code, with its facts filled in. An unknown code is our mistake: KeyError.

    Args:
        code: such as `points.short` or `printer.paper`.
        facts: what the refusal or fault carried.
        speech: the venue's language and money.
        place: `till` where the till says it otherwise; blank elsewhere.
    """
    return speech.sentence(code, facts, place=place)


def refused(refusal: Refusal, speech: Speech, *, place: str = "") -> Sentence:
    """Give the sentence of a refusal."""
    return speech.sentence(refusal.code, refusal.facts, place=place)


def denied(code: str, facts: Mapping[str, object], speech: Speech) -> Sentence:
    """Give the sentence of a ledger's no; a code that only a newer ledger knows has a sentence too (U104)."""
    key = f"denied.{code}"
    if key not in speech.words.sentences and code in speech.words.sentences:
        key = code
    return speech.sentence(key if key in speech.words.sentences else "denied.other", facts)
