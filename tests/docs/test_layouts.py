"""The page on layouts names every layout there is, and no other."""

import re
from pathlib import Path

from graphkeep.compute.layouts import LAYOUTS

PAGE = Path("docs/how-to/graphs/arrange-a-graph.md")


def test_every_layout_stands_on_the_page_by_its_title_and_its_name() -> None:
    rows = re.findall(r"^\| (\w+) \|.*\| `(\w+)` \|$", PAGE.read_text(), re.MULTILINE)

    assert rows == [(layout.title, layout.name) for layout in LAYOUTS.values()]
