"""The Web API under requests made up from its own OpenAPI document, in process (F30, R75).

CLUBTILL_TEST_CASES says how many in all; `python -m tests.counts` makes 2,016.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store.engines import open_store
from tests.counts.tally import counted
from tests.ledger.audit import audit, balances
from tests.ledger.club import Club
from tests.ledger.master import OPENING_H
from tests.ledger.web_shop import Shop

EACH: Final = int(os.environ.get("CLUBTILL_TEST_CASES", "600")) // 6
"""Cases for each of the six calls."""


class Fuzzed:
    """A shop, its key, what was answered so far, and the orders that stand."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.key = shop.key()
        self.seen: Counter[tuple[str, int]] = Counter()
        self.orders: list[str] = []
        self.dice = random.Random(12)  # noqa: S311 - it guards nothing


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """A small club in a file, and its web shop."""
    store = open_store(str(tmp_path_factory.mktemp("web") / "ledger.db"))
    prepare(store)
    made = Fuzzed(Shop(Club.in_ledger(store)))
    yield made
    for (label, status), count in sorted(made.seen.items()):
        print(f"{label}: {status} {count} times")  # noqa: T201 - the counts are asked for
    print(f"{sum(made.seen.values())} cases, {len(made.orders)} orders stand")  # noqa: T201 - as above
    told = counted("cases", sum(made.seen.values()), store, made.orders, now_us=made.shop.club.now_us)
    store.close()
    assert told.clean, told


@pytest.fixture(scope="module")
def web_schema(fuzzed: Fuzzed) -> Any:
    """The OpenAPI document as the app serves it."""
    return schemathesis.openapi.from_asgi("/openapi.json", fuzzed.shop.app)


KNOWN: Final[dict[str, tuple[Any, ...]]] = {"member_number": ("101", "102", "103"), "product_id": ("pale",)}


def _known(value: Any, dice: random.Random) -> Any:
    """Put names that exist in place of made-up ones, so that calls come as far as points."""
    if isinstance(value, dict):
        return {
            name: dice.choice(KNOWN[name]) if name in KNOWN and isinstance(one, str) else _known(one, dice)
            for name, one in value.items()
        }
    return [_known(one, dice) for one in value] if isinstance(value, list) else value


def _come_far(case: Any, fuzzed: Fuzzed) -> None:
    """Let three of four requests that are well formed name what exists."""
    if case.meta.generation.mode is not GenerationMode.POSITIVE or fuzzed.dice.random() > 0.75:
        return
    case.body = _known(case.body, fuzzed.dice)
    case.query = _known(case.query, fuzzed.dice) if case.query else case.query
    if case.path_parameters and fuzzed.orders:
        case.path_parameters["order_id"] = fuzzed.dice.choice(fuzzed.orders)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("n", range(6))
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["well-formed", "broken"])
def test_every_call_keeps_its_word(fuzzed: Fuzzed, web_schema: Any, n: int, mode: GenerationMode) -> None:
    """R75, F30: statuses, headers and bodies are those of the document; nothing made up ever breaks the service."""
    operation = [one.ok() for one in web_schema.get_all_operations()][n]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EACH // 2,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    def ask(case: Any) -> None:
        _come_far(case, fuzzed)
        with suppress(AttributeError):
            case.headers.pop("Authorization", None)
        response = case.call(headers={"Authorization": f"Bearer {fuzzed.key}"})
        fuzzed.seen[operation.label, response.status_code] += 1
        if operation.label == "POST /orders" and response.status_code == 200:
            fuzzed.orders.append(response.json()["order_id"])
        if response.status_code != 422 or response.json()["code"] != "key_reuse":  # a made-up key may come twice
            case.validate_response(response)

    before = sum(fuzzed.seen.values())
    ask()
    assert sum(fuzzed.seen.values()) - before >= EACH // 2
    assert not any(status >= 500 for _, status in fuzzed.seen)
    audit(fuzzed.shop.club.store)
    for avail_h, reserved_h, deficit_h in balances(fuzzed.shop.club.store).values():
        assert 0 <= avail_h <= OPENING_H
        assert (reserved_h, deficit_h) == (0, 0)
