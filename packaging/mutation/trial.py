"""Trial: is a mutant noticed? One pytest, collected once; each mutant has a fork that runs the tests that reach it.

Inside the fork the mutated function's code takes the place of the real one, so nothing is imported or collected again.
What runs at import (constants, defaults, fields) is done again there (`replay`), and the tests run that reach a line
using what changed: those of the file's own room first, the quick before the slow, for at most `MOST_S` of their
measured time. A mutant of those that is noticed only by tests beyond that counts as a survivor.

What cannot be done again in place (slots, enums, decorators, loops at import), and tests that were collected with the
old value when no other noticed the mutant, need a fresh pytest over a copy of the tree with the mutated file: the test
files nearest to it first, and it ends with the first failure.
"""

from __future__ import annotations

import functools
import gc
import itertools
import operator
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
from replay import CannotReplay, ImportFails, Program

_WITHOUT = ("randomly", "cacheprovider", "timeout", "pytest-qt")
MOST_S = 60.0
_MEMORY = 3 << 30
_NEAREST = 6
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
    _forget()
    return True


def _forget() -> None:
    """Empty the caches of functions: they may hold what no longer holds."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).startswith("clubtill"):  # noqa: SLF001 - the type has no other name
            each.cache_clear()


class Trials:
    """The plug-in that takes pytest's loop over: measures which test reaches which line, then tries the mutants.

    Attributes:
        told: called with each mutant, whether it was noticed, and the seconds that it took.
    """

    def __init__(
        self,
        tree: Path,
        files: list[str],
        todo: Iterable[Mutant],
        told: Callable[[Mutant, bool, float], None],
        at_once: int,
    ) -> None:
        self.tree, self.files, self.todo, self.told, self.at_once = tree, files, todo, told, at_once
        self.failing: list[str] = []
        self.reach: dict[tuple[str, int], int] = {}  # the tests as bits
        self.takes_s: list[float] = []
        self.running: dict[int, tuple[Mutant, Path, float]] = {}
        self.program: Program | None = None
        self.slots = [tree.parent / f"slot{n}" for n in range(at_once)]

    # ------------------------------------------------------------ which test reaches what

    def _measure(self, session: pytest.Session) -> None:
        """Run every test once with coverage, in a fork, so that this process stays as it was after collecting."""
        answer = self.tree.parent / "reach.pickle"
        child = os.fork()
        if child == 0:
            _silence()
            covered = coverage.Coverage(data_file=None, config_file=False, include=[f"{self.tree}/*"])
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
            for path in data.measured_files():
                for line, contexts in data.contexts_by_lineno(path).items():
                    place = Path(path).relative_to(self.tree).as_posix(), line
                    reach[place] = sum(1 << int(each) for each in contexts if each and int(each) not in failing)
            answer.write_bytes(pickle.dumps((reach, takes, failing)))
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("the tests could not be measured")
        self.reach, self.takes_s, failing = pickle.loads(answer.read_bytes())  # noqa: S301 - written above
        self.failing = [session.items[number].nodeid for number in failing]

    def _reaching(self, lines: Iterable[tuple[str, int]]) -> list[int]:
        """The tests that reach one of the lines, quick ones first."""
        bits = functools.reduce(operator.or_, (self.reach.get(line, 0) for line in lines), 0)
        return sorted((n for n in range(bits.bit_length()) if bits >> n & 1), key=self.takes_s.__getitem__)

    def _tests(self, mutant: Mutant) -> list[int]:
        """The tests that reach a mutant in a function."""

        def reached(span: tuple[int, int]) -> list[int]:
            return self._reaching((mutant.file, line) for line in range(span[0], span[1] + 1))

        return reached(mutant.lines) or reached(mutant.statement)

    # ------------------------------------------------------------ trying

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        self._measure(session)
        self.program = Program(self.tree)
        gc.freeze()
        for mutant in self.todo:
            while len(self.running) >= self.at_once:
                self._wait()
            self._start(session, mutant)
        while self.running:
            self._wait()
        return True

    def _start(self, session: pytest.Session, mutant: Mutant) -> None:
        busy = {slot for _, slot, _ in self.running.values()}
        slot = next(slot for slot in self.slots if slot not in busy)
        child = os.fork()
        if child:
            self.running[child] = mutant, slot, time.monotonic()
            return
        code = _BROKEN
        try:
            _silence()
            code = self._tried(session, mutant, slot)
        finally:
            os._exit(code)

    def _tried(self, session: pytest.Session, mutant: Mutant, slot: Path) -> int:
        tests = self._tests(mutant) if mutant.function else []
        if mutant.function and tests:
            return self._first(session, tests) if swap(mutant) else self._fresh(session, mutant, slot)
        if mutant.function and not swap(mutant):  # called at import only: what it made is made again below
            return self._fresh(session, mutant, slot)
        try:
            replayed = self.program.replay(_module(mutant.file), mutant.file, mutant.source)
        except CannotReplay:
            return self._fresh(session, mutant, slot)
        except ImportFails:
            return _NOTICED
        _forget()
        blind = {n for n, item in enumerate(session.items) if self._named(item) in replayed.blind}
        tests = [n for n in self._reaching(replayed.lines) if n not in blind]
        tests.sort(key=lambda n: _far(mutant.file, session.items[n].nodeid))
        total = itertools.accumulate(self.takes_s[n] for n in tests)
        tests = [n for n, until in zip(tests, total, strict=True) if until <= MOST_S]
        if self._first(session, tests) == _NOTICED:
            return _NOTICED
        return self._fresh(session, mutant, slot, sorted(blind)) if blind else _NOT_NOTICED

    def _named(self, item: pytest.Item) -> tuple[str, str]:
        return item.path.relative_to(self.tree).as_posix(), getattr(item, "originalname", item.name)

    def _limit(self, tests: Iterable[int]) -> None:
        limit = 5 + int(10 * sum(self.takes_s[n] for n in tests)) + int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))

    def _first(self, session: pytest.Session, tests: list[int]) -> int:
        """Run tests here until one fails."""
        self._limit(tests)
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, resource.RLIM_INFINITY))
        for number in tests:
            _run(session, number)
            if session.testsfailed:
                return _NOTICED
        return _NOT_NOTICED

    def _fresh(self, session: pytest.Session, mutant: Mutant, slot: Path, only: list[int] | None = None) -> int:
        """Run a pytest over a copy with the mutant in it: those tests, else the files that reach the mutant's file."""
        if only is None:
            bits = functools.reduce(
                operator.or_, (bits for (file, _), bits in self.reach.items() if file == mutant.file), 0
            )
            only = [n for n in range(bits.bit_length()) if bits >> n & 1]
        names = {session.items[n].nodeid.partition("::")[0] for n in only}
        names = names or {f"tests/rules/{mutant.file.split('/')[2]}"}
        if not slot.exists():
            subprocess.run(["cp", "-r", str(self.tree), str(slot)], check=True)
        path = slot / mutant.file
        true = (self.tree / mutant.file).read_text(encoding="utf-8")
        path.write_text(mutant.source, encoding="utf-8")
        stamp = time.monotonic_ns() // 1_000_000 % (1 << 31)
        os.utime(path, (stamp, stamp))  # else the compiled file of another mutant would be taken for this one's
        os.chdir(slot)
        self._limit(range(len(session.items)))
        ordered = sorted(names, key=lambda name: (_far(mutant.file, name), name))
        ended = 0
        for part in (ordered[:_NEAREST], ordered[_NEAREST:]):
            if part and not ended:
                command = [sys.executable, "-m", "pytest", "-x", *options(slot), *part]
                ended = subprocess.run(command, check=False).returncode
        path.write_text(true, encoding="utf-8")
        os.utime(path, (stamp + 1, stamp + 1))
        return _NOTICED if ended in {1, 2} or ended < 0 else ended and _BROKEN

    def _wait(self) -> None:
        pid, status = os.wait()
        mutant, _, started = self.running.pop(pid)
        ended = os.waitstatus_to_exitcode(status)
        if ended == _BROKEN:
            raise RuntimeError(f"could not try: {mutant.file}: {mutant.was} -> {mutant.now}")
        self.told(mutant, ended != _NOT_NOTICED, time.monotonic() - started)


def _far(file: str, test: str) -> int:
    """How far a test file is from a file: 0 if named after it, 1 in its room, 2 elsewhere."""
    room, stem = file.split("/")[2], Path(file).stem
    name = Path(test.partition("::")[0]).stem
    return 0 if stem in name else 1 if f"tests/rules/{room}/" in test else 2


def _silence() -> None:
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)


def _run(session: pytest.Session, number: int) -> None:
    item = session.items[number]
    item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
