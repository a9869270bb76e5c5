"""The fenced blocks of a how-to page, to run them as they are written."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[4] / "docs/how-to/connectors"


def blocks(page: str, language: str = "sql") -> list[str]:
    text = (DOCS / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def recipe(page: str, language: str = "sql") -> list[str]:
    """The statements of the first block: a role that may only read."""
    return [
        statement.strip()
        for statement in blocks(page, language)[0].split(";\n")
        if statement.strip()
    ]
