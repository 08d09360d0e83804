"""Builds the wheel and installs it with each extra in an environment of its own, from the locks: check_wheel.py.

Shows that every file of the packages and of `resources` is inside, that each extra's rooms import, that pip finds every
requirement met, and that the ledger's environment has no Qt.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SYSTEM_PYTHON = "/usr/bin/python3"
ROOTS = ("src/", "sync/")
RESOURCES = "resources/"
RESOURCES_INSIDE = "clubtill_desk/resources/"

IMPORT_ALL = """
import importlib, pkgutil, sys
for room in sys.argv[1].split(","):
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, room + "."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
"""
NO_QT = """
import importlib.util, pathlib, sys, sysconfig
assert importlib.util.find_spec("PySide6") is None, "PySide6 is importable"
assert importlib.util.find_spec("shiboken6") is None, "shiboken6 is importable"
qt = sorted(pathlib.Path(sysconfig.get_path("platlib")).rglob("libQt*"))
assert not qt, qt
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """An extra, the rooms that must import with it alone, and a further check of its environment."""

    name: str
    rooms: str
    check: str = ""


SHARED = "clubtill_rules,clubtill_wording,clubtill_sync"
EXTRAS = (
    Extra(name="ledger", rooms=f"{SHARED},clubtill_ledger", check=NO_QT),
    Extra(name="terminal", rooms=f"{SHARED},clubtill_desk,clubtill_terminal"),
    Extra(name="cards", rooms="clubtill_rules,clubtill_wording", check="import smartcard.scard"),
    Extra(name="office", rooms=f"{SHARED}", check="import PySide6.QtWidgets, httpx, keyring"),
)


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command without this checkout on any path; its output, or an end with what it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment["PATH"] = f"{Path(command[0]).parent}:{environment['PATH']}"
    done = subprocess.run(command, cwd=cwd, env=environment, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"check_wheel: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> Path:
    """Build the wheel with the pinned hatchling and give its path."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def expected() -> set[str]:
    """Where each tracked file of the packages and of resources must lie in the wheel."""
    files = run("/usr/bin/git", "ls-files", *ROOTS, RESOURCES).splitlines()
    inside = set()
    for file in files:
        if file.startswith(RESOURCES):
            inside.add(file.replace(RESOURCES, RESOURCES_INSIDE, 1))
        elif file.count("/") > 1:  # what lies beside the packages is for readers of the tree
            inside.add(file.partition("/")[2])
    return inside


def check_content(wheel: Path) -> None:
    """Every tracked file is inside, the licence too, and nothing of the tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    if missing := sorted(expected() - names):
        sys.exit(f"check_wheel: not in the wheel: {missing}")
    if not any(name.endswith("licenses/LICENSE") for name in names):
        sys.exit("check_wheel: the licence is not in the wheel")
    if strange := sorted(name for name in names if not name.startswith("clubtill")):
        sys.exit(f"check_wheel: does not belong in the wheel: {strange}")


def check_extra(extra: Extra, wheel: Path, folder: Path) -> None:
    """Install the wheel with one extra from the locks, offline for our own part, and import its rooms."""
    environment = folder / extra.name
    run(SYSTEM_PYTHON, "-m", "venv", environment)
    python = environment / "bin/python"
    locks = [
        ROOT / "packaging/locks" / f"{name}.txt"
        for name in (("build", extra.name) if extra.name == "cards" else (extra.name,))
    ]
    for lock in locks:
        run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--require-hashes", "-r", lock)
    run(python, "-m", "pip", "install", "-q", "--no-deps", wheel)
    run(python, "-m", "pip", "install", "-q", "--no-index", f"clubtill[{extra.name}] @ {wheel.as_uri()}")
    run(python, "-m", "pip", "check")
    run(python, "-W", "error", "-c", IMPORT_ALL, extra.rooms, cwd=folder)
    run(python, "-c", extra.check, cwd=folder)
    said = run(environment / "bin/clubtill", "--version", cwd=folder).strip()
    print(f"check_wheel: {extra.name}: {said}, {extra.rooms} import")


def main() -> None:
    """Build, look inside, install with each extra."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        check_content(wheel)
        for extra in EXTRAS:
            check_extra(extra, wheel, folder)


if __name__ == "__main__":
    main()
