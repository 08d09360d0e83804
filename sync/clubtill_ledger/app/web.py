"""Web: puts the Web API beside the terminals' calls, with this process's bell and clock."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI

from clubtill_ledger.app.face import Face
from clubtill_ledger.web.routes import Web
from clubtill_ledger.web.routes import build as build_web

AT: Final = "/web/v1"


def mount(app: FastAPI, face: Face) -> None:
    """Serve the Web API of a face's ledger under its own path; its document is at `/web/v1/openapi.json`."""

    async def rung(seconds: float) -> None:
        event = face.bell.listen()
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return
        finally:
            face.bell.leave(event)

    web = Web(
        store=face.ledger.store,
        shelf=face.ledger.shelf,
        now_us=face.now_us,
        ring=face.bell.ring,
        rung=rung,
        on_broken_disk=face.on_broken_disk,
    )
    app.mount(AT, build_web(web))
