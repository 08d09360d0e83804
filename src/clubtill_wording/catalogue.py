"""Catalogue: the words of one language as data, read from `resources/i18n` (U103, D10).

Reads files and merges them, nothing else: filling in facts stands in `speech`. A key that is missing in a language is
a mistake of ours and fails a test, never a surprise at the till.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "en_AU", "ar")
PSEUDO: Final = "en_XA"
"""The pseudo-locale: English with accents, 40 % longer, to find text that is cut or not translated (U103)."""
BASES: Final = {"en_AU": "en", PSEUDO: "en"}
"""A variant says most things as its base does."""
TEXT_FIELDS: Final = ("title", "body", "plain", "primary", "second", "public")
_ACCENTS: Final = str.maketrans("AEIOUaeiouCcNnSsYyZz", "ÅÉÎÖÛåéîöûÇçÑñŠšÝýŽž")
_PLACE: Final = re.compile(r"(\{[a-z_0-9:]+\})")

Words = str | Mapping[str, str]
"""A text, or texts by plural form, chosen by the fact `n`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One language: sentences by code, labels and reasons by key."""

    locale: str
    sentences: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Words]
    reasons: Mapping[str, Words]


def _folder() -> Path:
    """The translations: inside the wheel they travel with the desk's resources, in a checkout they stand at the top."""
    packages = Path(__file__).parents[1]
    inside_wheel = packages / "clubtill_desk" / "resources" / "i18n"
    return inside_wheel if inside_wheel.is_dir() else packages.parent / "resources" / "i18n"


def _read(locale: str) -> dict[str, Any]:
    """Read a language: `en.toml` and, where there is a folder `en`, its files, one a room. A key stands once."""
    words: dict[str, Any] = {}
    for path in (_folder() / f"{locale}.toml", *sorted((_folder() / locale).glob("*.toml"))):
        for section, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            known = words.setdefault(section, {})
            twice = known.keys() & texts.keys()
            if twice:
                raise ValueError(f"{path.name} says again: {sorted(twice)}")
            known.update(texts)
    return words


def _longer(text: str) -> str:
    """Put accents on a text and lengthen it by 40 %, leaving what is filled in as it is."""
    parts = _PLACE.split(text)
    accented = "".join(p if _PLACE.fullmatch(p) else p.translate(_ACCENTS) for p in parts)
    letters = sum(len(p) for p in parts if not _PLACE.fullmatch(p))
    extra = "~" * max(1, round(letters * 0.4)) if letters else ""
    return f"[{accented}{extra}]" if text else text


def _pseudo(words: Words) -> Words:
    return _longer(words) if isinstance(words, str) else {form: _longer(text) for form, text in words.items()}


def _pseudo_sentence(sentence: Mapping[str, str]) -> dict[str, str]:
    return {name: _longer(text) if name in TEXT_FIELDS else text for name, text in sentence.items()}


@lru_cache(maxsize=8)
def catalogue(locale: str) -> Catalogue:
    """Read a language. Variants lie over their base; structure (level, announce) comes from English for all.

    Raises:
        KeyError: there is no such language.
    """
    if locale not in (*LANGUAGES, PSEUDO):
        raise KeyError(locale)
    english = _read("en")
    if locale == PSEUDO:
        return Catalogue(
            locale=locale,
            sentences={code: _pseudo_sentence(s) for code, s in english["sentence"].items()},
            labels={key: _pseudo(words) for key, words in english["label"].items()},
            reasons={key: _pseudo(words) for key, words in english["why"].items()},
        )
    own = english if locale == "en" else _read(locale)
    variant = locale in BASES
    structure = {
        code: s if variant else {name: text for name, text in s.items() if name not in TEXT_FIELDS}
        for code, s in english["sentence"].items()
    }
    own_sentences = own.get("sentence", {})
    return Catalogue(
        locale=locale,
        sentences={code: {**structure[code], **own_sentences.get(code, {})} for code in structure},
        labels={**(english["label"] if variant else {}), **own.get("label", {})},
        reasons={**(english["why"] if variant else {}), **own.get("why", {})},
    )
