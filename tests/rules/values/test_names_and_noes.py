"""Ids, refusals and reasons: what names an event or an award, and how a rule says no and why (D19, D28, R48, R50)."""

from __future__ import annotations

import hashlib
import pickle
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.values.ids import (
    BUCKETS,
    DENY_STREAM,
    MASTER_STREAM,
    STREAMS,
    account_bucket,
    birthday_key,
    device_bucket,
    visit_key,
)
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)


@given(club=NAMES, account=NAMES)
def test_bucket_is_the_first_six_bits(club, account):
    """D19: an account's bucket is the first 6 bits of SHA-256(club, account), for ever; a device's of its own name."""
    digest = hashlib.sha256(f"{club}\x00{account}".encode()).hexdigest()
    assert account_bucket(club, account) == int(digest, 16) >> 250
    assert 0 <= device_bucket(account) < BUCKETS


def test_a_bucket_of_a_device():
    """D19: by its own name alone; an account's by its club's name before it."""
    assert [device_bucket("till-1"), account_bucket("larkspur", "a-jean")] == [
        int(hashlib.sha256(name).hexdigest(), 16) >> 250 for name in (b"till-1", b"larkspur\x00a-jean")
    ]


def test_streams():
    """Ledger design 3.1: 64 buckets, then master data and the deny list: a cursor is 66 integers."""
    assert (BUCKETS, MASTER_STREAM, DENY_STREAM, STREAMS) == (64, 64, 65, 66)


def test_club_and_account_do_not_run_together():
    """D19: the same letters split elsewhere between club and account lie all over the buckets."""
    spread = {account_bucket("x" * n, "x" * (40 - n)) for n in range(40)}
    assert len(spread) > BUCKETS // 4


def test_natural_keys():
    """R48, R50: one visit a person, scope and entry day; one birthday a person and year of the birthday."""
    day = date(2026, 11, 24)
    keys = {
        visit_key("lp", "jean", "marina", day),
        visit_key("lp", "jean", "club", day),
        visit_key("lp", "priya", "marina", day),
        visit_key("staff", "jean", "marina", day),
        visit_key("lp", "jean", "marina", date(2026, 11, 25)),
        birthday_key("lp", "jean", 2026),
        birthday_key("lp", "jean", 2027),
    }
    assert len(keys) == 7
    assert visit_key("lp", "jean", "marina", day) == "visit:lp:jean:marina:2026-11-24"


def test_a_refusal_keeps_its_facts():
    """D28: a refusal carries its code and facts across a process border too."""
    no = Refusal("points.short", needed=whole(2_088), available=whole(2_087))
    again = pickle.loads(pickle.dumps(no))  # noqa: S301 - made in the line before
    assert (str(no), again.code, again.facts) == ("points.short", no.code, no.facts)
    assert repr(no).startswith("Refusal('points.short', {'needed': ")


def test_a_reason_names_rule_and_figures():
    """Architecture 3: a reason is a code, a rule id and the figures it used, in order."""
    assert because("why.points.cost", "R66", ratio=100, points=whole(5)) == Because(
        code="why.points.cost", rule="R66", facts={"ratio": 100, "points": whole(5)}
    )
