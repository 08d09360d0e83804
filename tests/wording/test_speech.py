"""Speech: facts by their kind, plural forms, places, public texts and reasons (U49, U56, U84, U104, U113)."""

from __future__ import annotations

from datetime import date

import pytest

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from clubtill_wording.catalogue import catalogue
from clubtill_wording.sentences import denied, refused, sentence
from clubtill_wording.speech import Announce, Level, Speech
from clubtill_wording.why import explain
from tests.rules.sale.larkspur import NOW

AU = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")
ARABIC = Speech(locale="ar", currency="AUD", zone="Australia/Sydney")


def test_a_sentence_with_its_facts() -> None:
    """Interface 4: `points.short` to the word."""
    said = sentence("points.short", {"needed": whole(4150), "available": whole(3020)}, AU)
    assert (said.level, said.announce, said.title) == (Level.WARN, Announce.POLITE, "Not enough points")
    assert said.body == "4,150 needed, 3,020 available. Untick some items or pay the rest another way."
    assert (said.primary, said.second) == ("Use what is there", "Back")


def test_where_a_fact_is_not_known_the_plain_body_stands_in() -> None:
    """U49: what happened is said even where the figures are not at hand."""
    assert "{" not in sentence("points.short", {}, AU).body
    assert sentence("points.short", {}, AU).body.startswith("There are fewer points")


def test_a_missing_fact_or_an_unknown_code_is_our_mistake() -> None:
    """Brief of the wording: an unknown code is a bug and never passes silently."""
    with pytest.raises(KeyError, match="product"):
        sentence("product.sold_out", {}, AU)
    with pytest.raises(KeyError):
        sentence("no.such.code", {}, AU)
    with pytest.raises(KeyError):
        AU.label("till.pay")
    with pytest.raises(KeyError):
        catalogue("xx")


def test_the_till_says_some_things_its_own_way() -> None:
    """R11: Refuse entry at Reception, Remove from sale at the till; what has no own words is said as everywhere."""
    assert AU.sentence("member.excluded", {}).primary == "Refuse entry"
    assert AU.sentence("member.excluded", {}, place="till").primary == "Remove from sale"
    assert AU.sentence("points.offline", {}, place="till").key == "points.offline"


def test_a_refusal_becomes_its_sentence() -> None:
    """D28: the code chooses the words, the facts fill them."""
    said = refused(Refusal("tender.too_little", given=Money(2395), missing=Money(5)), AU)
    assert said.body == "$23.95 was given and $0.05 is missing. Add cash or split the payment."


def test_a_no_that_only_a_newer_ledger_knows_has_a_sentence() -> None:
    """U104: the ledger's codes are from outside; an unknown one is no bug of the till."""
    assert denied("revoked", {"drain": True}, AU).key == "denied.revoked"
    assert denied("account.blocked", {}, AU).key == "account.blocked"
    assert denied("something_new", {}, AU).key == "denied.other"


def test_the_public_side_names_nobody_it_does_not_know() -> None:
    """U84: Welcome with the first name only on WELCOME, else neutral; without a name just Welcome."""
    assert AU.sentence("member.welcome", {"first_name": "Jean"}).public == "Welcome, Jean"
    assert AU.sentence("member.welcome", {}).public == "Welcome"
    assert AU.sentence("member.excluded", {"first_name": "Tom"}).public == "Please see our staff"


def test_facts_are_written_by_their_kind() -> None:
    """U104: values come in, texts go out: money, points, days, times, percent, minutes, weekdays."""
    assert AU.label("till.pay_named", amount=Money(4718)) == "Pay $47.18"
    assert AU.label("till.saved", amount=Money(100)) == "Saved 1.00"
    assert AU.label("member.expire", points=whole(1300), day=date(2026, 12, 31)) == "1,300 expire 31 Dec 2026"
    assert AU.label("chip.offline", since_us=NOW, n=14) == "Offline since 18:44, 14 waiting"
    assert AU.label("points.discount", rate_bp=1000) == "Points Pay discount 10 %"
    assert (
        AU.label("door.window", fee_weekdays=(4, 5, 6), start_min=17 * 60)
        == "Allowed now, fees are checked Fri to Sun after 17:00"
    )
    assert AU.label("member.strip_class", classification="Gold", paid_to=NEVER_PAID) == "Gold, paid to Never paid"
    assert AU.label("word.waiting_for", what=MediaKind.CARD) == "Waiting for card"
    assert AU.label("receipt.sale", number=1042) == "Sale 1042"


@pytest.mark.parametrize(("n", "said"), [(1, "1 line"), (0, "0 lines"), (6, "6 lines")])
def test_plural_forms(n: int, said: str) -> None:
    """Interface 6: forms by the language's own rules, chosen by the fact n."""
    assert AU.label("till.lines", n=n) == said


def test_plural_forms_of_points() -> None:
    """U113: points choose the form where a text counts those; half a point is not one."""
    assert AU.label("member.points", points=whole(1)) == "1 point"
    assert AU.label("member.points", points=whole(47)) == "47 points"
    assert Speech(points_decimals=2).label("member.points", points=whole(1)) == "1.00 point"


def test_arabic_few_and_other() -> None:
    """Interface 6: three are few, eleven many; figures are kept apart from the text's direction."""
    few, many = ARABIC.label("till.earns", points=whole(3)), ARABIC.label("till.earns", points=whole(47))
    assert few.endswith("نقاط")
    assert many.endswith("نقطة")
    assert "\u206847\u2069" in many


def test_direction() -> None:
    """U110: Arabic mirrors the screens."""
    assert ARABIC.right_to_left
    assert not AU.right_to_left


def test_an_area_gives_the_words_that_need_no_fact() -> None:
    """Screens bind to an area; what needs a fact is not in it."""
    till = AU.area("till")
    assert till["undo"] == "Undo"
    assert "pay" not in till
    assert "lines" not in till


def test_reasons_in_words() -> None:
    """Architecture 3: each reason once, in order."""
    member_price = because(
        "why.price.member_level", "R80", product="Schooner Pale", unit=Money(800), public=Money(850), saved=Money(100)
    )
    assert explain([member_price, member_price], AU) == ("Schooner Pale: member price $8.00 instead of $8.50.",)


def test_a_reason_shown_as_a_flag_has_the_flags_words() -> None:
    """R45: flags at Reception are labels; tapped, the same words explain."""
    assert AU.why(because("door.again", "R48", first_us=NOW)) == "Already here today 18:44, no points again"
    with pytest.raises(KeyError):
        AU.why(because("why.nothing", "R1"))


def test_the_five_states_of_the_chip() -> None:
    """U57: exactly five, each with its word."""
    said = [
        AU.label("chip.online"),
        AU.label("chip.sending", n=3),
        AU.label("chip.offline", since_us=NOW, n=14),
        AU.label("chip.attention", n=1),
        AU.label("chip.clock"),
    ]
    assert said == [
        "Online, all sent",
        "Sending 3",
        "Offline since 18:44, 14 waiting",
        "Needs attention 1",
        "Clock wrong",
    ]
