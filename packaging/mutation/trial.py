"""Trial: is a mutant noticed? One pytest, collected once; each mutant has a fork that runs the tests that reach it.

Inside the fork the mutated function's code takes the place of the real one, so nothing is imported or collected again.
What runs at import (constants, defaults, class bodies) cannot be swapped: for it a copy of the tree gets the mutated
file, and a fresh pytest is started there.
"""

from __future__ import annotations

import functools
import gc
import os
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import coverage
import pytest
from mutants import Mutant

_WITHOUT = ("randomly", "cacheprovider", "timeout", "pytest-qt")
_MEMORY = 3 << 30
_NOT_NOTICED, _NOTICED, _BROKEN = 0, 1, 3


def options(tree: Path) -> list[str]:
    """Give what pytest is started with in a copy of the tree."""
    without = [word for name in _WITHOUT for word in ("-p", f"no:{name}")]
    return [
        "-q",
        "--capture=no",
        *without,
        f"-c{tree}/pytest.ini",
        f"--rootdir={tree}",
        "--hypothesis-profile=mutation",
    ]


def _module(file: str) -> str:
    return file.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _code(code: CodeType, name: str) -> CodeType | None:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if const.co_qualname == name:
                return const
            if name.startswith(const.co_qualname + ".") and (found := _code(const, name)):
                return found
    return None


def _function(module: ModuleType, name: str) -> FunctionType | None:
    """Find the plain function behind a name, beneath property, classmethod and caches."""
    found: object = module
    for part in name.split("."):
        found = vars(found).get(part)
    while found is not None and not isinstance(found, FunctionType):
        inner = (getattr(found, attribute, None) for attribute in ("fget", "func", "__func__", "__wrapped__"))
        found = next((each for each in inner if each is not None), None)
    while found is not None and (beneath := getattr(found, "__wrapped__", None)):
        found = beneath
    return found


def swap(mutant: Mutant) -> bool:
    """Put the mutant's code in place, here and now. False if it cannot be done in a running program."""
    function = _function(sys.modules[_module(mutant.file)], mutant.function)
    code = _code(compile(mutant.source, mutant.file, "exec", dont_inherit=True), mutant.function)
    if function is None or code is None or code.co_freevars != function.__code__.co_freevars:
        return False
    function.__code__ = code
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).startswith("clubtill"):  # noqa: SLF001 - the type has no other name
            each.cache_clear()
    return True


class Trials:
    """The plug-in that takes pytest's loop over: measures which test reaches which line, then tries the mutants.

    Attributes:
        told: called with each mutant and whether it was noticed.
    """

    def __init__(
        self, tree: Path, files: list[str], todo: Iterable[Mutant], told: Callable[[Mutant, bool], None], at_once: int
    ) -> None:
        self.tree, self.files, self.todo, self.told, self.at_once = tree, files, todo, told, at_once
        self.failing: list[str] = []
        self.reach: dict[tuple[str, int], set[int]] = {}
        self.takes_s: list[float] = []
        self.running: dict[int, tuple[Mutant, Path | None]] = {}
        self.slots = [tree.parent / f"slot{n}" for n in range(at_once)]

    # ------------------------------------------------------------ which test reaches what

    def _measure(self, session: pytest.Session) -> None:
        """Run every test once with coverage, in a fork, so that this process stays as it was after collecting."""
        answer = self.tree.parent / "reach.pickle"
        child = os.fork()
        if child == 0:
            _silence()
            covered = coverage.Coverage(data_file=None, config_file=False, include=[str(self.tree / "src/*")])
            covered.start()
            takes, failing = [], []
            for number in range(len(session.items)):
                covered.switch_context(str(number))
                started, failed = time.process_time(), session.testsfailed
                _run(session, number)
                takes.append(time.process_time() - started)
                if session.testsfailed > failed:
                    failing.append(number)
            covered.stop()
            data = covered.get_data()
            reach = {}
            for file in self.files:
                for line, contexts in data.contexts_by_lineno(str(self.tree / file)).items():
                    reach[file, line] = {int(each) for each in contexts if each} - set(failing)
            answer.write_bytes(pickle.dumps((reach, takes, failing)))
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("the tests could not be measured")
        self.reach, self.takes_s, failing = pickle.loads(answer.read_bytes())  # noqa: S301 - written above
        self.failing = [session.items[number].nodeid for number in failing]

    def _tests(self, mutant: Mutant) -> list[int]:
        """The tests that reach a mutant, quick ones first."""

        def reached(span: tuple[int, int]) -> set[int]:
            return set().union(*(self.reach.get((mutant.file, line), ()) for line in range(span[0], span[1] + 1)))

        return sorted(reached(mutant.lines) or reached(mutant.statement), key=self.takes_s.__getitem__)

    # ------------------------------------------------------------ trying

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        self._measure(session)
        gc.freeze()
        for mutant in self.todo:
            tests = self._tests(mutant) if mutant.function else []
            while len(self.running) >= self.at_once:
                self._wait()
            self._start(session, mutant, tests)
        while self.running:
            self._wait()
        return True

    def _start(self, session: pytest.Session, mutant: Mutant, tests: list[int]) -> None:
        busy = {slot for _, slot in self.running.values()}
        slot = None if tests else next(slot for slot in self.slots if slot not in busy)
        child = os.fork()
        if child:
            self.running[child] = mutant, slot
            return
        code = _BROKEN
        try:
            limit = 5 + int(10 * (sum(self.takes_s[n] for n in tests) if slot is None else sum(self.takes_s)))
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
            _silence()
            if slot is not None or not swap(mutant):
                slot = slot or Path(f"{self.slots[0]}-{os.getpid()}")
                self._fresh(session, mutant, slot)
            resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
            for number in tests:
                _run(session, number)
                if session.testsfailed:
                    os._exit(_NOTICED)
            code = _NOT_NOTICED
        finally:
            os._exit(code)

    def _fresh(self, session: pytest.Session, mutant: Mutant, slot: Path) -> None:
        """Become a pytest over a copy with the mutant in it: the test files that reach its file, else its room's."""
        reached = {n for (file, _), found in self.reach.items() if file == mutant.file for n in found}
        names = {session.items[n].nodeid.partition("::")[0] for n in reached}
        names = names or {f"tests/rules/{mutant.file.split('/')[2]}"}
        if not slot.exists():
            subprocess.run(["cp", "-r", str(self.tree), str(slot)], check=True)
        path = slot / mutant.file
        true = (self.tree / mutant.file).read_text(encoding="utf-8")
        path.write_text(mutant.source, encoding="utf-8")
        stamp = time.monotonic_ns() // 1_000_000 % (1 << 31)
        os.utime(path, (stamp, stamp))  # else the compiled file of another mutant would be taken for this one's
        os.chdir(slot)
        done = subprocess.run([sys.executable, "-m", "pytest", "-x", *options(slot), *sorted(names)], check=False)
        path.write_text(true, encoding="utf-8")
        os.utime(path, (stamp + 1, stamp + 1))
        os._exit(_NOTICED if done.returncode in {1, 2} or done.returncode < 0 else done.returncode and _BROKEN)

    def _wait(self) -> None:
        pid, status = os.wait()
        mutant, _ = self.running.pop(pid)
        ended = os.waitstatus_to_exitcode(status)
        if ended == _BROKEN:
            raise RuntimeError(f"could not try: {mutant.file}: {mutant.was} -> {mutant.now}")
        self.told(mutant, ended != _NOT_NOTICED)


def _silence() -> None:
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)


def _run(session: pytest.Session, number: int) -> None:
    item = session.items[number]
    item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
