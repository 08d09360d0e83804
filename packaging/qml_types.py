"""Writes what a QML module's Python registers, for the registrar's type file: qml_types.py FOLDER OUT.json.

The module is imported and asked, not read as text: a view model's properties are made from its snapshot class, which no
parser of the source sees.
"""

import ast
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMetaMethod, QMetaObject, QMetaProperty, QObject

_QTS_OWN = "PySide6."


def registered(source: Path) -> dict[str, dict[str, str]]:
    """The classes of one Python file that QML may name, with what their decorators say of them."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(source.read_text()).body:
        if not isinstance(node, ast.ClassDef):
            continue
        marks = {ast.unparse(mark).partition("(")[0]: mark for mark in node.decorator_list}
        if "QmlElement" not in marks:
            continue
        facts = {"QML.Element": "auto"}
        if "QmlSingleton" in marks:
            facts["QML.Singleton"] = "true"
        if "QmlUncreatable" in marks:
            facts |= {"QML.Creatable": "false", "QML.UncreatableReason": "made by the program"}
        found[node.name] = facts
    return found


def _property(each: QMetaProperty) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": each.name(),
        "type": each.typeName(),
        "read": each.name(),
        "constant": each.isConstant(),
    }
    if each.isWritable():
        facts["write"] = each.name()
    if each.hasNotifySignal():
        facts["notify"] = bytes(each.notifySignal().name().data()).decode()
    return facts


def _method(each: QMetaMethod) -> dict[str, Any]:
    names, types = each.parameterNames(), each.parameterTypes()
    return {
        "access": "public",
        "name": bytes(each.name().data()).decode(),
        "returnType": each.typeName() or "void",
        "arguments": [
            {"name": bytes(name.data()).decode() or f"a{n}", "type": bytes(kind.data()).decode()}
            for n, (name, kind) in enumerate(zip(names, types, strict=True), 1)
        ],
    }


def described(kind: type[QObject], facts: dict[str, str]) -> dict[str, Any]:
    """One class in the registrar's words: its own properties, signals and slots; a base has its own."""
    meta: QMetaObject = kind.staticMetaObject
    methods = [meta.method(n) for n in range(meta.methodOffset(), meta.methodCount())]
    return {
        "className": kind.__name__,
        "qualifiedClassName": kind.__name__,
        "object": True,
        "superClasses": [{"access": "public", "name": meta.superClass().className()}],
        "classInfos": [{"name": name, "value": value} for name, value in facts.items()],
        "properties": [_property(meta.property(n)) for n in range(meta.propertyOffset(), meta.propertyCount())],
        "signals": [_method(each) for each in methods if each.methodType() is QMetaMethod.MethodType.Signal],
        "slots": [_method(each) for each in methods if each.methodType() is QMetaMethod.MethodType.Slot],
    }


def dump(folder: Path) -> dict[str, Any]:
    """Everything that the Python files of `folder` register, with the bases they share that are not Qt's own."""
    package = ".".join(folder.parts[folder.parts.index("src") + 1 :])
    classes: dict[str, dict[str, Any]] = {}
    for source in sorted(folder.glob("*.py")):
        for name, facts in registered(source).items():
            kind: type[QObject] = getattr(importlib.import_module(f"{package}.{source.stem}"), name)
            classes[name] = described(kind, facts)
            for base in kind.__mro__[1:]:
                if issubclass(base, QObject) and not base.__module__.startswith(_QTS_OWN):
                    classes.setdefault(base.__name__, described(base, {}))
    module = ".".join(package.split(".")[1:])
    return {
        "classes": list(classes.values()),
        "outputRevision": 68,
        "QML_IMPORT_NAME": module,
        "QML_IMPORT_MAJOR_VERSION": 1,
        "QML_IMPORT_MINOR_VERSION": 0,
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps([dump(Path(sys.argv[1]))]))
