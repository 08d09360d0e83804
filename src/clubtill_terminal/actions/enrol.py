"""Enrol: make this computer a terminal of the ledger with a one-time code, and keep who it is (ledger design 6.1)."""

from __future__ import annotations

from clubtill_desk.faults import Fault
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.client import Answer, Client, Denied
from clubtill_sync.signing import START_OF_CHAIN
from clubtill_sync.wire.requests import Enrol, Enrolled
from clubtill_terminal.store.device import Device, save_device
from clubtill_terminal.store.engines import Store


def enrol(client: Client, *, code_text: str, public_key: str, name: str) -> Enrolled:
    """Exchange a one-time code for a device.

    Raises:
        Refusal: `enrol.code`, when the code was used, is too old or was mistyped.
        Fault: `ledger.unreachable`, when nobody answered. The code may be tried again.
    """
    outcome = client.enrol(Enrol(code=code_text.strip(), public_key=public_key, name=name))
    match outcome:
        case Answer(value):
            return value
        case Denied():
            raise Refusal("enrol.code")
        case _:
            raise Fault("ledger.unreachable")


def keep_enrolment(store: Store, enrolled: Enrolled, *, incarnation: str, at_us: int) -> None:
    """Write who this device is; its log begins here."""
    with store.facts.begin() as facts:
        save_device(
            facts,
            Device(
                device_id=enrolled.device_id,
                terminal_id=enrolled.terminal_id,
                server_key=enrolled.server_key,
                epoch=enrolled.epoch,
                next_seq=1,
                head_hash=START_OF_CHAIN,
                acked_seq=0,
                incarnation=incarnation,
                ledger_epoch=0,
                clock_offset_us=enrolled.server_time_us - at_us,
                last_contact_us=at_us,
                next_sale_number=1001,
                trouble="",
            ),
        )
