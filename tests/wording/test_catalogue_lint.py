"""The catalogue's own rules (U49-U56): short, kept, and with a way out; the same keys in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_wording.amounts import language
from clubtill_wording.catalogue import LANGUAGES, PSEUDO, TEXT_FIELDS, catalogue
from clubtill_wording.speech import Announce, Level, Speech, places
from tests.rules.sale.larkspur import NOW

ALL = (*LANGUAGES, PSEUDO)
ENGLISH = ("en", "en_AU")

FORBIDDEN = (
    "invalid", "illegal", "error", "failed to", "null", "abort", "blacklist", "transaction", "customer record", "oops",
    "you entered", "your mistake", "please enter", "exception", "traceback", "localhost", "http", "errno", "sqlite",
    "terminal id", "unable to", "host",
)  # fmt: skip
BUTTONS_THAT_SAY_NOTHING = ("OK", "Ok", "Yes", "No", "Confirm", "Submit")

LONG_FACTS: dict[str, object] = {
    "group": "How would you like it",
    "product": "Schooner Pale of the bay",
    "venue": "the Marina Bar & Grill",
    "classification": "Reciprocal",
    "first_name": "Wilhelmina",
    "direction": "slow",
    "reference": "E-POINTS-14",
    "number": 104_200,
    "inside": 1212,
    "limit": 1400,
    "days": 14,
    "minutes": 119,
    "n": 1400,
    "row": 999,
    "pattern": "(628412)XXXXXXXXXX@@",
    "first_us": NOW,
    "at_us": NOW,
    "since_us": NOW,
    "day": date(2027, 9, 30),
    "paid_to": date(2027, 9, 30),
    "discount_bp": 2550,
    "limit_bp": 1000,
}
MONEY = {"due", "over", "paid", "given", "missing", "amount", "fee", "example", "least", "most", "price"}
POINTS = {"control", "needed", "available", "usable", "balance", "held", "cap", "points"}


class Facts(dict[str, object]):
    """Long facts of every name that a sentence may ask for."""

    def __missing__(self, name: str) -> object:
        if name in MONEY:
            return Money(1_234_56)
        if name in POINTS:
            return whole(1_234_567)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def keys(self) -> set[str]:  # type: ignore[override] - a set has the operators that the speech uses
        """Every name that may be asked for."""
        return {*super().keys(), *MONEY, *POINTS}


def _texts(locale: str) -> Iterator[tuple[str, str, str]]:
    """Give every text of every sentence: code, field, text."""
    for code, sentence in catalogue(locale).sentences.items():
        for field in TEXT_FIELDS:
            if sentence.get(field):
                yield code, field, sentence[field]


def _forms(words: str | Mapping[str, str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words.values())


def _spoken(locale: str, code: str) -> list[str]:
    """Give the bodies of a sentence, filled with long facts: the one with facts and the plain one."""
    speech = Speech(locale=locale)
    facts = Facts(LONG_FACTS)
    bodies = [speech.sentence(code, facts).body]
    if catalogue(locale).sentences[code].get("plain"):
        bodies.append(catalogue(locale).sentences[code]["plain"])
    return bodies


def _sentences_of(body: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.?؟])\s+", body) if s]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_at_most_two_sentences_of_ninety_characters(locale: str) -> None:
    """U49: with long facts too, in every language."""
    long = [
        (code, body)
        for code in catalogue(locale).sentences
        for body in _spoken(locale, code)
        if len(_sentences_of(body)) > 2 or any(len(re.sub("[\u2068\u2069]", "", s)) > 90 for s in _sentences_of(body))
    ]
    assert long == []


@pytest.mark.parametrize("locale", ENGLISH)
def test_titles_are_short(locale: str) -> None:
    """Interface 4: a title has five words at most."""
    assert [c for c, field, text in _texts(locale) if field == "title" and len(text.split()) > 5] == []


@pytest.mark.parametrize("locale", ENGLISH)
def test_no_forbidden_words(locale: str) -> None:
    """U51, U52: no codes, no blame, no exclamation marks, none of the words we don't use; labels too."""
    labels = [(key, "label", text) for key, words in catalogue(locale).labels.items() for text in _forms(words)]
    reasons = [(key, "why", text) for key, words in catalogue(locale).reasons.items() for text in _forms(words)]
    found = [
        (code, word)
        for code, _, text in [*_texts(locale), *labels, *reasons]
        for word in FORBIDDEN
        if re.search(rf"\b{re.escape(word)}\b", places_out(text).lower())
    ]
    assert found == []
    assert [text for _, _, text in [*_texts(locale), *labels, *reasons] if "!" in text] == []


def places_out(text: str) -> str:
    """Give a text without what it is filled with: a fact may be named `host`, a word may not."""
    return re.sub(r"\{[^}]*\}", "", text)


@pytest.mark.parametrize("locale", ENGLISH)
def test_no_code_stands_in_a_sentence(locale: str) -> None:
    """U51: nothing that looks like a code, a path or a file; only the short reference."""
    coded = [
        text for _, _, text in _texts(locale) if re.search(r"[a-z]+\.[a-z]|_|/[a-z]|[A-Z]{2,}-\d", places_out(text))
    ]
    assert coded == []


@pytest.mark.parametrize("locale", ENGLISH)
def test_buttons_say_the_act(locale: str) -> None:
    """U50: never OK or Yes; at most four words."""
    buttons = [text for _, field, text in _texts(locale) if field in {"primary", "second"}]
    assert [text for text in buttons if text in BUTTONS_THAT_SAY_NOTHING or len(text.split()) > 4] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_public_side_never_says_why(locale: str) -> None:
    """U53, U84: outside a welcome it is one of a few neutral texts, without any fact but the first name."""
    said = {text for _, field, text in _texts(locale) if field == "public"}
    assert {name for text in said for name in places(text)} <= {"first_name"}
    assert len(said) <= 4
    for code, sentence in catalogue(locale).sentences.items():
        if sentence.get("public", "") and "{" in sentence["public"]:
            assert sentence["level"] == "ok", code


@pytest.mark.parametrize("locale", ALL)
def test_every_language_has_every_key(locale: str) -> None:
    """U103: no key is missing or left over, and no text that English has is blank."""
    english, own = catalogue("en"), catalogue(locale)
    assert own.labels.keys() == english.labels.keys()
    assert own.reasons.keys() == english.reasons.keys()
    assert own.sentences.keys() == english.sentences.keys()
    blank = [
        (code, field)
        for code, sentence in english.sentences.items()
        for field in TEXT_FIELDS
        if bool(sentence.get(field)) is not bool(own.sentences[code].get(field))
    ]
    assert blank == []


@pytest.mark.parametrize("locale", ALL)
def test_every_language_is_filled_with_the_same_facts(locale: str) -> None:
    """U103: a translation loses no figure and invents none."""
    english, own = catalogue("en"), catalogue(locale)
    differing = [
        key
        for mine, theirs in ((own.labels, english.labels), (own.reasons, english.reasons))
        for key in theirs
        for text in _forms(mine[key])
        if places(text) != places(_forms(theirs[key])[0])
    ]
    differing += [
        code
        for code, sentence in english.sentences.items()
        for field in TEXT_FIELDS
        if places(sentence.get(field, "")) != places(own.sentences[code].get(field, ""))
    ]
    assert differing == []


@pytest.mark.parametrize("locale", ALL)
def test_every_sentence_can_be_said(locale: str) -> None:
    """U97: title and level for all, with facts and, where a plain body stands in, without any."""
    speech = Speech(locale=locale)
    for code, raw in catalogue(locale).sentences.items():
        said = speech.sentence(code, Facts(LONG_FACTS))
        assert said.title, code
        assert "{" not in f"{said.title}{said.body}{said.primary}{said.second}{said.public}", code
        assert isinstance(said.level, Level)
        assert isinstance(said.announce, Announce)
        if raw.get("plain") or not places(raw.get("body", "")):
            assert speech.sentence(code, {}).title == said.title, code


def test_plural_forms_are_the_languages_own() -> None:
    """Interface 6: Arabic has few and many; a form that a language doesn't have would never be said."""
    for locale in ALL:
        allowed = set(language(locale).plural_form.tags) | {"other"}
        for words in catalogue(locale).labels.values():
            if not isinstance(words, str):
                assert "other" in words
                assert set(words) <= allowed


def test_the_pseudo_locale_is_longer_and_marked() -> None:
    """U103: 40 % longer, accents, brackets: what is cut or not translated shows."""
    for key, words in catalogue("en").labels.items():
        for plain, pseudo in zip(_forms(words), _forms(catalogue(PSEUDO).labels[key]), strict=True):
            bare = places_out(plain)
            assert pseudo.startswith("[") or not plain
            assert len(places_out(pseudo)) >= len(bare) * 1.4


def test_arabic_is_arabic() -> None:
    """D10: every Arabic text has Arabic letters, but for marks and what is only filled in."""
    arabic = catalogue("ar")
    texts = [text for _, _, text in _texts("ar")]
    texts += [text for words in (*arabic.labels.values(), *arabic.reasons.values()) for text in _forms(words)]
    without = [text for text in texts if not re.search("[\u0600-\u06ff]", text)]
    latin = [text for text in without if re.search(r"[A-Za-z]", places_out(text))]
    assert latin == ["Clubtill {version}", "[QR]"]


def test_australian_clubs_say_financial() -> None:
    """U55: `en` says paid up, `en_AU` says financial; both have the same keys."""
    assert Speech(locale="en").label("member.not_paid_up") == "Not paid up"
    assert Speech(locale="en_AU").label("member.not_paid_up") == "Unfinancial"
    assert Speech(locale="en_AU").label("till.undo") == Speech(locale="en").label("till.undo")
