"""The page and the command tell the same places."""

import re
from pathlib import Path

from graphkeep.upkeep.data_map import DATA_LOCATIONS

PAGE = Path(__file__).parent.parent.parent / "docs/explanation/where-data-is-stored.md"


def test_sh83_the_page_lists_every_place():
    rows = re.findall(
        r"^\| `(.+?)` \| (.+?) \| (.+?) \| (yes|no) \| (.+?) \| (.+?) \|$",
        PAGE.read_text(),
        re.MULTILINE,
    )

    assert rows == [
        (
            one.path,
            one.kind,
            one.holds,
            "yes" if one.is_persistent else "no",
            one.protection,
            one.in_backups,
        )
        for one in DATA_LOCATIONS
    ]
