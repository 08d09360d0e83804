"""The key store: one behaviour for every kind, the choice of the kind, and what is said about it (D36)."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError
from structlog.testing import capture_logs

from clubtill_desk.faults import Fault
from clubtill_desk.key_store import FileKeyStore, KeyStore, KeyStoreKind, MemoryKeyStore, RingKeyStore, open_key_store

KEY = bytes(range(32))
OTHER = bytes(range(32, 64))


class Ring(KeyringBackend):
    """A secret service that a test can lock or take away."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None

    def _open(self) -> dict[tuple[str, str], str]:
        if self.error is not None:
            raise self.error
        return self.secrets

    def get_password(self, service: str, username: str) -> str | None:
        """As keyring asks."""
        return self._open().get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """As keyring asks."""
        self._open()[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """As keyring asks."""
        if self._open().pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring() -> Ring:
    """A fresh secret service."""
    return Ring()


@pytest.fixture(params=["file", "secret service", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, ring: Ring) -> KeyStore:
    """Each kind of key store in turn."""
    kinds: dict[str, Callable[[], KeyStore]] = {
        "file": lambda: FileKeyStore(tmp_path / "keys"),
        "secret service": lambda: RingKeyStore(ring, "clubtill-test"),
        "memory": MemoryKeyStore,
    }
    return kinds[request.param]()


class TestEveryKind:
    """What every key store does."""

    def test_a_key_is_read_back_until_it_is_forgotten(self, store: KeyStore) -> None:
        """Keys are kept by name, replaced by writing again, and gone after forget, which may be repeated."""
        assert store.read("database") is None
        store.write("database", KEY)
        store.write("enrolment", OTHER)
        assert (store.read("database"), store.read("enrolment")) == (KEY, OTHER)
        store.write("database", OTHER)
        assert store.read("database") == OTHER
        store.forget("database")
        store.forget("database")
        assert (store.read("database"), store.read("enrolment")) == (None, OTHER)

    @pytest.mark.parametrize("name", ["", "Database", "../database", "a/b", "a b", "." * 3, "x" * 65])
    def test_a_name_never_leaves_the_store(self, store: KeyStore, name: str) -> None:
        """A name that could be a path, or that backends would fold, is a bug at the caller."""
        for act in (store.read, store.forget, lambda name: store.write(name, KEY)):
            with pytest.raises(ValueError, match="name"):
                act(name)

    @pytest.mark.parametrize("length", [0, 31, 33])
    def test_a_key_has_32_bytes(self, store: KeyStore, length: int) -> None:
        """Anything but 32 bytes is a bug at the caller and is not stored."""
        with pytest.raises(ValueError, match="32 bytes"):
            store.write("database", bytes(length))
        assert store.read("database") is None

    def test_it_says_what_it_is(self, store: KeyStore) -> None:
        """D36: the announcement names the kind, for set-up and the diagnostics page."""
        assert store.announcement == f"keystore.{store.kind}"


class TestFile:
    """The fallback: files that only the service user may read."""

    def test_files_are_0600_in_a_folder_of_0700(self, tmp_path: Path) -> None:
        """D36: nobody but the service user may read a key, and no half-written file stays behind."""
        FileKeyStore(tmp_path / "keys").write("database", KEY)
        (file,) = (tmp_path / "keys").iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert file.read_bytes() == KEY

    def test_a_file_open_to_others_is_closed_and_reported(self, tmp_path: Path) -> None:
        """A restored backup with wider rights does not stop the till, but does not stay open either."""
        store = FileKeyStore(tmp_path)
        store.write("database", KEY)
        (tmp_path / "database.key").chmod(0o644)
        with capture_logs() as logged:
            assert store.read("database") == KEY
        assert [entry["event"] for entry in logged] == ["key file was open to others"]
        assert stat.S_IMODE((tmp_path / "database.key").stat().st_mode) == 0o600

    def test_a_short_file_is_damage_not_a_key(self, tmp_path: Path) -> None:
        """A truncated key is reported by name and never used."""
        store = FileKeyStore(tmp_path)
        store.write("database", KEY)
        (tmp_path / "database.key").write_bytes(KEY[:-1])
        with pytest.raises(Fault) as caught:
            store.read("database")
        assert (caught.value.code, caught.value.facts) == ("keystore.damaged", {"name": "database"})

    def test_a_folder_that_cannot_be_made_is_a_fault(self, tmp_path: Path) -> None:
        """A disk that refuses is the world's doing, not a bug."""
        (tmp_path / "keys").write_bytes(b"a file where the folder should be")
        with pytest.raises(Fault, match=r"disk\.failed"):
            FileKeyStore(tmp_path / "keys").write("database", KEY)


class TestRing:
    """Keys in the Secret Service."""

    def test_a_locked_service_is_a_fault_in_every_act(self, ring: Ring) -> None:
        """A locked key store is never mistaken for an empty one."""
        store = RingKeyStore(ring, "clubtill-test")
        ring.error = KeyringLocked()
        for act in (
            lambda: store.read("database"),
            lambda: store.write("database", KEY),
            lambda: store.forget("database"),
        ):
            with pytest.raises(Fault, match=r"keystore\.locked"):
                act()

    @pytest.mark.parametrize("text", ["not base64!", "c2hvcnQ="])
    def test_a_secret_that_is_no_key_is_damage(self, ring: Ring, text: str) -> None:
        """Text that another program put under our name is never used as a key."""
        ring.set_password("clubtill-test", "database", text)
        with pytest.raises(Fault, match=r"keystore\.damaged"):
            RingKeyStore(ring, "clubtill-test").read("database")


class TestChoice:
    """Which kind is taken, and that the choice is kept."""

    def test_a_working_service_is_taken_and_the_probe_leaves_nothing(self, tmp_path: Path, ring: Ring) -> None:
        """The probe sets, reads and deletes a secret of its own."""
        store = open_key_store(tmp_path, ring=ring)
        assert store.kind is KeyStoreKind.SECRET_SERVICE
        assert ring.secrets == {}

    @pytest.mark.parametrize("error", [InitError(), KeyringLocked(), OSError(2, "no bus")])
    def test_without_one_the_file_is_taken_and_says_so(self, tmp_path: Path, ring: Ring, error: Exception) -> None:
        """D36: no service, a dismissed prompt and a dead bus all lead to the announced file."""
        ring.error = error
        store = open_key_store(tmp_path, ring=ring)
        assert (store.kind, store.announcement) == (KeyStoreKind.FILE, "keystore.file")

    def test_a_service_that_forgets_is_not_taken(self, tmp_path: Path, ring: Ring) -> None:
        """A service that takes a secret and does not give it back would lose the database."""
        ring.get_password = lambda *_: None
        assert open_key_store(tmp_path, ring=ring).kind is KeyStoreKind.FILE

    def test_the_file_is_kept_when_a_service_appears_later(self, tmp_path: Path, ring: Ring) -> None:
        """Keys that lie in the file are still found after a desktop was installed."""
        ring.error = InitError()
        open_key_store(tmp_path, ring=ring).write("database", KEY)
        ring.error = None
        assert open_key_store(tmp_path, ring=ring).read("database") == KEY

    def test_a_locked_service_that_was_chosen_is_a_fault_not_a_new_terminal(self, tmp_path: Path, ring: Ring) -> None:
        """Falling to an empty file would make a new key beside a database that it cannot open."""
        open_key_store(tmp_path, ring=ring).write("database", KEY)
        ring.error = KeyringLocked()
        with pytest.raises(Fault, match=r"keystore\.locked"):
            open_key_store(tmp_path, ring=ring)
        ring.error = None
        assert open_key_store(tmp_path, ring=ring).read("database") == KEY

    def test_a_damaged_note_of_the_choice_is_a_fault(self, tmp_path: Path, ring: Ring) -> None:
        """An unreadable choice is not guessed at."""
        (tmp_path / "kind").write_text("cloud")
        with pytest.raises(Fault, match=r"keystore\.damaged"):
            open_key_store(tmp_path, ring=ring)


OPEN_AND_USE = """
import sys
from pathlib import Path
from clubtill_desk.key_store import open_key_store
store = open_key_store(Path(sys.argv[1]))
store.write("database", bytes(32))
print(store.kind, store.read("database") == bytes(32))
store.forget("database")
"""


def in_dbus_session(tmp_path: Path, before: str) -> str:
    """Use the default key store in a D-Bus session of its own, after the shell commands `before`; returns its line."""
    if shutil.which("dbus-run-session") is None or shutil.which("gnome-keyring-daemon") is None:
        pytest.skip("needs dbus-run-session and gnome-keyring-daemon")
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / "home").mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    use = '"$0" -c "$1" "$2"'
    ran = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", before + use, sys.executable, OPEN_AND_USE, str(tmp_path / "keys")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()[-1]


def test_a_real_unlocked_secret_service_is_taken(tmp_path: Path) -> None:
    """The real stack: D-Bus, an unlocked gnome-keyring, the probe and one key."""
    unlock = "printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null; "
    assert in_dbus_session(tmp_path, unlock) == "secret_service True"


def test_a_real_locked_secret_service_falls_to_the_file(tmp_path: Path) -> None:
    """The real stack without a screen: the prompt is dismissed and the announced file is taken."""
    assert in_dbus_session(tmp_path, "") == "file True"
