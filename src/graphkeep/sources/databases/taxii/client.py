"""The requests of TAXII 2.1: discovery, collections, objects page by page; to the configured host alone.

OASIS TAXII 2.1, sections 4 and 5. taxii2-client opens its own connections, so it is a test partner only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from graphkeep.sources.databases.http_client import HttpClient
from graphkeep.sources.databases.http_client.client import PATH, has_dot_segments, parse_json
from graphkeep.sources.databases.stages import ConnectorError

MEDIA_TYPE = "application/taxii+json;version=2.1"
MAX_ROOTS, MAX_COLLECTIONS = 20, 1_000


@dataclass(frozen=True, kw_only=True)
class Collection:
    collection_id: str
    title: str
    description: str
    path: str
    can_read: bool
    can_write: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """`is_last`: the server has no more objects."""

    objects: list[Any]
    is_last: bool


class TaxiiClient:
    """`discovery_path` as configured; API roots on other hosts are left out."""

    def __init__(self, http: HttpClient, discovery_path: str) -> None:
        self.http = http
        self.discovery_path = discovery_path

    def get(
        self, path: str, query: list[tuple[str, str]] | None = None
    ) -> tuple[Any, dict[str, str]]:
        """Raises ConnectorError: the answer is none of TAXII."""
        answer = self.http.send("GET", path, query=query or [], headers={"Accept": MEDIA_TYPE})
        content = parse_json(answer.body)
        if not isinstance(content, dict):
            raise ConnectorError(
                "query", "The answer is none of TAXII 2.1.", advice="Check the discovery path."
            )
        return content, dict(answer.headers)

    def roots(self) -> list[str]:
        """The paths of the API roots. Raises ConnectorError: there is none on this host."""
        content, _ = self.get(self.discovery_path)
        links = [content.get("default"), *as_list(content.get("api_roots"))]
        paths = dict.fromkeys(path for link in links if (path := self.path_of(link)))
        if not paths:
            raise ConnectorError(
                "query", "The discovery names no API root on this host.",
                advice="Check the discovery path, and that the host is the one that the server itself names.",
            )  # fmt: skip
        return list(paths)[:MAX_ROOTS]

    def path_of(self, link: Any) -> str:
        """The path of a link to this very host, with a slash at its end; "" for any other."""
        if not isinstance(link, str):
            return ""
        try:
            address = urlsplit(link)
            port = address.port
        except ValueError:
            return ""
        # Behind a proxy a server may name another scheme or port: only the path is used, so nothing else can be reached.
        is_here = address.hostname == self.http.host and "@" not in address.netloc
        if not (address.scheme or address.netloc):
            is_here = not link.startswith("//")
        elif address.scheme not in {"http", "https"}:
            is_here = False
        if not is_here or (port is not None and not 0 < port < 65536):
            return ""
        path = address.path.rstrip("/") + "/"
        is_plain = path.startswith("/") and PATH.fullmatch(path) and not has_dot_segments(path)
        return path if is_plain and not path.startswith("//") else ""

    def collections(self) -> list[Collection]:
        """Raises ConnectorError."""
        found: list[Collection] = []
        for root in self.roots():
            content, _ = self.get(f"{root}collections/")
            found += [
                collection_of(entry, root)
                for entry in as_list(content.get("collections"))[:MAX_COLLECTIONS]
                if isinstance(entry, dict) and isinstance(entry.get("id"), str)
            ]
        return found

    def collection(self, name: str) -> Collection:
        """By id, else by title. Raises ConnectorError: there is none, or several, or it may not be read."""
        collections = self.collections()
        found = [each for each in collections if each.collection_id == name] or [
            each for each in collections if each.title == name
        ]
        if len(found) != 1:
            titles = ", ".join(each.title or each.collection_id for each in collections[:20])
            problem = f"has {len(found)} collections" if found else "has no collection"
            raise ConnectorError(
                "query", f"The server {problem} '{name[:100]}'.", advice=f"Name one by its id. There are: {titles}."
            )  # fmt: skip
        if not found[0].can_read:
            raise ConnectorError(
                "permission", f"The account may not read the collection '{name[:100]}'."
            )
        return found[0]

    def pages(
        self, collection: Collection, match: list[tuple[str, str]], limit: int
    ) -> Iterator[Page]:
        """All pages of the objects. A server that sends `more` without `next` is asked by the date of the last object.

        Raises:
            ConnectorError: a request fails, or the server sends the same page again.
        """
        query = [*match, ("limit", str(limit))]
        previous: list[Any] = []
        while True:
            content, headers = self.get(collection.path, query)
            objects = as_list(content.get("objects"))
            following = (
                self.following(content, headers, query) if content.get("more") is True else None
            )
            yield Page(objects=objects, is_last=following is None)
            if following is None:
                return
            if (
                not objects or objects == previous
            ):  # servers may use one value of `next` for all pages
                raise ConnectorError(
                    "query", "The server says that there is more, and sends nothing new."
                )
            previous = objects
            query = following

    def following(
        self, content: dict[str, Any], headers: dict[str, str], query: list[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        name, value = "next", content.get("next")
        if not isinstance(value, str):
            name, value = "added_after", headers.get("x-taxii-date-added-last", "")
        if not value:
            return query
        return [pair for pair in query if pair[0] != name] + [(name, value)]


def collection_of(entry: dict[str, Any], root: str) -> Collection:
    return Collection(
        collection_id=entry["id"],
        title=str(entry.get("title", "")),
        description=str(entry.get("description", "")),
        path=f"{root}collections/{quote(entry['id'], safe='')}/objects/",
        can_read=entry.get("can_read") is True,
        can_write=entry.get("can_write") is True,
    )


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
