"""A double of MISP's REST API, by its public description: version, the account, restSearch, an event."""

from tests.sources.databases.http.json_service import Reply, Request

KEY = "misp-canary-90aa"
ROLES = {
    KEY: {"perm_add": False, "perm_admin": False, "perm_site_admin": False, "perm_sync": False,
          "perm_publish": False},
    "admin-key": {"perm_add": True, "perm_admin": True, "perm_site_admin": True, "perm_sync": True,
                  "perm_publish": True},
}  # fmt: skip
ATTRIBUTES = [
    {"id": "1", "event_id": "7", "type": "ip-dst", "category": "Network activity", "to_ids": True,
     "value": "192.0.2.1", "comment": "", "timestamp": "1795953600"},
    {"id": "2", "event_id": "8", "type": "domain", "category": "Network activity", "to_ids": True,
     "value": "evil.example", "comment": "", "timestamp": "1795953600"},
]  # fmt: skip
EVENT = {
    "id": "7", "info": "A campaign", "date": "2026-11-29", "threat_level_id": "1",
    "attribute_count": "2", "Orgc": {"name": "CERT"}, "Tag": [{"name": "tlp:green"}],
    "Attribute": [ATTRIBUTES[0]],
    "Object": [{"name": "file", "Attribute": [{**ATTRIBUTES[1], "type": "sha256", "value": "ab" * 32}]}],
}  # fmt: skip


def answer(request: Request) -> Reply | None:
    role = ROLES.get(request.headers.get("authorization", ""))
    if role is None:
        return Reply(status=403, content={"name": "Authentication failed.", "url": request.path})
    match request.method, request.path:
        case "GET", "/servers/getVersion":
            return Reply(content={"version": "2.5.20", "perm_sync": role["perm_sync"]})
        case "GET", "/users/view/me.json":
            return Reply(content={"User": {"id": "3"}, "Role": role})
        case "POST", "/attributes/restSearch":
            wanted = request.body["value"]
            wanted = wanted if isinstance(wanted, list) else [wanted]
            found = [each for each in ATTRIBUTES if each["value"] in wanted]
            return Reply(content={"response": {"Attribute": found}})
        case "POST", "/events/restSearch":
            return Reply(content={"response": [{"Event": EVENT}]})
        case "GET", "/events/view/7.json":
            return Reply(content={"Event": EVENT})
    return Reply(status=404, content={"errors": ["not found"]})
