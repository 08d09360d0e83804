"""Speech: how a venue speaks to people, and every text it says, filled with facts formatted by their kind.

Facts are values, never text made elsewhere (U104). Kinds are told by type, plain numbers by the unit their name ends
with: `_us` an instant (clock time), `_bp` basis points (percent), `_h` hundredths of a factor or rate, `_min` minutes
after midnight, `_weekdays` weekdays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Because
from clubtill_wording import amounts
from clubtill_wording.catalogue import Catalogue, Words, catalogue

_PLACE: Final = re.compile(r"\{([a-z_0-9]+)(:plain)?\}")
_ISOLATE, _POP = "\u2068", "\u2069"
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400
_WEEK_DAYS: Final = 7


def places(text: str) -> set[str]:
    """Give the names of the facts that a text is filled with."""
    return {found[1] for found in _PLACE.finditer(text)}


class Announce(Enum):
    """How a sentence is announced to a screen reader (U97)."""

    OFF = "off"
    POLITE = "polite"
    ASSERTIVE = "assertive"


class Level(Enum):
    """How grave a sentence is; the screen gives it shape and colour."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    STOP = "stop"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What happened, what was kept, what to do now (U49). A blank button is none; `public` is for the public side."""

    key: str
    level: Level
    announce: Announce
    title: str
    body: str
    primary: str
    second: str
    public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Language, currency, decimals of points and zone of a venue; texts come from its language's catalogue.

    Attributes:
        locale: one of `catalogue.LANGUAGES`, or the pseudo-locale.
        currency: ISO code of the venues' one currency. Money in a text carries its sign, `{name:plain}` leaves it out.
    """

    locale: str = "en"
    currency: str = "AUD"
    points_decimals: int = 0
    zone: str = "Australia/Sydney"

    @property
    def words(self) -> Catalogue:
        """The catalogue of the language."""
        return catalogue(self.locale)

    @property
    def right_to_left(self) -> bool:
        """Screens in this language are mirrored (U110)."""
        return amounts.right_to_left(self.locale)

    # ---------------------------------------------------------------- values

    def money(self, amount: Money) -> str:
        """Write money with its sign: "$47.18"."""
        return amounts.money(amount, self.currency, self.locale)

    def plain(self, amount: Money) -> str:
        """Write money without its sign, for columns: "16.00"."""
        return amounts.plain_money(amount, self.currency, self.locale)

    def signed(self, amount: Money) -> str:
        """Write money with plus or minus: "+0.02"."""
        return amounts.signed_money(amount, self.currency, self.locale)

    def points(self, amount: Points) -> str:
        """Write points as a bare figure: "12,420"."""
        return amounts.points(amount, self.points_decimals, self.locale)

    def ratio(self, ratio: int) -> str:
        """Write a Redemption Ratio as its worked example: "100 points = $1.00"; 0 reads "cannot redeem here" (D1)."""
        if ratio == 0:
            return self.label("member.cannot_redeem")
        given, value = amounts.ratio_example(ratio, amounts.decimals(self.currency))
        return self.label("word.ratio", n=given.hundredths // 100, points=given, worth=value)

    def day(self, of: date) -> str:
        """Write a day: "30 Jun 2027"; somebody who never paid reads "Never paid", not 1970 (U56)."""
        return self.label("member.never_paid") if of == NEVER_PAID else amounts.day(of, self.locale)

    def short_day(self, of: date) -> str:
        """Write a day of this year: "Tue 24 Nov"."""
        return amounts.short_day(of, self.locale)

    def clock(self, at_us: int) -> str:
        """Write an instant's wall-clock time at the venue: "18:43"."""
        return amounts.clock(at_us, self.zone)

    def moment(self, at_us: int) -> str:
        """Write an instant's day and time at the venue: "24 Nov 2026 18:44"."""
        return amounts.moment(at_us, self.zone, self.locale)

    def percent(self, basis_points: int) -> str:
        """Write basis points: 1000 -> "10 %"."""
        return self.label("word.percent", number=amounts.hundredths(basis_points, self.locale))

    def age(self, seconds: int) -> str:
        """Write how long something took or waits: "22 min", "2 h 5 min", "3 days"."""
        if seconds < _MINUTE_S:
            return self.label("word.seconds", n=max(0, seconds))
        if seconds < _HOUR_S:
            return self.label("word.minutes", n=seconds // _MINUTE_S)
        if seconds < _DAY_S:
            hours, minutes = divmod(seconds // _MINUTE_S, 60)
            if not minutes:
                return self.label("word.hours", n=hours)
            return self.label("word.hours_minutes", n=hours, minutes=minutes)
        return self.label("word.days", n=seconds // _DAY_S)

    def ago(self, seconds: int) -> str:
        """Write how long ago something was: "22 min ago", under a minute "just now" (U56)."""
        if seconds < _MINUTE_S:
            return self.label("word.just_now")
        return self.label("word.ago", age=self.age(seconds))

    def weekdays(self, days: Iterable[int]) -> str:
        """Write weekdays, 0 is Monday: runs of three or more as "Fri to Sun", else "Mon, Wed"."""
        ordered = sorted(set(days))
        if not ordered:
            return self.label("word.no_day")
        if len(ordered) == _WEEK_DAYS:
            return self.label("word.every_day")
        names = [amounts.weekday(d, self.locale) for d in ordered]
        if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:  # noqa: PLR2004 - three make a run
            return self.label("word.range", first=names[0], last=names[-1])
        return self.label("word.list_sep").join(names)

    # ---------------------------------------------------------------- texts

    def label(self, key: str, **facts: object) -> str:
        """Give a fixed word or short text by its key. An unknown key or a missing fact is our mistake: KeyError."""
        return self._fill(self.words.labels[key], facts)

    def area(self, area: str) -> dict[str, str]:
        """Give every label of an area that needs no fact, by its name without the area: for a screen to bind to."""
        prefix = f"{area}."
        return {
            key.removeprefix(prefix): words
            for key, words in self.words.labels.items()
            if key.startswith(prefix) and isinstance(words, str) and not _PLACE.search(words)
        }

    def sentence(self, code: str, facts: Mapping[str, object], *, place: str = "") -> Sentence:
        """Give the sentence of a refusal, a fault or a verdict; where a place says it otherwise, that place's.

        Args:
            code: such as `points.short`; unknown is our mistake: KeyError.
            facts: what the code came with. Where a fact is not known the plain body stands in.
            place: `till`, or blank for Reception and everywhere else.
        """
        own = f"{code}.{place}"
        key = own if place and own in self.words.sentences else code
        raw = self.words.sentences[key]

        def text(name: str) -> str:
            words = raw.get(name, "")
            return self._fill(words, facts) if places(words) <= facts.keys() else ""

        if "plain" not in raw and not places(raw["body"]) <= facts.keys():
            raise KeyError(f"{key} needs {sorted(places(raw['body']))}, has {sorted(facts)}")
        return Sentence(
            key=key,
            level=Level(raw["level"]),
            announce=Announce(raw["announce"]),
            title=text("title"),
            body=text("body") or text("plain"),
            primary=text("primary"),
            second=text("second"),
            public=text("public") or (self.label("public.welcome") if raw.get("public") else ""),
        )

    def why(self, reason: Because) -> str:
        """Say one reason in its own words, or those of the label it is shown by. Unknown is our mistake: KeyError."""
        words = self.words.reasons.get(reason.code)
        return self._fill(self.words.labels[reason.code] if words is None else words, reason.facts)

    # ---------------------------------------------------------------- filling in

    def _fill(self, words: Words, facts: Mapping[str, object]) -> str:
        text = words if isinstance(words, str) else words[self._form(words, facts)]
        if "{" not in text:
            return text
        isolate = self.right_to_left

        def fact(found: re.Match[str]) -> str:
            value = facts[found[1]]
            written = self.plain(value) if found[2] and isinstance(value, Money) else self._fact(found[1], value)
            return f"{_ISOLATE}{written}{_POP}" if isolate else written

        return _PLACE.sub(fact, text)

    def _form(self, words: Mapping[str, str], facts: Mapping[str, object]) -> str:
        """Choose the plural form by the fact `n`, or by `points` where a text counts those."""
        count = facts.get("n", facts.get("points"))
        if isinstance(count, Points):
            count = count.hundredths // 100 if count.hundredths % 100 == 0 else count.hundredths / 100
        form = amounts.language(self.locale).plural_form(count) if isinstance(count, int | float) else "other"
        return form if form in words else "other"

    def _fact(self, name: str, value: object) -> str:  # noqa: PLR0911 - one line a kind of fact
        match value:
            case Money():
                return self.money(value)
            case Points():
                return self.points(value)
            case date():
                return self.day(value)
            case int() if name.endswith("_us"):
                return self.clock(value)
            case int() if name.endswith("_bp"):
                return self.percent(value)
            case int() if name.endswith("_h"):
                return amounts.hundredths(value, self.locale)
            case int() if name.endswith("_min"):
                return amounts.minute_of_day(value)
            case tuple() | frozenset() | list() if name.endswith("weekdays"):
                return self.weekdays(value)
            case Enum():
                return str(value.value)
            case _:
                return str(value)
