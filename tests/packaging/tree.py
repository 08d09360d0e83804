"""The tracked files of the checkout, for the guards over the tree."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("src/", "sync/")
CODE = (".py", ".qml", ".sh")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed or about to be, relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return tuple(Path(name) for name in sorted(set(listed)) if name and (ROOT / name).is_file())


def code(*under: str) -> Iterator[Path]:
    """The tracked code files below the given folders, everywhere if none is given."""
    return (path for path in tracked() if path.suffix in CODE and (not under or path.as_posix().startswith(under)))


def text(path: Path) -> str | None:
    """The file's text, None for a picture, a font or a sound."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def lines_with(pattern, paths) -> list[str]:
    """`file:line: text` of every line in which `pattern` is found."""
    found = []
    for path in paths:
        for number, line in enumerate((text(path) or "").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path}:{number}: {line.strip()}")
    return found


def imported(path: Path) -> Iterator[str]:
    """The top names that a Python file imports, wherever in it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def normal(requirement: str) -> str:
    """The normalised name of a requirement: `psycopg[binary]` is psycopg, `SQLAlchemy>=2` is sqlalchemy."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", requirement)[0]).lower()
