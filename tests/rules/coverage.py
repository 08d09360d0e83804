"""Every rule with the tests that show it: `.venv/bin/python -m tests.rules.coverage [--short]`.

Ends with 1 if a rule is shown by nothing, an example by no row, or a mark names an example that there is not.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.rules.proof import RULES, Row, cites, collected, elsewhere, examples, names, shown


def rows_of(rule: str, rows: Sequence[Row]) -> list[Row]:
    """Give the rows whose test cites a rule, or that show one of its worked examples."""
    return [row for row in rows if rule in row.rules or any(each.startswith(f"{rule}.") for each in row.examples)]


def said_of(rule: str, rows: Sequence[Row], *, short: bool) -> list[str]:
    """Say what shows a rule: its named rows by test, and its properties."""
    mine = rows_of(rule, rows)
    properties = [row for row in mine if row.generated]
    lines = [f"{rule}  {names()[rule]}: {len(mine) - len(properties)} rows, {len(properties)} properties"]
    if short:
        return lines
    for file, test in dict.fromkeys((row.file, row.test) for row in mine):
        both = [row for row in mine if (row.file, row.test) == (file, test)]
        lines.append(f"    {file}::{test}{' (property)' if both[0].generated else ''}")
        lines += [f"        {row.name}" for row in both if row.name]
    return lines


def said_elsewhere(rule: str) -> list[str]:
    """Say which tests show a rule that lives elsewhere."""
    other = elsewhere()[rule]
    return [f"{rule}  {names()[rule]}: elsewhere: {other.stands}", *(f"    {file}" for file in other.tests)]


def wrong(rows: Sequence[Row]) -> list[str]:
    """List what is not proved."""
    other, (required, _), marked = elsewhere(), examples(), shown(rows)
    found = [f"{rule} is shown by nothing" for rule in RULES if rule not in other and not rows_of(rule, rows)]
    for rule, each in other.items():
        found += [f"{rule}: {file} does not cite it" for file in each.tests if not cites(file, rule)]
    found += [f"example {each} is shown by no row: {required[each]}" for each in required if not is_shown(each, rows)]
    known = required.keys() | examples()[1].keys()
    found += [
        f"{marked[each][0].file} marks an example {each} that there is not" for each in marked if each not in known
    ]
    return found


def is_shown(example: str, rows: Sequence[Row]) -> bool:
    """Tell whether a row shows an example, or the example's rule lives elsewhere, where tests show it."""
    rule = example.partition(".")[0]
    return example in shown(rows) or rule in elsewhere()


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    rows, other = collected(), elsewhere()
    for rule in RULES:
        print(*(said_elsewhere(rule) if rule in other else said_of(rule, rows, short="--short" in arguments)), sep="\n")
    required, not_ours = examples()
    marked = sum(is_shown(each, rows) for each in required)
    print(f"\n{marked} of {len(required)} examples are shown; {len(not_ours)} are not ours:")
    print(*(f"    {each}: {why}" for each, why in not_ours.items()), sep="\n")
    found = wrong(rows)
    print(*found, f"{len(found)} gaps", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
