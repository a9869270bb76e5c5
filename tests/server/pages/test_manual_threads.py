"""The documentation's parser is shared by the threads of a process: the first requests may arrive at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from markdown_it.ruler import Ruler

from graphkeep.server.docs_site.markdown import parser, read_as_of
from graphkeep.server.docs_site.page_index import INDEX, pages


class SlowRules(list):
    """Rules between which another thread gets its turn."""

    def __iter__(self) -> Iterator[object]:
        for rule in super().__iter__():
            time.sleep(0.001)
            yield rule


@pytest.fixture
def first_parser(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The parser of a process that has just started, and whose rules compile slowly."""
    initialize = Ruler.__init__

    def initialize_slowly(self: Ruler) -> None:
        initialize(self)
        self.__rules__ = SlowRules()

    monkeypatch.setattr(Ruler, "__init__", initialize_slowly)
    parser.cache_clear()
    parser()
    yield
    parser.cache_clear()


@pytest.mark.usefixtures("first_parser")
def test_the_first_requests_at_once_all_get_the_page():
    page = pages()[INDEX]
    with ThreadPoolExecutor(8) as threads:
        rendered = list(threads.map(lambda number: read_as_of(page, -number), range(8)))

    assert {one.html for one in rendered} == {rendered[0].html}
    assert "<h2" in rendered[0].html
