import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.packaging.tree import ROOT, code, imported, normal

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDS_OF = {
    "src/clubtill": ("terminal", "ledger"),
    "src/clubtill_rules": None,
    "src/clubtill_wording": (),
    "src/clubtill_desk": ("terminal",),
    "src/clubtill_terminal": ("terminal", "cards"),
    "sync/clubtill_sync": ("ledger",),
    "sync/clubtill_ledger": ("ledger",),
}
BROUGHT_ALONG = {"shiboken6": "pyside6-essentials", "starlette": "fastapi", "pydantic": "fastapi", "httpcore": "httpx"}
"""Imported by name although another package brings them: each is released with, or pinned by, its bringer."""
LOADED_BY_NAME = {
    "psycopg": "SQLAlchemy loads it for a postgresql URL",
    "python-escpos": "takes 0.8 s to import, so the printer's thread does it",
    "pyscard": "an extra of its own: the card service asks for it by name and goes without",
}


def asked(extras):
    """What the distribution asks for with these extras."""
    optional = PROJECT["optional-dependencies"]
    return {
        normal(each) for names in [PROJECT["dependencies"], *(optional[extra] for extra in extras)] for each in names
    }


def used(*under):
    """The distributions that the rooms import, as `distribution: file`."""
    owners = packages_distributions()
    found = {}
    for path in code(*under):
        if path.suffix == ".py":
            for name in imported(path):
                if name not in sys.stdlib_module_names and not name.startswith("clubtill"):
                    owner = BROUGHT_ALONG.get(name) or normal(owners.get(name, [name])[0])
                    found[owner] = str(path)
    return found


@pytest.mark.parametrize("room", NEEDS_OF)
def test_a_room_imports_what_its_extra_brings(room):
    """A room imports the packages its own extras ask for, not what happens to be installed beside them."""
    extras = NEEDS_OF[room]
    allowed = set() if extras is None else asked(extras)
    assert {owner: file for owner, file in used(f"{room}/").items() if owner not in allowed} == {}


def test_both_ends_bring_what_they_share():
    """What clubtill_sync imports is asked for by the terminal and by the ledger alike."""
    assert used("sync/clubtill_sync/").keys() - (asked(["terminal"]) & asked(["ledger"])) == set()


def test_every_asked_package_is_used():
    """Nothing is asked for that no room imports; what is loaded by its name alone is listed with who does it."""
    extras = ["terminal", "cards", "ledger"]
    assert asked(extras) - used("src/", "sync/").keys() - LOADED_BY_NAME.keys() == set()
