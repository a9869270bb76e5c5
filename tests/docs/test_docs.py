"""The docs say what the code does."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"


def test_the_floors_page_lists_every_room() -> None:
    text = (DOCS / "explanation/floors.md").read_text()
    listed = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))

    rooms = {path.parent.name for path in (ROOT / "src/graphkeep").glob("*/__init__.py")}
    assert listed == rooms


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        (str(page.relative_to(ROOT)), target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []
