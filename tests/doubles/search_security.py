"""A double of the security of OpenSearch and Elasticsearch, by their references, before a real server that has none.

A request is one of the actions that its reference names; the role, as its page has it, allows them or not. A pattern of a
request is held to the patterns of the role as it stands, as OpenSearch does unless `do_not_fail_on_forbidden` is on.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.database_servers.opensearch import OpenSearchServer
from tests.sources.databases.http.json_service import Reply, Request

GROUPS = {
    "read": ("indices:data/read*", "indices:admin/mappings/fields/get*", "indices:admin/resolve/index"),
    "write": ("indices:data/write*", "indices:admin/mapping/put"),
    "cluster_composite_ops_ro": (
        "indices:data/read/mget", "indices:data/read/msearch", "indices:data/read/mtv", "indices:data/read/scroll",
        "indices:admin/aliases/exists*", "indices:admin/aliases/get*", "indices:admin/resolve/index",
    ),
}  # fmt: skip
ROUTES = (
    ("GET", r"/", "cluster:monitor/main"),
    ("POST", r"/([^/_][^/]*)/_search/point_in_time", "indices:data/read/point_in_time/create"),
    ("DELETE", r"/_search/point_in_time", "indices:data/read/point_in_time/delete"),
    ("POST", r"/([^/_][^/]*)/_search", "indices:data/read/search"),
    ("POST", r"/_search", "indices:data/read/search"),
    ("GET", r"/([^/_][^/]*)/_mapping", "indices:admin/mappings/get"),
    ("PUT", r"/([^/_][^/]*)/_doc/1", "indices:data/write/index"),
)


@dataclass(frozen=True)
class SignedIn:
    """A server that asks for a password by Basic authentication; what it answers then is the real one's."""

    server: OpenSearchServer
    port: int = 0
    host: str = "127.0.0.1"
    user: str = "contract"
    password: str = "contract-canary"

    def fill(self, index: str, documents: dict[str, dict[str, Any]]) -> None:
        self.server.fill(index, documents)

    def answer(self, request: Request) -> Reply:
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return Reply(status=401, content=b"Unauthorized")
        if request.path == "/_plugins/_security/authinfo":
            return Reply(
                content={"user_name": self.user, "roles": ["own_index"], "backend_roles": []}
            )
        query = "&".join(
            f"{name}={value}" for name, values in request.query.items() for value in values
        )
        return Reply(
            content=self.server.send(request.method, f"{request.path}?{query}", request.body)
        )


class OpenSearchSecurity:
    """`role`: the body of PUT _plugins/_security/api/roles/NAME. `refused` are actions that it does not allow."""

    def __init__(self, server: OpenSearchServer, role: Mapping[str, Any], name: str) -> None:
        self.server = server
        self.role = role
        self.name = name
        self.allowed: list[str] = []
        self.refused: list[str] = []

    def answer(self, request: Request) -> Reply:
        if request.path == "/_plugins/_security/authinfo":
            return Reply(
                content={
                    "user_name": "graphkeep",
                    "roles": [self.name, "own_index"],
                    "backend_roles": [],
                }
            )
        for method, pattern, action in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                indexes = match[1].split(",") if match.lastindex else []
                return self.forwarded(request, action, indexes)
        return Reply(
            status=405,
            content={"error": f"{request.method} {request.path} is no route of this double"},
        )

    def forwarded(self, request: Request, action: str, indexes: Sequence[str]) -> Reply:
        if not self.is_allowed(action, indexes):
            self.refused.append(action)
            return Reply(
                status=403, content={"error": {"reason": f"no permissions for [{action}]"}}
            )
        self.allowed.append(action)
        query = "&".join(
            f"{name}={value}" for name, values in request.query.items() for value in values
        )
        return Reply(
            content=self.server.send(request.method, f"{request.path}?{query}", request.body)
        )

    def is_allowed(self, action: str, indexes: Sequence[str]) -> bool:
        if covers(self.role["cluster_permissions"], action):
            return True
        return any(
            covers(entry["allowed_actions"], action)
            and all(
                any(fnmatchcase(index, own) for own in entry["index_patterns"]) for index in indexes
            )
            for entry in self.role["index_permissions"]
        )


def covers(permissions: Sequence[str], action: str) -> bool:
    actions = [each for one in permissions for each in GROUPS.get(one, (one,))]
    return any(fnmatchcase(action, each) for each in actions)


class ElasticsearchSecurity:
    """Answers `_has_privileges` for a role; `role` is the body of PUT _security/role/NAME."""

    def __init__(
        self, role: Mapping[str, Any], indexes: Sequence[str] = ("net-2026", "auth-2026")
    ) -> None:
        self.role = role
        self.indexes = indexes

    def answer(self, request: Request) -> Reply | None:
        if request.path == "/":
            return Reply(content={"version": {"number": "8.17.0"}})
        if request.path.endswith("/_mapping"):
            return Reply(content={name: {"mappings": {}} for name in self.indexes})
        if request.path != "/_security/user/_has_privileges":
            return None
        cluster = set(self.role.get("cluster", ()))
        (asked,) = request.body["index"]
        return Reply(
            content={
                "cluster": {
                    name: name in cluster or "all" in cluster for name in request.body["cluster"]
                },
                "index": {
                    name: {each: self.has(each, name) for each in asked["privileges"]}
                    for name in asked["names"]
                },
            }
        )

    def has(self, privilege: str, index: str) -> bool:
        return any(
            {privilege, "all"} & set(entry["privileges"])
            and any(fnmatchcase(index, own) for own in entry["names"])
            for entry in self.role["indices"]
        )
