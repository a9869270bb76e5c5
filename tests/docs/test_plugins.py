"""The code on the pages for plugin authors is the code of the example package."""

import re
from pathlib import Path

import pytest

EXAMPLE = Path("tests/plugins/graphkeep-example")
PAGES = Path("docs/how-to/contribute")


def snippets(page: str) -> list[str]:
    return re.findall(r"```(?:python|toml)\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)


@pytest.mark.parametrize(
    ("page", "files"),
    [
        ("write-a-layout.md", ["pyproject.toml", "spiral.py", "reciprocity.py"]),
        ("write-a-format.md", ["pyproject.toml", "pairs.py"]),
        ("write-a-connector.md", ["pyproject.toml", "whois.py"]),
    ],
)
def test_each_snippet_is_in_the_example_as_it_is(page: str, files: list[str]) -> None:
    found = snippets(page)

    assert len(found) == len(files)
    for snippet, name in zip(found, files, strict=True):
        (path,) = EXAMPLE.rglob(name)
        assert snippet in path.read_text()
