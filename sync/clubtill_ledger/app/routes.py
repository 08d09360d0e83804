"""Routes: FastAPI over `calls`, with the two waits of the protocol: the feed's long poll and a recall (4.4, 6.5).

A call runs in a thread. What was written rings the bell of this process; what another process on the same database
wrote is noticed by looking again every half second. No secret and nothing personal is ever logged.
"""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import structlog
from fastapi import FastAPI, Request
from fastapi import Response as HttpResponse
from starlette.concurrency import run_in_threadpool

from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.app import calls, web
from clubtill_ledger.app.calls import BODY_BYTES_MAX, Response
from clubtill_ledger.app.face import Face
from clubtill_ledger.app.limits import DRAIN_AGAIN_S
from clubtill_ledger.app.metrics import call_of
from clubtill_ledger.feed import cursor
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.faults import StoreFault
from clubtill_rules.values.refusal import Refusal

POLL_S_MAX: Final = 25.0
RECALL_S: Final = 2.0
LOOK_AGAIN_S: Final = 0.5
JSON: Final = "application/json"
OK: Final = 200
FAILED: Final = b'{"code":"failed"}'
QUIET: Final = frozenset({"feed", "health"})
"""Calls that come all day long; their good answers are counted and not logged."""
PATHS: Final = (
    ("GET", "/health"),
    ("GET", "/unsubscribe"),
    ("POST", "/unsubscribe"),
    ("POST", "/v1/enrol"),
    ("POST", "/v1/hello"),
    ("POST", "/v1/events"),
    ("GET", "/v1/events"),
    ("POST", "/v1/leases"),
    ("POST", "/v1/transfers"),
    ("POST", "/v1/rotate"),
    ("POST", "/v1/parked"),
    ("POST", "/v1/parked/{parked_id}/take"),
    ("POST", "/v1/parked/{parked_id}/release"),
    ("GET", "/v1/feed"),
    ("GET", "/v1/snapshot"),
    ("GET", "/v1/snapshot/{stream}/{chunk}"),
    ("GET", "/v1/photos/{photo}"),
    ("GET", "/v1/accounts"),
    ("GET", "/v1/accounts/{account:path}/entries"),
)

log = structlog.get_logger()


def build(face: Face) -> FastAPI:
    """Build the app."""
    app = FastAPI(title="Clubtill ledger", docs_url=None, redoc_url=None, openapi_url=None)

    async def serve(request: Request) -> HttpResponse:
        began_s, call = asyncio.get_running_loop().time(), call_of(request.url.path)
        try:
            response = await _placed(await _read(request), face)
        except Refusal as no:
            response = calls.refused(no, face.now_us())
        except StoreFault as fault:
            log.critical("database", code=fault.code)
            face.on_broken_disk()
            response = Response(status=500, body=FAILED)
        except Exception as bug:  # noqa: BLE001 - a mistake of this program: told without any value of the request
            log.error("request.failed", call=call, bug=type(bug).__name__, where=where(bug))  # noqa: TRY400 - as above
            response = Response(status=500, body=FAILED)
        seconds = asyncio.get_running_loop().time() - began_s
        face.metrics.answered(call, response.status, seconds, response.counts)
        if call not in QUIET or response.status != OK:
            log.info("request", call=call, status=response.status, ms=round(seconds * 1000, 1), **response.counts)
        headers = dict(response.headers) | {"Cache-Control": "no-store"}
        return HttpResponse(content=response.body, status_code=response.status, headers=headers, media_type=JSON)

    for method, path in PATHS:
        app.add_api_route(path, serve, methods=[method], include_in_schema=False)
    web.mount(app, face)
    return app


async def _read(request: Request) -> SignedRequest:
    """Read a request as it arrived, up to the size that a body may have. Raises Refusal `too_large`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES_MAX:
            raise Refusal("too_large", bytes_max=BODY_BYTES_MAX)
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return SignedRequest(
        method=request.method,
        authority=request.headers.get("host", ""),
        path=raw_path.partition(b"?")[0].decode("latin-1"),
        query=request.scope["query_string"].decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=bytes(body),
    )


async def _placed(request: SignedRequest, face: Face) -> Response:
    """Answer a request, or tell a long batch that finds no place to come again (6.4)."""
    with face.limits.draining(request.path, len(request.body)) as free:
        if free:
            with face.metrics.in_work.labels(call_of(request.path)).track_inprogress():
                return await _answered(request, face)
    face.metrics.refused.labels("drain").inc()
    return calls.come_again("busy", DRAIN_AGAIN_S, face.now_us())


async def _answered(request: SignedRequest, face: Face) -> Response:
    opened = await run_in_threadpool(calls.open_call, request, face.ledger, face.now_us())
    wait_s, now_us = face.limits.wait_s, face.now_us()
    if isinstance(opened, Device) and (again_s := wait_s(opened.device_id, request.path, now_us)):
        face.metrics.refused.labels("rate").inc()
        return calls.come_again("too_many", again_s, face.now_us())
    response = await _go_on(request, opened, face) if isinstance(opened, Device) else opened
    if isinstance(opened, Device) and request.path == "/v1/feed" and response.status == OK:
        face.metrics.confirmed[opened.device_id] = cursor.accepted(dict(parse_qsl(request.query)).get("cursor", ""))
    if response.wrote:
        face.bell.ring()
    return response


async def _go_on(request: SignedRequest, device: Device, face: Face) -> Response:
    """Answer, and while there is nothing to tell wait for the bell, up to the time that this call may take."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + _patience_s(request)
    while True:
        rung = face.bell.listen()
        try:
            may_wait = loop.time() < until_s and not face.stopping()
            response = await run_in_threadpool(
                calls.go_on, request, device, face.ledger, face.now_us(), may_wait=may_wait
            )
            if not response.again:
                return response
            if response.wrote:
                face.bell.ring()  # a recall stands; whoever holds the lease is told now
                rung.clear()
            with face.metrics.waiting.track_inprogress():
                await _wait(rung, min(LOOK_AGAIN_S, max(0.0, until_s - loop.time())))
        finally:
            face.bell.leave(rung)


async def _wait(rung: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(rung.wait(), seconds)
    except TimeoutError:
        return


def where(bug: BaseException) -> str:
    """Give the line of this program that failed; no value, for it may be personal."""
    last = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _patience_s(request: SignedRequest) -> float:
    if request.path == "/v1/leases":
        return RECALL_S
    if request.path != "/v1/feed":
        return 0.0
    told = dict(part.partition("=")[::2] for part in request.query.split("&"))
    wait = told.get("wait", "0")
    return min(float(wait), POLL_S_MAX) if wait.isascii() and wait.isdigit() else 0.0
