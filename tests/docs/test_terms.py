"""A newcomer who searches for a term of the field finds the page, and the file, that is about it."""

import re
from pathlib import Path

import pytest

from graphkeep.server.docs_site.index import search

SOURCE = Path(__file__).parents[2] / "src/graphkeep"
FIRST_FOUND = 5
# The term, the file that is about it, and the page that is.
TERMS = (
    ("sandbox", "sandbox/pool.py", "docs/explanation/security.md"),
    ("rate limit", "accounts/rate_limit.py", "docs/decisions/0015-own-rate-limits.md"),
    ("reverse proxy", "server/http/proxy_headers.py", "docs/how-to/harden/network.md"),
    ("quota", "accounts/usage.py", "docs/reference/glossary.md"),
    ("throttle", "accounts/rate_limit.py", "docs/reference/glossary.md"),
    ("heartbeat", "datasets/layout/viewer_presence.py", "docs/reference/glossary.md"),
    ("CSR", "compute/kernels/csr.py", "docs/reference/glossary.md"),
    ("union-find", "compute/kernels/union_find.py", "docs/reference/glossary.md"),
    ("sandbox escape", "sandbox/isolation.py", "docs/explanation/security.md"),
    ("WebSocket backpressure", "api/flow_control.py", "docs/reference/glossary.md"),
    ("audit log", "accounts/audit.py", "docs/reference/audit-events.md"),
    ("restore", "upkeep/backup/restore.py", "docs/how-to/operate/back-up-and-restore.md"),
    ("encoding", "graph/encodings.py", "docs/reference/http-api.md"),
    ("layout options", "compute/layout.py", "docs/reference/http-api.md"),
    ("percentile", "view/channels.py", "docs/how-to/graphs/find-what-matters.md"),
    ("payload", "datasets/queries/view_state.py", "docs/reference/glossary.md"),
    ("idempotent", "jobs/queue.py", "docs/reference/glossary.md"),
    ("layout metadata", "datasets/layout/metadata.py", "docs/reference/glossary.md"),
    ("session", "accounts/credentials/sessions.py", "docs/how-to/harden/server.md"),
    ("permission", "accounts/operations/permissions.py", "docs/reference/glossary.md"),
)
EVERY = pytest.mark.parametrize(("term", "file", "page"), TERMS, ids=[one[0] for one in TERMS])


@EVERY
def test_the_search_of_the_documentation_finds_the_page(term: str, file: str, page: str) -> None:
    assert page in [found.read.page.source for found in search(term)[:FIRST_FOUND]]


@EVERY
def test_a_search_of_the_source_finds_the_file(term: str, file: str, page: str) -> None:
    """In its text or its name; words may be joined as in an identifier."""
    pattern = re.compile(r"[\s_-]*".join(re.split(r"[\s-]", term)), re.IGNORECASE)
    path = SOURCE / file

    assert pattern.search(path.read_text()) or pattern.search(file)
