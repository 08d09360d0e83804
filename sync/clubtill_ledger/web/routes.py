"""Routes: the calls of the Web API with their types, from which its OpenAPI document is made. Thin: the rest decides.

Every no is a problem with a code and a sentence. Nothing is logged here, and no answer may be kept by a cache.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.web import keys, members, orders, refunds
from clubtill_ledger.web.bounds import Bounded
from clubtill_ledger.web.keys import Caller
from clubtill_ledger.web.limits import RateLimits
from clubtill_ledger.web.problems import MEDIA, Problem, of_refusal
from clubtill_ledger.web.shapes import (
    ORDER_ID,
    AskedOrder,
    AskedRefund,
    Balance,
    Member,
    Number,
    Order,
    Quote,
    RefundOf,
)
from clubtill_rules.values.refusal import Refusal

WAITS_MAX: Final = 4
WAIT_S: Final = 0.5
"""A recall is waited for two seconds at most (D22)."""
_STATUSES: Final = {"404": "unknown_call", "405": "wrong_method", "400": "unreadable"}
_ALWAYS: Final = (400, 401, 403, 413, 422, 429, 503)

_bearer = HTTPBearer(auto_error=False, description="A key of `clubtill ledger web-key make`.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
MemberNumber = Annotated[Number, Query(description="The member's number, as on the card.")]
OrderId = Annotated[str, Path(pattern=ORDER_ID, description="The id that the order was given.")]
Once = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{8,128}$",
        description="A text that the caller never uses for anything else. Sent again, nothing happens twice.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """What a route needs. `ring` tells others that something was written, `rung` waits for that, at most so long.

    `on_broken_disk` ends the process; a sync that failed is never tried again.
    """

    store: Store
    now_us: Callable[[], int]
    ring: Callable[[], None]
    rung: Callable[[float], Awaitable[None]]
    on_broken_disk: Callable[[], None] = lambda: None
    shelf: SettingsShelf = field(default_factory=SettingsShelf)
    limits: RateLimits = field(default_factory=RateLimits)

    def caller(self, bearer: HTTPAuthorizationCredentials | None, scope: str) -> Caller:
        """Give who sent a request. Raises Refusal `no_key`, `no_scope` or `too_many`."""
        told = f"{bearer.scheme} {bearer.credentials}" if bearer else ""
        found = keys.caller(self.store, told, scope)
        self.limits.use(found.key.key_id, found.key.per_minute, self.now_us())
        return found


def _noes(*more: int) -> dict[int | str, dict[str, Any]]:
    shown = {"model": Problem, "content": {MEDIA: {}}, "description": "A problem."}
    return {status: dict(shown) for status in (*_ALWAYS, *more)}


def build(web: Web) -> FastAPI:
    """Build the app of the Web API, to be mounted."""
    app = FastAPI(title="Clubtill Web API", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.add_middleware(Bounded)
    _on_errors(app, web)
    _look_ups(app, web)
    _moves(app, web)
    return app


def _look_ups(app: FastAPI, web: Web) -> None:
    @app.get("/member", responses=_noes(404, 409), summary="Who a member is, and whether points can be used here")
    def member(bearer: Bearer, member_number: MemberNumber) -> Member:
        caller = web.caller(bearer, "member")
        return members.member(caller, web.store, web.shelf, member_number, web.now_us())

    @app.get("/balance", responses=_noes(404, 409), summary="What a member has, and what it buys on the web")
    def balance(bearer: Bearer, member_number: MemberNumber) -> Balance:
        caller = web.caller(bearer, "balance")
        return members.balance(caller, web.store, web.shelf, member_number, web.now_us())

    @app.post("/quotes", responses=_noes(404, 409), summary="What an order would cost in points; nothing moves")
    def quote(bearer: Bearer, asked: AskedOrder) -> Quote:
        caller = web.caller(bearer, "quote")
        return orders.quote(caller, web.store, web.shelf, asked, web.now_us())

    @app.get("/orders/{order_id}", responses=_noes(404, 409), summary="An order of this key, as it stands")
    def order(bearer: Bearer, order_id: OrderId) -> Order:
        caller = web.caller(bearer, "redeem")
        return refunds.order(caller, web.store, web.shelf, order_id, web.now_us())


def _moves(app: FastAPI, web: Web) -> None:
    @app.post("/orders", responses=_noes(404, 409), summary="Pay a whole order with points")
    async def redeem(bearer: Bearer, asked: AskedOrder, idempotency_key: Once) -> Order:
        caller = await run_in_threadpool(web.caller, bearer, "redeem")
        told = orders.canonical(asked.model_dump())
        for left in range(WAITS_MAX, -1, -1):
            one = orders.asking(caller, "order", idempotency_key, told, web.now_us())
            made = await run_in_threadpool(orders.redeem, one, web.store, web.shelf, asked, may_wait=left > 0)
            web.ring()
            if made is not None:
                break
            await web.rung(WAIT_S)
        return await run_in_threadpool(refunds.order, caller, web.store, web.shelf, one.event_id, web.now_us())

    @app.post("/orders/{order_id}/refunds", responses=_noes(404, 409), summary="Give points of an order back")
    def give_back(bearer: Bearer, order_id: OrderId, asked: AskedRefund, idempotency_key: Once) -> RefundOf:
        caller = web.caller(bearer, "refund")
        told = orders.canonical([order_id, asked.model_dump()])
        one = orders.asking(caller, "refund", idempotency_key, told, web.now_us())
        return refunds.give_back(one, web.store, web.shelf, order_id, asked)


def _on_errors(app: FastAPI, web: Web) -> None:
    """Write every no as a problem, those of the frame too."""

    def refused(_: Request, no: Exception) -> Response:
        return answer(no if isinstance(no, Refusal) else Refusal("invalid"))

    def broken(_: Request, fault: Exception) -> Response:
        if isinstance(fault, StoreFault) and fault.code != "ledger.busy":
            web.on_broken_disk()
            raise fault
        return answer(Refusal("busy"), {"Retry-After": "1"})

    def unread(_: Request, error: Exception) -> Response:
        kinds = {str(one["type"]) for one in error.errors()} if isinstance(error, RequestValidationError) else set()
        return answer(Refusal("unreadable" if "json_invalid" in kinds else "invalid"))

    def of_frame(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return answer(Refusal(_STATUSES.get(str(status), "unreadable")), headers)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(StoreFault, broken)
    app.add_exception_handler(RequestValidationError, unread)
    app.add_exception_handler(HTTPException, of_frame)


def answer(no: Refusal, headers: dict[str, str] | None = None) -> Response:
    """Write a problem, with the headers that its status asks for."""
    problem = of_refusal(no)
    more = dict(headers or {}) | {"Cache-Control": "no-store"}
    if no.code == "no_key":
        more["WWW-Authenticate"] = "Bearer"
    if no.code == "too_many":
        more["Retry-After"] = str(no.facts.get("retry_after_s", 1))
    return JSONResponse(problem.model_dump(), status_code=problem.status, headers=more, media_type=MEDIA)
