"""Mutants: one file's small mistakes, made by the operators of mutmut, each as a whole source text.

Left out are annotations, decorators, docstrings, the texts of enum members (names on the wire, which golden bytes hold)
and `__all__`. A text gets one mutant, not one for each change of its capitals. Unlike mutmut's own runner this one also
mutates properties and other decorated functions, defaults, class bodies and constants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
_SIMPLE = (cst.SimpleStatementLine, cst.BaseSmallStatement)
_COMPOUND = (cst.If, cst.For, cst.While, cst.Match, cst.MatchCase, cst.With, cst.Try)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One mistake.

    Attributes:
        file: path below the checkout.
        function: qualified name of the outermost function it lies in; blank for what runs at import.
        lines: first and last line of what changed, and of the statement around it.
        was: the lines that changed, stripped and joined.
        now: what they became.
        source: the whole file with the mistake in it.
    """

    file: str
    function: str
    lines: tuple[int, int]
    statement: tuple[int, int]
    was: str
    now: str
    source: str


def _is_enum(node: cst.ClassDef) -> bool:
    return any(isinstance(base.value, cst.Name) and base.value.value in _ENUMS for base in node.bases)


def _is_all(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Assign) and any(
        isinstance(each.target, cst.Name) and each.target.value == "__all__" for each in node.targets
    )


class _Finder(cst.CSTVisitor):
    """Walks a module and keeps every node with what it may become and where it stands."""

    METADATA_DEPENDENCIES = (PositionProvider, ByteSpanPositionProvider)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, str, tuple[int, int], tuple[int, int]]] = []
        self.bytes: dict[cst.CSTNode, tuple[int, int]] = {}
        self._names: list[str] = []
        self._function = ""
        self._function_depth = 0
        self._defining = 0  # inside a default value, which runs where its function is defined
        self._statements: list[tuple[int, int]] = [(1, 1)]
        self._enums = 0

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.get_metadata(PositionProvider, node, None)
        return (place.start.line, place.end.line) if place else self._statements[-1]

    def _skip(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator) or _is_all(node):
            return True
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in {"len", "isinstance"}:
            return True
        return bool(self._enums and not self._function and isinstance(node, cst.Assign | cst.AnnAssign))

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._skip(node):
            return False
        if isinstance(node, _SIMPLE):
            self._statements.append(self._span(node))
        elif isinstance(node, _COMPOUND):
            first = self._span(node)[0]
            self._statements.append((first, first))
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.ClassDef):
            self._enums += _is_enum(node)
        if isinstance(node, cst.FunctionDef):
            self._function_depth += 1
            if self._function_depth == 1:
                self._function = ".".join(self._names)
        if isinstance(node, cst.Param):
            self._defining += self._function_depth == 1
        self._collect(node)
        return True

    def on_leave(self, node: cst.CSTNode) -> None:
        if self._skip(node):
            return
        if isinstance(node, (*_SIMPLE, *_COMPOUND)):
            self._statements.pop()
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._names.pop()
        if isinstance(node, cst.ClassDef):
            self._enums -= _is_enum(node)
        if isinstance(node, cst.FunctionDef):
            self._function_depth -= 1
            if not self._function_depth:
                self._function = ""
        if isinstance(node, cst.Param):
            self._defining -= self._function_depth == 1

    def _collect(self, node: cst.CSTNode) -> None:
        for kind, operator in mutation_operators:
            if not isinstance(node, kind):
                continue
            for number, mutated in enumerate(operator(node)):
                if isinstance(node, cst.BaseString) and number:
                    break
                function = "" if self._defining else self._function
                if place := self.get_metadata(ByteSpanPositionProvider, node, None):
                    self.bytes[node] = place.start, place.start + place.length
                self.found.append((node, mutated, function, self._span(node), self._statements[-1]))


def _changed(before: list[str], after: list[str]) -> tuple[str, str]:
    """Give the lines that differ, each side stripped and joined with a blank."""
    start = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    rest = min(len(before), len(after)) - start
    end = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    return " ".join(before[start : len(before) - end]), " ".join(after[start : len(after) - end])


def _stripped(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines()]


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Make every mutant of a file. Those that no longer compile are none."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder()
    wrapper.visit(finder)
    before, raw = _stripped(source), source.encode()
    seen = set()
    for node, mutated, function, lines, statement in finder.found:
        if node in finder.bytes and not isinstance(node, cst.Match):  # a whole statement needs its indentation
            start, end = finder.bytes[node]
            code = wrapper.module.code_for_node(mutated).encode()
            changed = (raw[:start] + code + raw[end:]).decode()
        else:
            changed = wrapper.module.deep_replace(node, mutated).code
        if changed == source or changed in seen:
            continue
        seen.add(changed)
        try:
            compile(changed, file, "exec")
        except SyntaxError:
            continue
        was, now = _changed(before, _stripped(changed))
        yield Mutant(file=file, function=function, lines=lines, statement=statement, was=was, now=now, source=changed)
