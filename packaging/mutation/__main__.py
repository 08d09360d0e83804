"""The command: `sh packaging/mutation.sh [--tests FOLDER ...] [FILE or FOLDER ...]`.

Makes every mutant of the files (of all rooms that compute, if none is named), runs the tests that reach it, and says
per file how many were noticed. Survivors stand in `tests/rules/survivors`, each with a reason. Ends with 1 if
a tenth or more survive, if one survives that stands in no line there, or if a test fails without any mutant.

Nothing in the checkout is changed: everything happens in a copy that is thrown away.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mutants import Mutant, mutants
from trial import Trials, options

ROOT = Path(__file__).resolve().parents[2]
RULES = "src/clubtill_rules"
ROOMS = ("members", "points", "sale", "door", "tiers", "accounts")
SURVIVORS = "tests/rules/survivors"
MOST_PER_CENT = 10


def files_of(named: list[str]) -> list[str]:
    """Give the files that are named or lie below a named folder, as paths below the checkout."""
    found = set()
    for name in named or [f"{RULES}/{room}" for room in ROOMS]:
        path = (Path.cwd() / name).resolve()
        path = path if path.exists() else ROOT / name
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.add(each.resolve().relative_to(ROOT).as_posix())
    return sorted(found)


def copied(folder: Path) -> Path:
    """Copy what tests/rules needs, with settings of their own for pytest."""
    tree = folder / "tree"
    without_caches = shutil.ignore_patterns("__pycache__")
    for part in (RULES, "tests/guards", "tests/rules"):
        shutil.copytree(ROOT / part, tree / part, ignore=without_caches)
    for part in ("tests/__init__.py", "tests/conftest.py"):
        shutil.copy(ROOT / part, tree / part)
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["markers"]
    lines = [
        "[pytest]",
        "pythonpath = src .",
        "addopts = --import-mode=importlib",
        "filterwarnings = error",
        "markers =",
    ]
    (tree / "pytest.ini").write_text("\n".join([*lines, *(f"    {marker}" for marker in markers), ""]))
    return tree


@dataclass(slots=True)
class Tally:
    """What came of the mutants so far."""

    tried: Counter[str] = field(default_factory=Counter)
    survived: list[Mutant] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    took_s: Counter[str] = field(default_factory=Counter)

    def told(self, mutant: Mutant, noticed: bool, took_s: float) -> None:  # noqa: FBT001 - the answer itself
        """Take one result down; a survivor is shown at once."""
        self.tried[mutant.file] += 1
        self.took_s[mutant.file] += took_s
        if not noticed:
            self.survived.append(mutant)
            print(
                f"survives  {mutant.file}:{mutant.lines[0]} {mutant.function}\n  - {mutant.was}\n  + {mutant.now}",
                flush=True,
            )
        self.ended(mutant.file)

    def ended(self, file: str) -> None:
        """Show a file whose last mutant has been tried."""
        tried = self.tried[file]
        if tried and tried == self.made[file]:
            left = sum(mutant.file == file for mutant in self.survived)
            print(f"done      {file}: {tried} mutants, {left} survive, {self.took_s[file]:.0f} s", flush=True)


def explained() -> set[tuple[str, str, str, str]]:
    """Read the survivors that have a reason: file, function, what was, what it became."""
    files = sorted((ROOT / SURVIVORS).glob("*.toml"))
    lines = [line for file in files for line in tomllib.loads(file.read_text(encoding="utf-8")).get("survivor", [])]
    unreasoned = [line for line in lines if not line["reason"].strip()]
    if unreasoned:
        sys.exit(f"{SURVIVORS}: no reason for {unreasoned[0]['was']}")
    return {(line["file"], line["function"], line["was"], now) for line in lines for now in line["now"]}


def key(mutant: Mutant) -> tuple[str, str, str, str]:
    """Name a mutant by what it changed, which outlives moved lines."""
    return mutant.file, mutant.function, mutant.was, mutant.now


def draft(unexplained: list[Mutant], path: Path) -> None:
    """Write survivors in the form of the survivors file, reasons left blank."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for mutant in unexplained:
        grouped.setdefault((mutant.file, mutant.function, mutant.was), []).append(mutant.now)
    blocks = []
    for (file, function, was), now in grouped.items():
        texts = ", ".join(_toml(each) for each in now)
        blocks.append(
            f'[[survivor]]\nfile = "{file}"\nfunction = "{function}"\n'
            f'was = {_toml(was)}\nnow = [{texts}]\nreason = ""\n'
        )
    path.write_text("\n".join(blocks), encoding="utf-8")


def _toml(text: str) -> str:
    return f"'''{text}'''" if "'" in text else f"'{text}'"


def told(tally: Tally, files: list[str], failing: list[str]) -> int:
    """Print the table and what is wrong; give the exit code."""
    survived = Counter(mutant.file for mutant in tally.survived)
    print(f"\n{'mutants':>8} {'killed':>8} {'survived':>9} {'%':>6}  file")
    for file in [*files, ""]:
        tried = tally.tried[file] if file else tally.tried.total()
        left = survived[file] if file else survived.total()
        if tried:
            name = file.removeprefix(f"{RULES}/") or "all"
            print(f"{tried:8} {tried - left:8} {left:9} {100 * left / tried:6.1f}  {name}")
    known = explained()
    unexplained = [mutant for mutant in tally.survived if key(mutant) not in known]
    stale = {each for each in known if each[0] in files} - {key(mutant) for mutant in tally.survived}
    for file, function, was, now in sorted(stale):
        print(f"stale: {SURVIVORS}: {file} {function}: {was} -> {now}")
    for name in failing:
        print(f"fails without any mutant: {name}")
    if unexplained:
        drafted = ROOT / "out/survivors.toml"
        drafted.parent.mkdir(exist_ok=True)
        draft(unexplained, drafted)
        print(
            f"{len(unexplained)} survive without a reason in {SURVIVORS}; out/{drafted.name} is a draft of their lines"
        )
    too_many = 100 * survived.total() >= MOST_PER_CENT * max(1, tally.tried.total())
    if too_many:
        print(f"{MOST_PER_CENT} % or more survive")
    return int(bool(unexplained or failing or too_many))


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="packaging/mutation.sh", description=__doc__)
    parser.add_argument("files", nargs="*", help=f"files or folders; else {RULES}/ {', '.join(ROOMS)}")
    parser.add_argument("--tests", action="append", help="folders of tests; else all of tests/rules")
    parser.add_argument("--at-once", type=int, default=len(os.sched_getaffinity(0)), help="how many mutants at once")
    asked = parser.parse_args()
    files, tally, started = files_of(asked.files), Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="clubtill-mutation-") as folder:
        tree = copied(Path(folder))

        def every() -> Iterator[Mutant]:
            for file in files:
                count = 0
                for mutant in mutants(file, (tree / file).read_text(encoding="utf-8")):
                    count += 1
                    yield mutant
                tally.made[file] = count
                tally.ended(file)

        trials = Trials(tree, files, every(), tally.told, asked.at_once)
        os.chdir(tree)
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(Path(folder) / "hypothesis")
        ended = pytest.main([*options(tree), *(asked.tests or ["tests/rules"])], plugins=[trials])
        os.chdir(ROOT)
    if not tally.tried:
        return int(ended) or 1
    print(f"{time.monotonic() - started:.0f} s")
    return told(tally, files, trials.failing)


if __name__ == "__main__":
    sys.exit(main())
