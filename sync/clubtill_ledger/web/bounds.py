"""Bounds: no body larger than a request can need is read, whatever its headers say; no answer is kept by a cache."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clubtill_ledger.web.problems import MEDIA, of_refusal
from clubtill_rules.values.refusal import Refusal

BODY_BYTES_MAX: Final = 64 * 1024


class Bounded:
    """Reads a request's body whole, up to a size, before the app sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; one that is too large is answered here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > BODY_BYTES_MAX:
                await _too_large(send)
                return
        given = False

        async def whole() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        async def uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
                message["headers"] = [*kept, (b"cache-control", b"no-store")]
            await send(message)

        await self._app(scope, whole, uncached)


async def _too_large(send: Send) -> None:
    body = of_refusal(Refusal("too_large", bytes_max=BODY_BYTES_MAX)).model_dump_json().encode()
    headers = [(b"content-type", MEDIA.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
