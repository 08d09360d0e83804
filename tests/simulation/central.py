"""Central: the real ledger as one process on one file, which can crash, be copied and be put back."""

from __future__ import annotations

import base64
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import zstandard

from clubtill_ledger.accept import transfers
from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.app import calls
from clubtill_ledger.app.calls import Ledger, Response
from clubtill_ledger.jobs import expiry
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import budgets, installation, streams
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Store, open_store
from clubtill_ledger.store.installation import Installation
from tests.simulation.boundaries import Boundaries
from tests.simulation.clock import Clock
from tests.simulation.club import limits
from tests.simulation.world import US, Killed, World

if TYPE_CHECKING:
    from tests.simulation.town import Town

HOST = "ledger.sim"
RECALL_US = 2 * US
NESTED_MAX = 3


class Down(Exception):  # noqa: N818 - nobody listens: an answer of the machine
    """The ledger's process is not there, or ended while it worked."""


class Central:
    """The ledger's process and its file."""

    def __init__(self, world: World, town: Town, path: Path) -> None:
        self.world = world
        self.town = town
        self.path = path
        self.clock = Clock(world)
        self.up = False
        self.life = 0
        self.dirty = False
        self.nested = 0
        self.writes = 0
        self.boundaries = Boundaries(world, "ledger", self._wrote)
        self.store: Store
        self.ledger: Ledger

    def prepare(self, club: seeds.Seed) -> None:
        """Give an empty ledger its keys, which come from the seed, and its club."""
        chance = self.world.chance("keys")
        made = Installation(
            server_key=base64.b64encode(chance.randbytes(32)).decode(),
            card_key=base64.b64encode(chance.randbytes(32)).decode(),
            cursor_key=base64.b64encode(chance.randbytes(32)).decode(),
        )
        self.open()
        self.store.write(streams.prepare)
        self.store.write(partial(installation.write, made=made))
        self.card_key = base64.b64decode(made.card_key)
        seeds.load(self.store, self.ledger.shelf, club, now_us=self.now())
        for limit in limits(self.town.mix.club):
            self.store.write(partial(budgets.set_limit, told=limit))

    def now(self) -> int:
        """Read the ledger's clock."""
        return self.clock.now()

    def _wrote(self, _name: str) -> None:
        self.dirty = True
        self.writes += 1

    # ------------------------------------------------------------ the process

    def open(self) -> None:
        """Start the process."""
        self.store = open_store(str(self.path))
        self.boundaries.watch(self.store.writer, "ledger")
        self.ledger = Ledger(self.store)
        self.up = True
        self.life += 1

    def die(self, where: str, down_us: int) -> None:
        """End the process where it is; it starts again after a while."""
        self.world.note("ledger died", where)
        self.close()
        self.world.after(down_us, self._start_again)

    def _start_again(self) -> None:
        if not self.up:
            self.open()
            self.dirty = True
            self.world.note("ledger up")

    def close(self) -> None:
        """Close the file."""
        self.up = False
        self.store.close()

    # ------------------------------------------------------------ requests

    def serve(self, request: SignedRequest) -> Response:
        """Answer a request. Raises Down when the process is not there or ends meanwhile."""
        if not self.up:
            raise Down
        life = self.life
        try:
            response = self._answer(request, life)
        except Killed as killed:
            if killed.whose != "ledger":
                raise
            self.die(killed.where, self.world.chance("ledger").randrange(US // 2, 120 * US))
            raise Down from None
        self.world.note("answer", request.method, request.path, response.status, response.body.hex()[-16:])
        return response

    def _answer(self, request: SignedRequest, life: int) -> Response:
        opened = calls.open_call(request, self.ledger, self.now())
        if isinstance(opened, Response):
            return opened
        response = self._called(request, opened, life)
        if request.path == "/v1/hello" and response.status == 200:
            self.town.watch.greeted(opened.device_id, plain(response))
        return response

    def _called(self, request: SignedRequest, opened: Device, life: int) -> Response:
        asks = request.path == "/v1/leases" and self.nested < NESTED_MAX
        response = calls.go_on(request, opened, self.ledger, self.now(), may_wait=asks)
        if response.again and asks:
            response = self._waited(request, opened, life)
        return response

    def _waited(self, request: SignedRequest, device: Device, life: int) -> Response:
        """Let the world go on while connected holders give points back, up to two seconds (4.4, D22)."""
        until_us = self.world.now_us + RECALL_US
        self.town.tell_recalls()
        self.nested += 1
        try:
            writes = self.writes
            while self.world.now_us < until_us:
                self.town.go_on(min(until_us, self.world.now_us + US // 2))
                if not self.up or self.life != life:
                    raise Down
                if self.writes == writes:
                    continue  # nobody wrote anything: nothing was given back
                writes = self.writes
                response = calls.go_on(request, device, self.ledger, self.now(), may_wait=True)
                if not response.again:
                    return response
        finally:
            self.nested -= 1
        return calls.go_on(request, device, self.ledger, self.now(), may_wait=False)

    # ------------------------------------------------------------ what its people and jobs do

    def expire(self) -> int:
        """Run the expiry job."""
        return expiry.run(self.store, self.ledger.shelf, self.now())

    def sweep(self) -> int:
        """End the transfers that nobody works at any more (R38)."""
        return transfers.sweep(self.store, self.ledger.shelf, self.now())

    def copy(self, to: Path) -> Path:
        """Copy the file as a backup does, from a moment between two transactions."""
        with self.store.writer.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        shutil.copyfile(self.path, to)
        return to

    def put_back(self, copy: Path, *, told: bool) -> None:
        """Put an older copy in place of the file; `told` says so to the ledger, as its command does."""
        self.close()
        self.town.watch.forget()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.path)
        self.open()
        if told:
            self.store.write(installation.begin_epoch)
        self.dirty = True


def plain(response: Response) -> bytes:
    """Give the JSON of an answer."""
    if "Content-Encoding" not in response.headers:
        return response.body
    with zstandard.ZstdDecompressor().stream_reader(response.body) as reader:
        return reader.read()


def signed(request: httpx.Request) -> SignedRequest:
    """Give a request as the ledger's routes would."""
    return SignedRequest(
        method=request.method,
        authority=request.headers.get("host", HOST),
        path=request.url.raw_path.partition(b"?")[0].decode("latin-1"),
        query=request.url.query.decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.content,
    )
