import re
import tomllib

import pytest

from tests.packaging.tree import ROOT, normal

LOCKS = sorted((ROOT / "packaging/locks").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+) \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {name: names for name, names in PROJECT["optional-dependencies"].items() if name != "dev"}


def pins(name):
    """Name and version of each package of a lock."""
    text = (ROOT / f"packaging/locks/{name}.txt").read_text()
    return {found["name"]: found["version"] for line in text.splitlines() if (found := PIN.match(line))}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_locks_hold_pins_and_hashes_only(lock):
    """Every line is a pin, a hash of its files or a comment: no address, no option, no package without a hash."""
    before = ""
    for line in lock.read_text().splitlines():
        if line and not line.lstrip().startswith("#"):
            assert PIN.match(line) or HASH.match(line), line
            assert not PIN.match(before) or HASH.match(line), f"no hash after {before}"
            before = line
    assert HASH.match(before)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_locks_agree(lock):
    """Each lock pins the versions that the tests ran with; what only builds or mutates may stand beside them."""
    tested = pins("mutation") | pins("build") | pins("test")
    assert {name: version for name, version in pins(lock.stem).items() if tested.get(name) != version} == {}


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_each_extra_has_a_lock(extra):
    """What an extra asks for by name is pinned in its lock, with what every part of the program asks for."""
    assert {normal(each) for each in EXTRAS[extra] + PROJECT["dependencies"]} - pins(extra).keys() == set()


def test_the_demo_needs_no_card_reader_and_no_tool():
    """run.sh's lock is the terminal's and the ledger's together, and nothing else."""
    assert pins("run") == pins("terminal") | pins("ledger")
    assert "pyscard" not in pins("run")


@pytest.mark.parametrize("extra", ["terminal", "office"])
def test_pyside_is_pinned_below_the_leak(extra):
    """PySide6 6.12.0 aborts on Python 3.11, so extra and lock stay below it."""
    assert "PySide6-Essentials>=6.11.3,<6.12" in EXTRAS[extra]
    assert pins(extra)["pyside6-essentials"].startswith("6.11.")


def test_the_ledger_brings_no_qt():
    """The ledger's lock has no Qt and no device library."""
    assert pins("ledger").keys() & {"pyside6-essentials", "shiboken6", "pyscard", "pyserial", "python-escpos"} == set()


def test_the_rules_need_only_the_test_runner():
    """The lock of tests/rules holds nothing that the product asks for."""
    asked = {normal(each) for names in [PROJECT["dependencies"], *EXTRAS.values()] for each in names}
    assert pins("rules").keys() & asked == set()
