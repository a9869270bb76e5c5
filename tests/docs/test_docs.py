"""The docs say what the code does: rooms, settings, commands and links are held against it."""

import re
from collections import Counter
from pathlib import Path

from graphkeep.server.cli import commands
from graphkeep.server.cli.config import documented_defaults, settings_page
from graphkeep.server.config import env

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"


def test_the_layers_page_lists_every_package() -> None:
    text = (DOCS / "explanation/layers.md").read_text()
    listed = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))

    packages = {path.parent.name for path in (ROOT / "src/graphkeep").glob("*/__init__.py")}
    assert listed == packages


def test_every_setting_has_its_section() -> None:
    import graphkeep.server.settings  # noqa: F401 - declares them

    text = (DOCS / "reference/settings.md").read_text()

    assert set(re.findall(r"^### `(\w+)`", text, re.MULTILINE)) == set(env.KNOWN)


def test_sh02_the_reference_of_settings_is_what_the_command_prints() -> None:
    import graphkeep.server.settings  # noqa: F401 - declares them

    printed = settings_page(env.KNOWN.values())

    assert (DOCS / "reference/settings.md").read_text() == printed, (
        "graphkeep config reference > docs/reference/settings.md"
    )


def test_every_command_has_its_section() -> None:
    text = (DOCS / "reference/commands.md").read_text()

    sections = re.findall(r"^## `graphkeep (\w+)`", text, re.MULTILINE)
    assert sorted(sections) == sorted(commands.commands)


def test_no_reference_page_says_a_line_twice() -> None:
    twice = [
        (page.name, line)
        for page in sorted((DOCS / "reference").glob("*.md"))
        for line, count in Counter(page.read_text().splitlines()).items()
        if count > 1 and len(line) > 60 and page.name != "settings.md"
    ]

    assert twice == []


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        (str(page.relative_to(ROOT)), target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_the_env_file_lists_every_setting_with_its_default() -> None:
    assert (ROOT / ".env").read_text() == documented_defaults()


def test_every_audit_event_has_its_line() -> None:
    sources = [path.read_text() for path in (ROOT / "src/graphkeep").rglob("*.py")]
    recorded = {
        event
        for text in sources
        for event in re.findall(r'(?:record|recorder_of)\(\s*"([a-z.-]+)"', text)
    }
    text = (DOCS / "reference/audit-events.md").read_text()

    rows = re.findall(r"^\| (`.+?) \|", text.partition("| event")[2], re.MULTILINE)
    listed = [event for row in rows for event in re.findall(r"`([a-z]+(?:[.-][a-z-]+)*)`", row)]
    assert sorted(listed) == sorted(recorded)
