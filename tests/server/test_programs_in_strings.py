"""Programs that tests and scripts hold as text import what is there: a rename reaches them too."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests", "deploy", "benchmarks")


def programs() -> Iterator[tuple[str, ast.Module]]:
    """Every text of several lines in our Python that is Python too."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if "node_modules" in path.parts or "cases" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if "from graphkeep" not in node.value:
                        continue
                    try:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.parse(node.value)
                    except SyntaxError:
                        continue


def test_what_they_import_is_there() -> None:
    missing = [
        f"{where}: {node.module}.{alias.name}"
        for where, program in programs()
        for node in ast.walk(program)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graphkeep")
        for alias in node.names
        if alias.name != "*" and not is_there(str(node.module), alias.name)
    ]

    assert missing == []


def is_there(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name) or bool(
            importlib.import_module(f"{module}.{name}")
        )
    except ModuleNotFoundError:
        return False
