"""Replay: does again, in a running program, what importing a mutated file would have done differently.

The changed statement is executed in its module, and after it every statement of every loaded module whose value hangs
on it, in the order of imports: constants get their new values under each name that they were imported by, functions
their new defaults, dataclasses their new `__init__` and fields. Functions and classes stay the objects they are.

What hangs on what is told by names (`from a import B`, `a.B`), not by running: a value made at import through a method
of an object that was there before is not seen. What is neither a plain assignment, a default nor a field (enums,
slots, decorators, loops at import) raises `CannotReplay`. Tests whose decorators use what changed (the rows of
`parametrize`, strategies) were collected with the old values: they are named in `blind`.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import EnumMeta
from pathlib import Path
from types import FunctionType, ModuleType

_ANNOTATIONS = annotations.compiler_flag  # they stay texts, as in the whole file
_GENERATED = "<string>"  # the file that functions written by dataclass say they are from
_OF_FIELDS = ("__dataclass_fields__", "__match_args__")
_OF_THE_CLASS = ("__setattr__", "__delattr__")  # of a frozen dataclass: they hold the class that they were made for
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class CannotReplay(Exception):  # noqa: N818 - it says what is so
    """The statement needs an import of its own."""


class ImportFails(Exception):  # noqa: N818 - it says what is so
    """Importing the mutated file would have raised this."""


@dataclass(slots=True)
class Replayed:
    """What a replay touched.

    Attributes:
        lines: the lines inside functions that use what changed: file below the tree, line.
        blind: tests that were collected with what changed: file below the tree, name of the test function.
    """

    lines: set[tuple[str, int]] = field(default_factory=set)
    blind: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class _Loaded:
    """A module as it was imported: its statements and what their functions use."""

    module: ModuleType
    file: str
    body: list[ast.stmt]
    at_import: dict[int, set[str]]
    inside: dict[int, set[str]]
    lines: dict[str, set[int]]

    @property
    def names(self) -> dict[str, object]:
        return vars(self.module)


def _without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _without_annotations(child)


def _used(nodes: Iterable[ast.AST | None]) -> Iterator[tuple[str, int]]:
    """Give each name, and each `a.b`, that the nodes use, with its line."""
    for top in nodes:
        for node in _without_annotations(top) if top else ():
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node.id, node.lineno
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}", node.lineno
            elif isinstance(node, ast.ImportFrom):
                yield from ((alias.name, node.lineno) for alias in node.names)


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    return [*node.args.defaults, *node.args.kw_defaults]


def _parts(node: ast.stmt) -> tuple[list[ast.AST | None], list[ast.AST]]:
    """Split a statement into what runs at import, and what runs when its functions are called."""
    if isinstance(node, _FUNCTIONS):
        return [*node.decorator_list, *_defaults(node)], list(node.body)
    if isinstance(node, ast.ClassDef):
        now: list[ast.AST | None] = [*node.decorator_list, *node.bases, *node.keywords]
        later: list[ast.AST] = []
        for each in node.body:
            first, second = _parts(each)
            now += first
            later += second
        return now, later
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return [], []
    return [node], []


def _loaded(module: ModuleType, tree: Path) -> _Loaded:
    path = Path(module.__file__ or "")
    body = ast.parse(path.read_text(encoding="utf-8")).body
    at_import, inside, lines = {}, {}, defaultdict(set)
    for number, node in enumerate(body):
        now, later = _parts(node)
        at_import[number] = {name for name, _ in _used(now)}
        inside[number] = set()
        for name, line in _used(later):
            inside[number].add(name)
            lines[name].add(line)
    return _Loaded(module, path.relative_to(tree).as_posix(), body, at_import, inside, lines)


def _targets(node: ast.stmt) -> list[str]:
    """The names that an assignment binds."""
    if isinstance(node, ast.AnnAssign):
        places: list[ast.expr] = [node.target]
    elif isinstance(node, ast.Assign):
        places = [each for place in node.targets for each in getattr(place, "elts", [place])]
    else:
        places = []
    if not places or not all(isinstance(place, ast.Name) for place in places):
        raise CannotReplay(ast.unparse(node)[:80])
    return [place.id for place in places if isinstance(place, ast.Name)]


def _plain(found: object) -> FunctionType | None:
    """The function beneath property, classmethod and caches."""
    while found is not None:
        inner = (getattr(found, name, None) for name in ("__wrapped__", "fget", "func", "__func__"))
        beneath = next((each for each in inner if each is not None), None)
        if beneath is None:
            break
        found = beneath
    return found if isinstance(found, FunctionType) else None


def _same(old: object, new: object) -> bool:
    if type(old) is not type(new):
        return False
    try:
        return bool(old == new)
    except Exception:  # noqa: BLE001 - what cannot be compared is not the same
        return False


class Program:
    """Every module of the tree that is loaded, in the order of imports."""

    def __init__(self, tree: Path) -> None:
        inside = (m for m in list(sys.modules.values()) if str(getattr(m, "__file__", "") or "").startswith(f"{tree}/"))
        found = {module.__name__: _loaded(module, tree) for module in inside}
        self.modules: dict[str, _Loaded] = {}
        for name in list(found):
            self._put(name, found)

    def _put(self, name: str, found: dict[str, _Loaded]) -> None:
        """Put a module behind those that it imports."""
        loaded = found.pop(name, None)
        if loaded is None:
            return
        for node in loaded.body:
            if isinstance(node, ast.ImportFrom):
                origin = node.module or ""
                for each in (origin, *(f"{origin}.{alias.name}" for alias in node.names)):
                    if each in found:
                        self._put(each, found)
        self.modules[name] = loaded

    def replay(self, module: str, file: str, source: str) -> Replayed:
        """Do again what the mutated source of a module changes. ImportFails if its import would raise."""
        if module not in self.modules:
            raise CannotReplay(module)
        loaded = self.modules[module]
        body = ast.parse(source, file).body
        differ = [n for n, node in enumerate(loaded.body) if ast.dump(node) != ast.dump(body[n])]
        if len(body) != len(loaded.body) or len(differ) != 1:
            raise CannotReplay(file)
        return self.replay_statement(module, differ[0], body[differ[0]])

    def replay_statement(self, module: str, number: int, statement: ast.stmt) -> Replayed:
        """Do again one statement of a module, in another form, and all that hangs on it."""
        return _Replay(self, module, number, statement).run()


class _Replay:
    def __init__(self, program: Program, module: str, number: int, statement: ast.stmt) -> None:
        self.program, self.module, self.number, self.statement = program, module, number, statement
        self.changed: dict[str, set[str]] = defaultdict(set)  # by module: names whose value or defaults are new
        self.acting: dict[str, set[str]] = defaultdict(set)  # by module: functions and classes that use those
        self.done = Replayed()

    def run(self) -> Replayed:
        started = False
        for name, loaded in self.program.modules.items():
            started = started or name == self.module
            if started:
                self._module(name, loaded)
        for name, loaded in self.program.modules.items():
            for used, lines in loaded.lines.items():
                if self._is(loaded, name, used, self.changed):
                    self.done.lines |= {(loaded.file, line) for line in lines}
        return self.done

    def _is(self, loaded: _Loaded, module: str, used: str, among: dict[str, set[str]]) -> bool:
        """Whether a name, or `a.b` of an imported module `a`, is among those."""
        if used in among.get(module, ()):
            return True
        holder, dot, name = used.partition(".")
        of = loaded.names.get(holder) if dot else None
        return isinstance(of, ModuleType) and name in among.get(of.__name__, ())

    def _hangs(self, loaded: _Loaded, module: str, uses: Iterable[str]) -> bool:
        return any(self._is(loaded, module, used, each) for used in uses for each in (self.changed, self.acting))

    def _module(self, name: str, loaded: _Loaded) -> None:
        for number, node in enumerate(loaded.body):
            if isinstance(node, ast.ImportFrom):
                self._imported(name, loaded, node)
            elif name == self.module and number == self.number:
                self._again(name, loaded, self.statement, mutated=True)
            elif self._hangs(loaded, name, loaded.at_import[number]):
                self._again(name, loaded, node)
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and self._hangs(loaded, name, loaded.inside[number]):
                self.acting[name].add(node.name)

    def _imported(self, name: str, loaded: _Loaded, node: ast.ImportFrom) -> None:
        origin = node.module or ""
        for alias in node.names:
            here = alias.asname or alias.name
            if alias.name in self.changed.get(origin, ()):
                loaded.names[here] = vars(sys.modules[origin])[alias.name]
                self.changed[name].add(here)
            if alias.name in self.acting.get(origin, ()):
                self.acting[name].add(here)

    def _again(self, name: str, loaded: _Loaded, node: ast.stmt, *, mutated: bool = False) -> None:
        if isinstance(node, _FUNCTIONS):
            self._function(name, loaded, node)
        elif isinstance(node, ast.ClassDef):
            self._class(name, loaded, node)
        else:
            self._assignment(name, loaded, node, mutated=mutated)

    def _execute(self, loaded: _Loaded, node: ast.stmt) -> None:
        code = compile(
            ast.Module([node], []),
            str(loaded.module.__file__),
            "exec",
            flags=_ANNOTATIONS,
            dont_inherit=True,
        )
        try:
            exec(code, loaded.names)  # noqa: S102 - the statement of a module, in that module
        except Exception as failed:
            raise ImportFails(loaded.file) from failed

    def _assignment(self, name: str, loaded: _Loaded, node: ast.stmt, *, mutated: bool) -> None:
        targets = _targets(node)
        before = {each: loaded.names.get(each) for each in targets}
        self._execute(loaded, node)
        if not mutated and all(_same(old, loaded.names[each]) for each, old in before.items()):
            loaded.names.update(before)
        else:
            self.changed[name].update(targets)

    def _function(self, name: str, loaded: _Loaded, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if self._hangs(loaded, name, {used for used, _ in _used(node.decorator_list)}):
            if not node.name.startswith("test_"):
                raise CannotReplay(node.name)
            self.done.blind.add((loaded.file, node.name))
            return
        old = loaded.names[node.name]
        bare = type(node)(**{key: value for key, value in ast.iter_fields(node) if key != "decorator_list"})
        bare.decorator_list = []
        self._execute(loaded, ast.fix_missing_locations(ast.copy_location(bare, node)))
        new, loaded.names[node.name] = loaded.names[node.name], old
        self._take_defaults(_plain(old), _plain(new))
        self.changed[name].add(node.name)

    def _take_defaults(self, old: FunctionType | None, new: FunctionType | None) -> None:
        if old is None or new is None:
            raise CannotReplay(str(old))
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__

    def _class(self, name: str, loaded: _Loaded, node: ast.ClassDef) -> None:
        old = loaded.names[node.name]
        if not isinstance(old, type) or isinstance(old, EnumMeta):
            raise CannotReplay(node.name)
        self._execute(loaded, node)
        new, loaded.names[node.name] = loaded.names[node.name], old
        if vars(new).get("__slots__") != vars(old).get("__slots__"):
            raise CannotReplay(node.name)
        for each, value in vars(new).items():
            function = _plain(value)
            written = function and function.__code__.co_filename != _GENERATED
            if each in _OF_FIELDS or (function and not written and each not in _OF_THE_CLASS):
                setattr(old, each, value)
            elif written and each in _bound(node):
                self._take_defaults(_plain(vars(old).get(each)), function)
            elif isinstance(value, type) and each in _bound(node):
                raise CannotReplay(f"{node.name}.{each}")
            elif each in _bound(node) and not hasattr(value, "__set__") and each != "__slots__":
                setattr(old, each, value)
        self.changed[name].add(node.name)


def _bound(node: ast.ClassDef) -> set[str]:
    """The names that a class body binds."""
    names = set()
    for each in node.body:
        if isinstance(each, (*_FUNCTIONS, ast.ClassDef)):
            names.add(each.name)
        elif isinstance(each, ast.Assign | ast.AnnAssign):
            names |= set(_targets(each))
    return names
