import ast
import importlib
import subprocess
import sys
import tomllib

import pytest
import typer

from clubtill.__main__ import ROOMS as SUBCOMMANDS
from tests.packaging.tree import ROOMS, ROOT, code, imported, parsed

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
PACKAGES = {f"{root}{folder.name}" for root in ROOMS for folder in (ROOT / root).glob("clubtill*") if folder.is_dir()}


def test_every_package_is_known_to_every_tool():
    """The packages in src and sync are those of the wheel and those whose arrows are checked."""
    assert set(SETTINGS["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES
    assert set(SETTINGS["importlinter"]["root_packages"]) == {package.partition("/")[2] for package in PACKAGES}


def test_the_rules_import_nothing_but_the_standard_library():
    """Rules import the standard library and themselves, not so much as a package nobody thought to forbid."""
    allowed = sys.stdlib_module_names | {"clubtill_rules"}
    assert {
        name: str(path) for path in code("src/clubtill_rules/") for name in imported(path) if name not in allowed
    } == {}


def test_every_room_says_what_it_is_for():
    """Every package and module begins with a docstring."""
    silent = [str(path) for path in code(*ROOMS) if path.suffix == ".py" and not ast.get_docstring(parsed(path))]
    assert silent == []


def test_types_are_strict_everywhere():
    """Types are checked strictly, with no exception by module."""
    assert SETTINGS["mypy"]["strict"] is True
    assert "overrides" not in SETTINGS["mypy"]


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_each_subcommand_has_its_room(name):
    """A subcommand is answered by a typer program called `command` in the room that is named for it."""
    assert isinstance(importlib.import_module(SUBCOMMANDS[name].module).command, typer.Typer)


def test_the_command_loads_no_room_by_itself():
    """`clubtill --help` names every subcommand and imports none of their rooms, nor Qt."""
    program = (
        "import sys\nsys.argv = ['clubtill', '--help']\n"
        "from clubtill.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted(name for name in sys.modules if name.startswith(('clubtill_', 'PySide6', 'fastapi'))))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert said.splitlines()[-1] == "[]"
    assert all(f" {name} " in said for name in SUBCOMMANDS)


def test_a_part_that_is_not_installed_names_its_extra(tmp_path):
    """A subcommand whose library is missing says which extra brings it, and ends with 2."""
    (tmp_path / "room.py").write_text("import a_library_that_is_nowhere\n")
    program = (
        "import sys\nsys.argv = ['clubtill', 'ledger', 'serve']\n"
        "import clubtill.__main__ as command\n"
        "object.__setattr__(command.ROOMS['ledger'], 'module', 'room')\ncommand.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "Install clubtill[ledger]" in done.stderr
    assert "Traceback" not in done.stderr
