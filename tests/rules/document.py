"""Writes `packaging/docs/rules.md` from the code and the tests: `.venv/bin/python -m tests.rules.document [--check]`.

Says of each rule where it lives, and which worked examples and named rows show it. With `--check` nothing is written,
and it ends with 1 if the file says something else.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from tests.rules.coverage import rows_of
from tests.rules.proof import ROOT, RULES, Row, cited, collected, elsewhere, examples, names, shown

PLACE: Final = ROOT / "packaging/docs/rules.md"
SOURCE: Final = ROOT / "src"
HEAD: Final = """# The rules

Made by `.venv/bin/python -m tests.rules.document` from the code and the tests; not edited by hand. Of each rule: the
modules that name it, the worked examples that a test shows, and every test that cites it with its rows.
"""


def modules() -> dict[str, list[str]]:
    """Give the modules of the rules package that name each rule."""
    found: dict[str, list[str]] = {}
    for path in sorted((SOURCE / "clubtill_rules").rglob("*.py")):
        for rule in sorted(set(cited(path.read_text(encoding="utf-8")))):
            found.setdefault(rule, []).append(path.relative_to(SOURCE / "clubtill_rules").as_posix())
    return found


def _shown_by(rows: Sequence[Row]) -> Iterator[str]:
    for file, test in dict.fromkeys((row.file, row.test) for row in rows):
        mine = [row for row in rows if (row.file, row.test) == (file, test)]
        kind = " (property)" if mine[0].generated else ""
        named = "; ".join(row.name for row in mine if row.name)
        yield f"- `{file.removeprefix('tests/rules/')}` {test.removeprefix('test_').replace('_', ' ')}{kind}" + (
            f": {named}" if named else ""
        )


def section(rule: str, rows: Sequence[Row], lives: Sequence[str], texts: dict[str, str]) -> Iterator[str]:
    """Write what stands under a rule's heading."""
    yield f"\n## {rule} {names()[rule]}\n"
    if rule in elsewhere():
        other = elsewhere()[rule]
        yield f"Elsewhere: {other.stands}.\n"
        yield from (f"- `{file}`" for file in other.tests)
        return
    yield f"Lives in {', '.join(f'`{each}`' for each in lives) or 'no module by name'}.\n"
    mine, marked = rows_of(rule, rows), shown(rows)
    told = [each for each in texts if each.startswith(f"{rule}.") and each in marked]
    yield from (f"- {each}: {texts[each]}" for each in told)
    if told:
        yield ""
    yield from _shown_by(mine)


def written() -> str:
    """Write the whole document."""
    rows, lives = collected(), modules()
    required, not_ours = examples()
    lines = [HEAD.rstrip()]
    for rule in RULES:
        lines += section(rule, rows, lives.get(rule, []), required)
    lines += ["\n## Examples of peers\n"]
    marked = shown(rows)
    for each, text in required.items():
        if not each.startswith("R") and each in marked:
            tests = dict.fromkeys(f"`{row.file.removeprefix('tests/rules/')}`" for row in marked[each])
            lines.append(f"- {each}: {text}: {', '.join(tests)}")
    lines += ["\n## Examples that are not ours\n", *(f"- {each}: {why}" for each, why in not_ours.items())]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    new = written()
    old = PLACE.read_text(encoding="utf-8") if PLACE.exists() else ""
    if "--check" not in arguments:
        PLACE.write_text(new, encoding="utf-8")
        return 0
    drift = list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), "rules.md", "code and tests", lineterm="", n=0)
    )
    if drift:
        print(*drift[:20], "run .venv/bin/python -m tests.rules.document", sep="\n")
    return int(bool(drift))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
