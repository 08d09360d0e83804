"""Every code that the program can say has words, and the facts that its words name (U49, U104).

Read from the source: a code that somebody adds without words fails here, not in front of staff.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clubtill_desk.faults import FAULTS
from clubtill_ledger.web.problems import PROBLEMS
from clubtill_wording.catalogue import catalogue
from clubtill_wording.speech import places

ROOT = Path(__file__).parents[2]
WORDS = catalogue("en")
CODE = re.compile(r"[a-z]+(\.[a-z_]+)+")


def _calls(*folders: str) -> Iterator[tuple[str, str, ast.Call]]:
    """Give every call in the source: where, the name called, and the call."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name, node


def _constants(node: ast.expr) -> list[str]:
    """Give the texts that an expression may be: a constant, either side of a choice, or what no key can be."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return _constants(body) + _constants(orelse)
        case ast.JoinedStr(values=parts):
            pattern = "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[a-z_.]+" for p in parts)
            known = [*WORDS.sentences, *WORDS.labels, *WORDS.reasons]
            return [] if any(re.fullmatch(pattern, key) for key in known) else [ast.unparse(node)]
        case _:
            return []


def _facts(call: ast.Call) -> set[str] | None:
    """Give the names of a call's facts; None where they come as a mapping."""
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {name for name in names if name}


def _first(call: ast.Call) -> list[str]:
    code = next((keyword.value for keyword in call.keywords if keyword.arg == "code"), None)
    return _constants(call.args[0] if call.args else code) if call.args or code else []


def _sentence_needs(code: str) -> set[str]:
    """Give the facts without which a sentence cannot be said."""
    raw = WORDS.sentences[code]
    return set() if raw.get("plain") else places(raw.get("body", ""))


def test_every_refusal_has_a_sentence_with_its_facts() -> None:
    """U49: of the rules, the actions and the devices, wherever it is raised."""
    missing, found = [], 0
    for where, name, call in _calls("src"):
        if name != "Refusal":
            continue
        for code in _first(call):
            found += 1
            facts = _facts(call)
            if code not in WORDS.sentences:
                missing.append((where, code, "no sentence"))
            elif facts is not None and not _sentence_needs(code) <= facts:
                missing.append((where, code, f"needs {sorted(_sentence_needs(code) - facts)}"))
    assert found > 10
    assert missing == []


def test_every_no_of_the_ledger_has_a_sentence() -> None:
    """U104: the ledger sends codes; the terminal has the words, under `denied` or under the rule's own code."""
    calls = _calls("sync/clubtill_ledger", "sync/clubtill_sync")
    raised = ((where, code) for where, name, call in calls if name == "Refusal" for code in _first(call))
    # A web store reads its sentences in the answer itself.
    found = {code for where, code in raised if "clubtill_ledger/web/" not in str(where) or code not in PROBLEMS}
    assert len(found) > 5
    unsaid = {code for code in found if f"denied.{code}" not in WORDS.sentences} - WORDS.sentences.keys()
    assert unsaid == set()


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_every_fault_has_a_sentence_that_needs_no_fact(code: str) -> None:
    """U115: the world breaks anywhere; its sentence is at hand even where nothing is known about it."""
    assert code in WORDS.sentences
    assert _sentence_needs(code) == set()


def test_every_reason_has_words() -> None:
    """Architecture 3: what a rule answers can be explained by tapping "Why?"."""
    missing, found = [], 0
    for where, name, call in _calls("src/clubtill_rules"):
        if name not in {"because", "Because"}:
            continue
        for code in _first(call):
            found += 1
            facts = _facts(call)
            words = WORDS.reasons.get(code, WORDS.labels.get(code))
            if words is None:
                missing.append((where, code, "no words"))
                continue
            needs = places(words if isinstance(words, str) else words["other"])
            if facts is not None and not needs <= facts:
                missing.append((where, code, f"needs {sorted(needs - facts)}"))
    assert found > 0
    assert missing == []


def test_every_dotted_code_in_the_rules_has_words() -> None:
    """R45, R68: verdicts, exclusions and attach decisions name their sentence or label by a constant."""
    known = {*WORDS.sentences, *WORDS.labels, *WORDS.reasons}
    unknown = [
        (str(path.relative_to(ROOT)), node.value)
        for path in sorted((ROOT / "src/clubtill_rules").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
        and node.value not in known
    ]
    assert unknown == []


def test_screens_ask_only_for_words_that_exist() -> None:
    """U103: every `label("...")` and `sentence("...")` in the terminal, with the facts its words name."""
    missing, found = [], 0
    for where, name, call in _calls("src/clubtill_terminal", "src/clubtill_wording"):
        if name not in {"label", "sentence"}:
            continue
        for key in _first(call):
            found += 1
            known = WORDS.labels if name == "label" else WORDS.sentences
            if key not in known:
                missing.append((where, key, "no words"))
            elif name == "label" and (facts := _facts(call)) is not None:
                words = WORDS.labels[key]
                needs = {n for text in ([words] if isinstance(words, str) else words.values()) for n in places(text)}
                if not needs <= facts:
                    missing.append((where, key, f"needs {sorted(needs - facts)}"))
    assert found > 20
    assert missing == []
