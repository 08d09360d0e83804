"""The key store: where this terminal's raw 32-byte keys lie (database key, enrolment key, card digest key).

The operating system's Secret Service is taken when a set, get and delete really work; otherwise a file that only the
service user may read, and that is announced (D36): the key then lies beside the database. The backend is chosen here,
never by keyring's own search, which would fall to a plaintext file unasked. The choice is made once and kept: a store
that is merely locked today must not look like a terminal without keys.
"""

from __future__ import annotations

import base64
import binascii
import errno
import os
import re
import secrets
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

import structlog
from jeepney import DBusErrorResponse  # type: ignore[import-untyped] # it ships no types
from keyring.backend import KeyringBackend
from keyring.backends.SecretService import Keyring as SecretServiceKeyring
from keyring.errors import KeyringError, PasswordDeleteError
from secretstorage.exceptions import SecretStorageException

from clubtill_desk.faults import Fault

KEY_BYTES: Final = 32

_UNAVAILABLE: Final = (KeyringError, SecretStorageException, DBusErrorResponse, OSError)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_log = structlog.get_logger(__name__)


class KeyStoreKind(StrEnum):
    """What holds the keys."""

    SECRET_SERVICE = "secret_service"  # noqa: S105 - the name of a kind
    FILE = "file"
    MEMORY = "memory"


class KeyStore(Protocol):
    """Keeps raw keys by name: lower-case letters, digits, dot, dash, underscore. Used on a lane, for it may be slow."""

    @property
    def kind(self) -> KeyStoreKind:
        """What holds the keys."""

    @property
    def announcement(self) -> str:
        """Wording code of the sentence that set-up and the diagnostics page show: `keystore.KIND`."""

    def read(self, name: str) -> bytes | None:
        """The key of that name (32 bytes), or None. Faults: `keystore.locked`, `keystore.damaged`."""

    def write(self, name: str, key: bytes) -> None:
        """Keep `key` (32 bytes) in place of what `name` had. Faults: `keystore.locked`, `disk.full`, `disk.failed`."""

    def forget(self, name: str) -> None:
        """Delete the key of that name, if there is one. Fault: `keystore.locked`."""


def open_key_store(folder: Path, *, service: str = "clubtill", ring: KeyringBackend | None = None) -> KeyStore:
    """Open the key store of this terminal, choosing its kind at the first call and keeping to it from then on.

    Args:
        folder: belongs to the service user; holds the note of the choice, and the keys if the kind is a file.
        service: the name under which the Secret Service lists the keys.
        ring: the Secret Service client; another one only in tests.

    Returns:
        A store of kind `SECRET_SERVICE` or `FILE`.

    Raises:
        Fault: `keystore.locked` if the Secret Service was chosen before and cannot be opened now; `disk.full`;
            `disk.failed`.
    """
    ring = ring or SecretServiceKeyring()  # type: ignore[no-untyped-call] # keyring leaves it untyped
    chosen = _read_choice(folder)
    if chosen is KeyStoreKind.FILE:
        return FileKeyStore(folder)
    works = _probe(ring, service)
    if chosen is KeyStoreKind.SECRET_SERVICE and not works:
        raise Fault("keystore.locked")
    if chosen is None:
        _write_private(
            folder / "kind", (KeyStoreKind.SECRET_SERVICE if works else KeyStoreKind.FILE).value.encode("ascii")
        )
    return RingKeyStore(ring, service) if works else FileKeyStore(folder)


class RingKeyStore:
    """Keys in the Secret Service, as base64 text."""

    kind = KeyStoreKind.SECRET_SERVICE
    announcement = "keystore.secret_service"

    def __init__(self, ring: KeyringBackend, service: str) -> None:
        self._ring = ring
        self._service = service

    def read(self, name: str) -> bytes | None:
        """See `KeyStore.read`."""
        try:
            text = self._ring.get_password(self._service, _checked(name))
        except _UNAVAILABLE as error:
            raise Fault("keystore.locked") from error
        if text is None:
            return None
        try:
            return _whole(base64.b64decode(text, validate=True), name)
        except (binascii.Error, ValueError) as error:
            raise Fault("keystore.damaged", name=name) from error

    def write(self, name: str, key: bytes) -> None:
        """See `KeyStore.write`."""
        text = base64.b64encode(_given(key)).decode("ascii")
        try:
            self._ring.set_password(self._service, _checked(name), text)
        except _UNAVAILABLE as error:
            raise Fault("keystore.locked") from error

    def forget(self, name: str) -> None:
        """See `KeyStore.forget`."""
        try:
            with suppress(PasswordDeleteError):  # nothing of that name
                self._ring.delete_password(self._service, _checked(name))
        except _UNAVAILABLE as error:
            raise Fault("keystore.locked") from error


class FileKeyStore:
    """Keys in files of mode 0600, one a key, in a folder of mode 0700."""

    kind = KeyStoreKind.FILE
    announcement = "keystore.file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """See `KeyStore.read`. A file that others could read is closed to them and reported in the log."""
        path = self._path(name)
        try:
            if path.stat().st_mode & 0o077:
                _log.warning("key file was open to others", name=name)
                path.chmod(0o600)
            return _whole(path.read_bytes(), name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Fault("keystore.locked") from error

    def write(self, name: str, key: bytes) -> None:
        """See `KeyStore.write`. On disk when this returns."""
        _write_private(self._path(name), _given(key))

    def forget(self, name: str) -> None:
        """See `KeyStore.forget`."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise Fault("keystore.locked") from error

    def _path(self, name: str) -> Path:
        return self._folder / f"{_checked(name)}.key"


class MemoryKeyStore:
    """Keys that end with the process: for tests and the demo."""

    kind = KeyStoreKind.MEMORY
    announcement = "keystore.memory"

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        """See `KeyStore.read`."""
        return self._keys.get(_checked(name))

    def write(self, name: str, key: bytes) -> None:
        """See `KeyStore.write`."""
        self._keys[_checked(name)] = _given(key)

    def forget(self, name: str) -> None:
        """See `KeyStore.forget`."""
        self._keys.pop(_checked(name), None)


def _probe(ring: KeyringBackend, service: str) -> bool:
    """Whether a secret can really be set, read back and deleted; a locked store answers with an error."""
    name, secret = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)
    try:
        ring.set_password(service, name, secret)
        read_back = ring.get_password(service, name)
        ring.delete_password(service, name)
    except _UNAVAILABLE:
        return False
    return read_back == secret


def _read_choice(folder: Path) -> KeyStoreKind | None:
    try:
        return KeyStoreKind((folder / "kind").read_text("ascii").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Fault("keystore.locked") from error
    except ValueError as error:
        raise Fault("keystore.damaged", name="kind") from error


def _write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 so that a power cut leaves the old content or the new, never half."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):  # the folder itself may be what is broken
            new.unlink(missing_ok=True)
        raise Fault("disk.full" if error.errno == errno.ENOSPC else "disk.failed") from error


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError("a key's name is lower-case letters, digits, dot, dash and underscore")
    return name


def _given(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key


def _whole(key: bytes, name: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise Fault("keystore.damaged", name=name)
    return key
