import ast
import re
from collections import defaultdict

from tests.packaging.tree import code, lines_with, parsed, text, tracked

TOP = {
    "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
    "src", "sync", "resources", "tests", "packaging",
}  # fmt: skip
LINES_MAX = 400
FUNCTION_LINES_MAX = 60
SAYS_NOTHING = re.compile(r"(utils?|helpers?|managers?|services?|common|core|base|misc)", re.IGNORECASE)

# Written in pieces, so that this file is not among what they find.
INDEX_ADDRESS = re.compile(
    r"(extra-)?index" + r"-url|https?://[^ \"]*/sim" + r"ple([/\" ]|$)|py" + r"pi\.org|python" + r"hosted"
    r"|npm" + r"js\.(org|com)|deb\.deb" + r"ian\.org|\"resol" + r"ved\": *\"http|source = \{ regi" + r"stry"
)  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.])/(wo" + r"rk/|tmp/te" + r"am|ro" + r"ot\b|home/\w)")
OPEN_END = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error|not " + r"implemented)\b")


def test_only_the_named_rooms_stand_at_the_top():
    """Nothing but the seven names, three documents and dot-files stands at the top of the tree."""
    assert {path.parts[0] for path in tracked() if not path.parts[0].startswith(".")} <= TOP


def test_no_index_address_is_tracked():
    """No file names where packages come from; each machine has its own settings for that."""
    assert lines_with(INDEX_ADDRESS, tracked()) == []


def test_no_path_of_a_machine_is_tracked():
    """No file names a folder of the machine it was written on."""
    assert lines_with(MACHINE_PATH, tracked()) == []


def test_files_are_one_room():
    """No code file has more than 400 lines."""
    long = {str(path): count for path in code() if (count := len((text(path) or "").splitlines())) > LINES_MAX}
    assert long == {}


def test_functions_fit_a_screen():
    """No function has more than 60 lines, its docstring counted."""
    long = {
        f"{path}:{node.name}": length
        for path in code()
        if path.suffix == ".py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_names_say_what_is_inside():
    """No module or folder is called util, helper, manager, service, common, core, base or misc."""
    named = [str(path) for path in code() for part in (*path.parts[:-1], path.stem) if SAYS_NOTHING.fullmatch(part)]
    assert named == []


def test_nothing_is_left_open():
    """No open end is marked in the code: what stands is finished."""
    assert lines_with(OPEN_END, code()) == []


def test_each_test_file_has_a_name_of_its_own():
    """A test file is found by its name alone."""
    places = defaultdict(list)
    for path in code("tests/"):
        if path.name.startswith("test_"):
            places[path.name].append(str(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
