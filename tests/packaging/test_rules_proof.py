"""The proof of the rules: every rule and every worked example is shown, and oracles stand by themselves."""

import ast
import subprocess
import sys

import pytest

from tests.packaging.tree import ROOT, code, imported, parsed, tracked

ORACLES = [path for path in code("tests/") if path.name.endswith("_oracle.py") and not path.name.startswith("test_")]
CLAIMS = [
    path
    for path in code("tests/rules/")
    if path.name.startswith("test_") and "oracle" in (ROOT / path).read_text(encoding="utf-8").lower()
]


def test_every_rule_and_every_example_is_shown():
    """Each rule R1 to R108 has a row or a property, each worked example a row, and each mark an example."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.rules.coverage", "--short"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1:], done.stderr) == (0, ["0 gaps"], ""), done.stdout


def test_the_document_of_the_rules_is_up_to_date():
    """packaging/docs/rules.md says what code and tests say today."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.rules.document", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", ORACLES, ids=str)
def test_an_oracle_knows_nothing_of_what_it_judges(path):
    """A module named for an oracle imports the standard library and other oracles, no Clubtill and no other test."""
    modules = (node.module or "" for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom))
    of_tests = [module for module in modules if module.startswith("tests")]
    assert [module for module in of_tests if not module.endswith("_oracle")] == []
    assert [name for name in imported(path) if name not in {*sys.stdlib_module_names, "tests"}] == []


@pytest.mark.parametrize("path", CLAIMS, ids=str)
def test_who_speaks_of_an_oracle_asks_one(path):
    """A test file that claims an oracle imports a module named for one."""
    modules = {
        name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(each.name for each in node.names)]
    }
    assert any(name.endswith("_oracle") for name in modules)


def test_there_are_oracles():
    """Folds, windows and tiers are judged by something that was written apart from them."""
    assert ORACLES != []


def test_every_survivor_has_a_reason():
    """No mutant is waved through: each line of the survivors files says why no test can notice it."""
    files = sorted((ROOT / "tests/rules/survivors").glob("*.toml"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines != []
    assert [line for line in lines if line.replace(" ", "") == 'reason=""'] == []
    assert {line.split('"')[1] for line in lines if line.startswith("file = ")} <= {str(path) for path in tracked()}
