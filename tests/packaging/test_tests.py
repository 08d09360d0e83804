import ast
import re

import pytest

from tests.packaging.tree import code, parsed

ASSERTS = re.compile(r"(check|assert|expect|raises|fail|warns)")
WAITS = {"sleep", "qWait", "qSleep"}
TESTS = [path for path in code("tests/") if path.name.startswith("test_")]


def functions(path):
    """The test functions of a file, those of its classes too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def called(node):
    """The last names of everything that is called below `node`: `b` of `a.b()`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = each.func
            if isinstance(name, ast.Attribute):
                yield name.attr
            elif isinstance(name, ast.Name):
                yield name.id


def states_nothing(node):
    """Whether a test neither asserts nor calls what does so by its name (check_..., assert_..., raises, fail)."""
    asserts = any(isinstance(each, ast.Assert) for each in ast.walk(node))
    return not asserts and not any(ASSERTS.match(name) for name in called(node))


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_each_test_states_a_fact(path):
    """Every test has a docstring that states a fact, and asserts something."""
    assert [node.name for node in functions(path) if not ast.get_docstring(node)] == []
    assert [node.name for node in functions(path) if states_nothing(node)] == []


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_no_test_waits_by_duration(path):
    """A test waits for an event with a deadline, never for a while: no sleep, no qWait, no qtbot.wait."""
    calls = set(called(parsed(path)))
    text = ast.unparse(parsed(path))
    assert calls & WAITS == set()
    assert "qtbot.wait(" not in re.sub(r"'(?:[^'\\]|\\.)*'", "''", text)


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("def test_a(): assert 1", False),
        ("def test_a():\n  with pytest.raises(ValueError): f()", False),
        ("def test_a(): check_books(store)", False),
        ("def test_a(): result.assert_outcomes(passed=1)", False),
        ("def test_a(): recheck()", True),
        ("def test_a(): run()", True),
        ("def test_a(): pass", True),
    ],
)
def test_a_test_without_assertion_is_found(text, nothing):
    """A call counts as an assertion by the start of its name, and only then."""
    assert states_nothing(ast.parse(text)) is nothing
