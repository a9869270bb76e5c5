"""The hardening pages and the doctor share one table."""

import re
from pathlib import Path

from graphkeep.upkeep.doctor.check import TOPICS
from graphkeep.upkeep.doctor.checks import CHECKS

PAGES = Path(__file__).parent.parent.parent / "docs/how-to/harden"


def test_sh05_every_check_stands_on_the_page_of_its_topic_and_nowhere_else():
    said = {
        (page.stem, *row)
        for page in PAGES.glob("*.md")
        for row in re.findall(
            r'^\| <a id="([\w.-]+)"></a>`\1` \| (.+) \| ([\w, -]*) \|$',
            page.read_text(),
            re.MULTILINE,
        )
    }

    assert said == {(one.topic, one.check_id, one.why, ", ".join(one.rows)) for one in CHECKS}
    assert {page.stem for page in PAGES.glob("*.md")} == {"README", *TOPICS}


def test_sh05_every_page_says_whom_it_is_for():
    for page in PAGES.glob("*.md"):
        assert re.search(
            r"^\*For the (administrator|developer)\.\*", page.read_text(), re.MULTILINE
        ), page


def test_sh01_there_are_at_least_sixty_checks_with_ids_of_their_own():
    assert len({one.check_id for one in CHECKS}) == len(CHECKS) >= 60
