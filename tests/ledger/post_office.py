"""A real mail server in this process, that refuses, puts off or cuts the line as its recipients say."""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clubtill_ledger.store.mailing import MailSettings

SENDER = "club@harbour.example"


@dataclass
class PostOffice:
    """What arrived, and how the server answers; the local part of an address says how."""

    settings: MailSettings = field(default_factory=MailSettings)
    arrived: list[EmailMessage] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer a recipient."""
        self.tried.append(address)
        who = address.partition("@")[0]
        if who == "nobody":
            return f"550 5.1.1 no such box <{address}>"
        if who == "full":
            return "452 4.2.2 box full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a text, or lose the line after it."""
        who = envelope.rcpt_tos[0].partition("@")[0]
        if who == "spam":
            return "554 5.7.1 not wanted"
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        if who == "cut":
            server.transport.abort()
        return "250 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        """Let in whoever knows the word."""
        self.signed_in.append(told.login.decode())
        return AuthResult(success=told.password == b"word")


class _Desk(Controller):
    """A server on a free port, with STARTTLS or TLS where there is a context."""

    def __init__(self, office: PostOffice, context: ssl.SSLContext | None, *, whole: bool) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.office, self.start_tls = office, None if whole else context
        super().__init__(office, hostname="127.0.0.1", port=port, ssl_context=context if whole else None)

    def factory(self) -> SMTP:
        """Make the server of one line."""
        return SMTP(
            self.handler,
            tls_context=self.start_tls,
            require_starttls=self.start_tls is not None,
            authenticator=self.office.authenticate,
            auth_require_tls=self.start_tls is not None,
        )


@contextmanager
def opened(folder: Path, security: str = "none", **told: Any) -> Iterator[PostOffice]:
    """Have a mail server, and the settings that reach it."""
    office, context, ca_file = PostOffice(), None, ""
    if security != "none":
        ca_file = str(_certificate(folder))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ca_file)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # what this server says of lines that others cut
    desk = _Desk(office, context, whole=security == "tls")
    desk.start()
    office.settings = MailSettings(
        host="127.0.0.1", port=desk.port, security=security, sender=SENDER, ca_file=ca_file, **told
    )
    try:
        yield office
    finally:
        desk.stop()


def _certificate(folder: Path) -> Path:
    """Make a certificate of this machine, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
