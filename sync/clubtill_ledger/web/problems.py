"""Problems: what the Web API answers when it says no: a code, its status and a sentence (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal

MEDIA: Final = "application/problem+json"
NOT_ALLOWED: Final = (409, "The member or this order does not allow it. Nothing was changed.")
PROBLEMS: Final[Mapping[str, tuple[int, str]]] = {
    "invalid": (422, "The request is not what this call expects. Nothing was changed."),
    "unreadable": (400, "The body is not JSON. Nothing was changed."),
    "no_key": (401, "Send a valid key as a bearer token."),
    "no_scope": (403, "This key has no scope for this call."),
    "unknown_member": (404, "No member of this club has this number."),
    "unknown_order": (404, "This key has made no order with this id."),
    "unknown_product": (404, "No product with this id is sold at this place."),
    "unknown_call": (404, "There is no such call."),
    "wrong_method": (405, "This call has another method."),
    "too_large": (413, "The body is larger than this call takes."),
    "key_reuse": (422, "This Idempotency-Key was used with another request. Use a new one."),
    "too_many": (429, "Too many requests with this key. Wait as long as Retry-After says."),
    "busy": (503, "The ledger is busy. Send the same request again."),
    "points.short": (409, "The member does not have enough points for the whole order. Nothing was taken."),
    "points.ratio_zero": (409, "Members of this classification cannot redeem on the web."),
    "points.excluded": (409, "A line of this order cannot be paid with points. Nothing was taken."),
    "points.cap": (409, "The order costs more points than the club allows in one sale. Nothing was taken."),
    "member.no_benefits": (409, "The membership is not financial, so that points cannot be used now."),
    "member.venue": (409, "This membership is not valid at this place."),
    "account.blocked": (409, "The account is blocked."),
    "refund.beyond": (409, "More is to go back than is left of this line. Nothing was given back."),
    "refund.nothing_left": (409, "All of this order has gone back already."),
    "refund.no_lines": (409, "The order has no line with this number."),
    "product.sold_out": (409, "The product is sold out."),
    "held": (409, "A manager has to look at this first. Nothing was taken."),
    "not_set_up": (409, "The place of this key is not set up at the ledger."),
}
"""Status and sentence of each code. A code of the rules that is not here is `NOT_ALLOWED`."""


class Problem(BaseModel):
    """A no: `code` is for programs, `detail` for people, `facts` are amounts that belong to it."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    facts: dict[str, int | str] = Field(default_factory=dict)


def of_refusal(no: Refusal) -> Problem:
    """Write a refusal as a problem. Points and money among its facts are integers: hundredths and minor units."""
    status, sentence = PROBLEMS.get(no.code, NOT_ALLOWED)
    facts: dict[str, int | str] = {}
    for name, fact in no.facts.items():
        match fact:
            case Points():
                facts[f"{name}_h"] = fact.hundredths
            case Money():
                facts[f"{name}_minor"] = fact.minor
            case bool() | None:
                continue
            case int() | str():
                facts[name] = fact
            case _:
                continue
    return Problem(title=no.code, status=status, code=no.code, detail=sentence, facts=facts)
