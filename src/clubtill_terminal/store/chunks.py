"""Chunks: what is fetched of a snapshot, kept until all of it is there, sealed: members are in it (6.7, D33)."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE: Final = 12
_PART: Final = ".part"


class Chunks:
    """A folder of sealed files, each named by what it holds. A file that was cut off or changed counts as missing."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Name the folder and the store's key; the files' own key is made of it."""
        self._folder = folder
        self._seal = AESGCM(hashlib.sha256(b"clubtill chunks\x00" + key).digest())

    def there(self) -> set[str]:
        """Give the names of what was fetched before."""
        if not self._folder.is_dir():
            return set()
        return {path.name for path in self._folder.iterdir() if path.suffix != _PART}

    def keep(self, name: str, body: bytes) -> None:
        """Keep a chunk; it is there whole or not at all."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        nonce = secrets.token_bytes(_NONCE)
        part = self._folder / (name + _PART)
        part.write_bytes(nonce + self._seal.encrypt(nonce, body, name.encode()))
        part.replace(self._folder / name)

    def read(self, name: str) -> bytes | None:
        """Give a chunk that is what its name says; None for any other, which is dropped."""
        path = self._folder / name
        try:
            sealed = path.read_bytes()
            body = self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except FileNotFoundError:
            return None
        except (InvalidTag, ValueError):
            body = b""
        if hashlib.sha256(body).hexdigest() == name:
            return body
        path.unlink()
        return None

    def drop_all_but(self, names: Collection[str]) -> None:
        """Drop what no manifest names any more."""
        for name in self.there() - set(names):
            (self._folder / name).unlink()

    def drop(self) -> None:
        """Drop the folder: everything is in the cache now."""
        shutil.rmtree(self._folder, ignore_errors=True)
