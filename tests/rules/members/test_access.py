"""Access: what bars a member at a venue, in which order, and what an attached member may have at the till."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.access import Attach, banned_here, first_bar, may_attach
from clubtill_rules.members.account import AccountCard, BanKind, Block, CardState, CardToken, MemberCard
from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import Deny
from clubtill_rules.members.venue import UnfinancialPolicy, Venue
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working

DAY = date(2026, 11, 24)
CLUB = Club(id="larkspur", name="Larkspur Point", zone="Australia/Sydney")
UK = Club(id="thistle", name="Thistle", zone="Europe/London", admission_delay_days=2)
CLUBHOUSE = Venue(id="clubhouse", name="the Clubhouse", zone="Australia/Sydney")
MARINA = Venue(id="marina", name="the Marina", zone="Australia/Sydney")
GOLD = Classification(number=3, club_id="larkspur", description="Gold", days_paid=365, fee=Money(4500))
CLUBHOUSE_ONLY = replace(GOLD, venues=("clubhouse",))
CARD = CardToken(digest="8812", last4="8812")
JEAN = MemberCard(
    person_id="jean",
    account_id="a1",
    club_id="larkspur",
    number="100001",
    first_name="Jean",
    last_name="Okafor",
    classification=3,
    renewal_date=date(2027, 6, 30),
    cards=(CARD, CardToken(digest="4410", last4="4410", state=CardState.BLOCKED)),
)
UNPAID = replace(JEAN, renewal_date=date(2026, 11, 12))
APPLICANT = replace(JEAN, application_date=date(2026, 11, 23))
STRICT = replace(CLUBHOUSE, unfinancial_policy=UnfinancialPolicy.BLOCK)
BANNED_JEAN = replace(JEAN, classification=BANNED, ban=BanKind.HOUSE)
ACCOUNT = AccountCard(account_id="a1", club_id="larkspur", version=1)
BLOCKED_ACCOUNT = replace(ACCOUNT, block=Block.BLOCKED)


def attach(  # the whole till in one line a case
    member: MemberCard = JEAN,
    *,
    account: AccountCard | None = ACCOUNT,
    card: CardToken | None = CARD,
    classification: Classification | None = GOLD,
    club: Club = CLUB,
    venue: Venue = CLUBHOUSE,
    day: date = DAY,
    deny: Deny | None = None,
) -> Attach:
    """Ask to attach Jean, with one thing changed."""
    return may_attach(
        member,
        account,
        card=card,
        classification=classification,
        club=club,
        venue=venue,
        day=day,
        deny=deny or Deny(),
    )


def test_paid_up_member_gets_everything() -> None:
    """R17: a financial member is attached with benefits and without a banner, by card or found by name."""
    for card in (CARD, None):
        answer = attach(card=card)
        assert (answer.ok, answer.code, answer.benefits) == (True, "", True)
        assert [why.rule for why in answer.because] == ["R9"]


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        pytest.param({"card": replace(CARD, state=CardState.BLOCKED)}, "card.blocked", "R13", id="card blocked"),
        pytest.param({"card": replace(CARD, state=CardState.REPLACED)}, "card.replaced", "R85", id="old issue"),
        pytest.param({"deny": Deny(cards=frozenset({"8812"}))}, "card.blocked", "R13", id="card on the deny list"),
        pytest.param({"member": replace(JEAN, block=Block.BLOCKED)}, "member.blocked", "R13", id="contact blocked"),
        pytest.param({"deny": Deny(persons=frozenset({"jean"}))}, "member.blocked", "R13", id="contact denied"),
        pytest.param({"account": BLOCKED_ACCOUNT}, "account.blocked", "R13", id="account blocked"),
        pytest.param({"deny": Deny(accounts=frozenset({"a1"}))}, "account.blocked", "R13", id="account denied"),
        pytest.param({"member": BANNED_JEAN}, "member.excluded", "R11", id="classification 99"),
        pytest.param({"member": replace(JEAN, ban=BanKind.POLICE)}, "member.excluded", "R11", id="ban before the move"),
        pytest.param({"deny": Deny(banned=frozenset({"jean"}))}, "member.excluded", "R11", id="banned while offline"),
        pytest.param({"classification": CLUBHOUSE_ONLY, "venue": MARINA}, "member.venue", "R15", id="wrong venue"),
        pytest.param({"member": APPLICANT, "club": UK}, "member.too_soon", "R18", id="applied yesterday"),
        pytest.param({"member": UNPAID, "venue": STRICT}, "member.unpaid.block", "R17", id="policy BLOCK"),
    ],
)
def test_not_attached(change: dict[str, object], code: str, rule: str) -> None:
    """R11, R13, R15, R17, R18: each no has its code, no benefits, and a reason with the rule."""
    answer = attach(**change)  # type: ignore[arg-type] - a table's columns
    assert (answer.ok, answer.code, answer.benefits) == (False, code, False)
    assert answer.because[-1].rule == rule


def test_blocked_card_leaves_the_others_working() -> None:
    """R13: a blocked card refuses, another card of the same member works."""
    working, stopped = JEAN.cards
    assert not attach(card=stopped).ok
    assert attach(card=working).ok


@pytest.mark.example("R13.1")
def test_blocked_contact_of_a_family_leaves_the_others() -> None:
    """R13: contact 2 blocked: contact 1 of the account still redeems the points."""
    second = replace(JEAN, person_id="kim", block=Block.BLOCKED)
    family = replace(ACCOUNT, persons=(JEAN, second))
    assert not attach(second, account=family).ok
    assert attach(account=family).benefits


@pytest.mark.parametrize(
    ("member", "deny", "exclude", "told"),
    [
        pytest.param(JEAN, Deny(), False, False, id="not banned, where nobody minds"),
        pytest.param(JEAN, Deny(banned=frozenset({"kim"})), False, False, id="somebody else is banned"),
        pytest.param(BANNED_JEAN, Deny(), False, True, id="banned"),
        pytest.param(JEAN, Deny(banned=frozenset({"jean"})), False, True, id="banned by the deny list"),
        pytest.param(JEAN, Deny(), True, False, id="not banned, where the banned are excluded"),
        pytest.param(BANNED_JEAN, Deny(), True, False, id="banned, where that is a block"),
    ],
)
def test_who_is_told_of_as_banned(member: MemberCard, deny: Deny, *, exclude: bool, told: bool) -> None:
    """R11: a banner is for the banned alone, where Exclude Banned is off."""
    banner = because("why.banned.allowed", "R11", venue="the Clubhouse")
    assert banned_here(member, replace(CLUBHOUSE, exclude_banned=exclude), deny) == (banner if told else None)


@pytest.mark.example("R11.1")
def test_the_same_banned_card_at_two_venues() -> None:
    """R11: venue X excludes banned, venue Y not: blocked at X, attached at Y with a banner and with benefits."""
    lenient = replace(MARINA, exclude_banned=False)
    assert attach(BANNED_JEAN).code == "member.excluded"
    answer = attach(BANNED_JEAN, venue=lenient)
    assert (answer.ok, answer.code, answer.benefits) == (True, "member.banned_allowed", True)
    assert answer.because[0].facts["venue"] == "the Marina"


@pytest.mark.parametrize(
    ("applied", "day", "code"),
    [
        pytest.param(
            date(2026, 3, 2),
            date(2026, 3, 3),
            "member.too_soon",
            marks=pytest.mark.example("R18.1"),
            id="3 Mar refused",
        ),
        pytest.param(date(2026, 3, 2), date(2026, 3, 4), "", marks=pytest.mark.example("R18.1"), id="4 Mar accepted"),
        pytest.param(None, date(2026, 3, 2), "", id="no application on record"),
    ],
)
def test_two_day_rule(applied: date | None, day: date, code: str) -> None:
    """R18: applied Mon 2 Mar 2026, two days: refused on 3 Mar, accepted on 4 Mar; the no names the day."""
    answer = attach(replace(JEAN, application_date=applied), club=UK, day=day)
    assert answer.code == code
    if code:
        assert answer.because[0].facts["day"] == date(2026, 3, 4)


def test_no_delay_by_default() -> None:
    """R18: the admission delay is 0 unless a club sets it: privileges start on the day of application."""
    assert attach(replace(JEAN, application_date=DAY)).ok


@pytest.mark.parametrize(
    ("venues", "venue", "ok"),
    [
        pytest.param(None, MARINA, True, id="ALL, also a new location group"),
        pytest.param(("clubhouse", "marina"), MARINA, True, id="listed"),
        pytest.param(("clubhouse",), MARINA, False, id="not listed"),
        pytest.param((), MARINA, False, id="an empty list is a list"),
    ],
)
def test_venues(venues: tuple[str, ...] | None, venue: Venue, ok: bool) -> None:
    """R15: ALL opens every location group, a list only those on it; the no names the venue."""
    answer = attach(classification=replace(GOLD, venues=venues), venue=venue)
    assert answer.ok is ok
    if not ok:
        assert answer.because[0].facts["venue"] == "the Marina"


@pytest.mark.parametrize(
    ("policy", "ok", "benefits", "code"),
    [
        pytest.param(UnfinancialPolicy.FEES_ONLY, True, False, "member.unpaid.till", id="FEES_ONLY"),
        pytest.param(UnfinancialPolicy.BLOCK, False, False, "member.unpaid.block", id="BLOCK"),
        pytest.param(UnfinancialPolicy.ALLOW, True, True, "", id="ALLOW"),
    ],
)
@pytest.mark.parametrize("renewal", [date(2026, 11, 12), NEVER_PAID], ids=["late", "never paid"])
def test_unfinancial_at_the_till(
    renewal: date, *, policy: UnfinancialPolicy, ok: bool, benefits: bool, code: str
) -> None:
    """R17: the venue's policy decides; the banner knows the fee that is due."""
    answer = attach(replace(JEAN, renewal_date=renewal), venue=replace(CLUBHOUSE, unfinancial_policy=policy))
    assert (answer.ok, answer.benefits, answer.code) == (ok, benefits, code)
    assert answer.because[-1].facts["fee"] == Money(4500)


def test_unknown_classification_gives_no_benefits() -> None:
    """R6: without the classification's settings nothing can be promised; the sale goes on without benefits."""
    answer = attach(classification=None)
    assert (answer.ok, answer.benefits, answer.code) == (True, False, "member.class_unknown")


ORDER = ("card.blocked", "member.blocked", "account.blocked", "member.excluded", "member.venue", "member.too_soon")


@given(wrong=st.sets(st.sampled_from(ORDER)))
def test_the_first_failure_decides(wrong: set[str]) -> None:
    """R45: of any set of failures in steps 2 to 5 the first in order decides the message."""
    member = replace(
        JEAN,
        block=Block.BLOCKED if "member.blocked" in wrong else Block.NONE,
        ban=BanKind.HOUSE if "member.excluded" in wrong else None,
        application_date=DAY if "member.too_soon" in wrong else None,
    )
    bar = first_bar(
        member,
        BLOCKED_ACCOUNT if "account.blocked" in wrong else ACCOUNT,
        card=replace(CARD, state=CardState.BLOCKED) if "card.blocked" in wrong else CARD,
        classification=replace(GOLD, venues=()) if "member.venue" in wrong else GOLD,
        club=UK,
        venue=CLUBHOUSE,
        day=DAY,
    )
    assert (bar.code if bar else None) == next((code for code in ORDER if code in wrong), None)


PAID = because("why.standing.paid", "R9", paid_to=date(2027, 6, 30), day=DAY)
LATE = because(
    "why.standing.unpaid", "R9", paid_to=date(2026, 11, 12), day=DAY, n=12,
    working=working(12, Rounding.EXACT, DAY, ("-", date(2026, 11, 12))),
)  # fmt: skip
BANNER = because("why.banned.allowed", "R11", venue="the Clubhouse")
LENIENT = replace(CLUBHOUSE, exclude_banned=False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, Attach(ok=True, code="", benefits=True, because=(PAID,)), id="paid up"),
        pytest.param(
            {"member": BANNED_JEAN},
            Attach(
                ok=False,
                code="member.excluded",
                benefits=False,
                because=(because("why.banned", "R11", venue="the Clubhouse", number="100001"),),
            ),
            id="banned",
        ),
        pytest.param(
            {"classification": CLUBHOUSE_ONLY, "venue": MARINA},
            Attach(
                ok=False,
                code="member.venue",
                benefits=False,
                because=(because("why.venue", "R15", classification="Gold", venue="the Marina"),),
            ),
            id="not valid at this venue",
        ),
        pytest.param(
            {"member": APPLICANT, "club": UK},
            Attach(
                ok=False,
                code="member.too_soon",
                benefits=False,
                because=(because("why.too_soon", "R18", applied=date(2026, 11, 23), n=2, day=date(2026, 11, 25)),),
            ),
            id="too soon",
        ),
        pytest.param(
            {"classification": None},
            Attach(
                ok=True,
                code="member.class_unknown",
                benefits=False,
                because=(because("why.class_unknown", "R6", number=3),),
            ),
            id="settings unknown",
        ),
        pytest.param(
            {"member": BANNED_JEAN, "venue": LENIENT},
            Attach(ok=True, code="member.banned_allowed", benefits=True, because=(BANNER, PAID)),
            id="banned, where nobody minds",
        ),
        pytest.param(
            {"deny": Deny(banned=frozenset({"jean"})), "venue": LENIENT},
            Attach(ok=True, code="member.banned_allowed", benefits=True, because=(BANNER, PAID)),
            id="banned by the deny list, where nobody minds",
        ),
        pytest.param(
            {"member": replace(UNPAID, ban=BanKind.HOUSE), "venue": LENIENT},
            Attach(
                ok=True,
                code="member.unpaid.till",
                benefits=False,
                because=(BANNER, LATE, because("why.policy.fees_only", "R17", fee=Money(4500))),
            ),
            id="banned and unpaid, where nobody minds the ban",
        ),
        pytest.param(
            {"member": UNPAID, "venue": replace(CLUBHOUSE, unfinancial_policy=UnfinancialPolicy.ALLOW)},
            Attach(
                ok=True, code="", benefits=True, because=(LATE, because("why.policy.allow", "R17", fee=Money(4500)))
            ),
            id="unpaid, policy ALLOW",
        ),
        pytest.param(
            {"member": UNPAID, "venue": STRICT},
            Attach(
                ok=False,
                code="member.unpaid.block",
                benefits=False,
                because=(LATE, because("why.policy.block", "R17", fee=Money(4500))),
            ),
            id="unpaid, policy BLOCK",
        ),
    ],
)
def test_the_whole_answer(change: dict[str, object], expected: Attach) -> None:
    """R6, R9, R11, R15, R17, R18: what is decided, and every reason with its figures."""
    assert attach(**change) == expected  # type: ignore[arg-type] - a table's columns
