"""What the pages on files, HTTP and TAXII show is asked as it stands there."""

import re
from pathlib import Path

from graphkeep.sources.databases.duckdb import KIND as DUCKDB
from graphkeep.sources.databases.http import KIND as HTTP
from graphkeep.sources.databases.sqlite import KIND as SQLITE
from graphkeep.sources.databases.taxii import KIND as TAXII
from tests.database_servers.taxii import PASSWORD
from tests.sources.databases.http.json_service import Reply, json_service
from tests.sources.databases.kinds import ask, context_of

PAGES = Path(__file__).parents[4] / "docs/how-to/connectors"


def shown(page, language):
    (text,) = re.findall(rf"```{language}\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    return text


def test_the_query_on_the_pages_of_files(database_files):
    for kind, name in ((SQLITE, "sqlite"), (DUCKDB, "duckdb")):
        context = context_of(kind, {"file": f"net.{name}"}, files_folder=database_files)
        table = ask(
            kind, "sql", shown(f"connect-{name}.md", "sql"), context, parameters={"limit": 3},
            allowed={"tables": ("main.hosts",)},
        )  # fmt: skip
        assert table.to_pylist() == [{"name": f"h{number}", "hosts": 1} for number in range(3)]


def test_the_request_on_the_page_of_http():
    def answer(request):
        if request.path != "/api/hosts/192.0.2.7/flows":
            return None
        page = int(request.query.get("page", ["1"])[0])
        following = f"{request.path}?limit=100&page=2" if page == 1 else None
        return Reply(content={"data": {"flows": [{"n": page}]}, "links": {"next": following}})

    with json_service(answer) as service:
        table = ask(
            HTTP, "request", shown("connect-http.md", "json"), context_of(HTTP, service.settings),
            parameters={"ip": "192.0.2.7", "port": 443}, allowed={"paths": ("/api/hosts/*",)},
        )  # fmt: skip

    assert table.to_pylist() == [{"ip": "192.0.2.7", "n": 1}, {"ip": "192.0.2.7", "n": 2}]
    assert service.requests[0].query == {"port": ["443"], "limit": ["100"]}


def test_the_query_on_the_page_of_taxii(taxii_server):
    context = context_of(TAXII, taxii_server.settings, {"token": PASSWORD})

    assert ask(TAXII, "taxii", shown("connect-taxii.md", "json"), context).num_rows == 30
