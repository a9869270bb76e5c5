"""Who may do what, by hand. Nothing here is taken from the product: it is what the product is held against.

A *deed* is done to a *thing* by somebody who stands in a *relation* to it, with a *credential*.
"""

# --- things: graphs of alice's, who is in acme, and whom each is for --------------------------
GRAPHS = ("private", "organization", "organization-edit", "public", "missing")

EVERYBODY = {"owner", "member", "organization-admin", "viewer", "editor", "sharer", "stranger",
             "nobody"}  # fmt: skip
SEES = {
    "private": {"owner", "viewer", "editor", "sharer"},
    "organization": {"owner", "member", "organization-admin"},
    "organization-edit": {"owner", "member", "organization-admin"},
    "public": EVERYBODY,
    "missing": set(),
}
EDITS = {
    "private": {"owner", "editor", "sharer"},
    "organization": {"owner", "organization-admin"},
    "organization-edit": {"owner", "member", "organization-admin"},
    "public": {"owner"},
    "missing": set(),
}
SHARES = {
    "private": {"owner", "sharer"},
    "organization": {"owner", "organization-admin"},
    "organization-edit": {"owner", "organization-admin"},
    "public": {"owner"},
    "missing": set(),
}
DELETES = {
    "private": {"owner"},
    "organization": {"owner", "organization-admin"},
    "organization-edit": {"owner", "organization-admin"},
    "public": {"owner"},
    "missing": set(),
}

# --- connectors: of the site and of acme; who has which right, beside the Admins with the scope `admin` ---
CONNECTORS = ("site", "acme", "missing")
RIGHTS = {
    "site": {"owner": "ask", "member": "use", "viewer": "manage"},
    "acme": {"owner": "ask", "member": "", "organization-admin": "manage"},
}
ORDER = ("", "use", "ask", "manage")

# --- who asks: relation to alice's graphs, kind of credential, scopes -------------------------
ALL = {"read", "upload", "edit", "share", "account", "admin"}
PASSWORD = ALL - {"admin"}
IDENTITIES = {
    "anonymous": ("nobody", "none", {"read"}),
    "inactive": ("nobody", "dead", set()),
    "alice, session": ("owner", "session", ALL),
    "alice, token": ("owner", "token", PASSWORD),
    "alice, key to read": ("owner", "key", {"read"}),
    "alice, key to upload": ("owner", "key", {"upload"}),
    "alice, key to edit": ("owner", "key", {"edit"}),
    "alice, key to share": ("owner", "key", {"share"}),
    "alice, key to account": ("owner", "key", {"account"}),
    "alice, revoked key": ("nobody", "dead", set()),
    "bob, session": ("member", "session", ALL),
    "bob, token": ("member", "token", PASSWORD),
    "acme's admin, token": ("organization-admin", "token", PASSWORD),
    "charlie, session": ("stranger", "session", ALL),
    "charlie, token": ("stranger", "token", PASSWORD),
    "viewer, token": ("viewer", "token", PASSWORD),
    "editor, token": ("editor", "token", PASSWORD),
    "sharer, token": ("sharer", "token", PASSWORD),
    "Admin, session": ("stranger", "fresh admin", ALL),
    "Admin, session long after the password": ("stranger", "stale admin", ALL),
    "Admin, token": ("stranger", "token", PASSWORD),
    "Admin, key to admin": ("stranger", "key", {"admin"}),
    "link": ("nobody", "pass", {"read"}),
    "embed token": ("nobody", "pass", {"read"}),
}
SESSIONS = {"session", "fresh admin", "stale admin"}

# --- deeds: which right, which scope, for each method of each route ---------------------------
READ_GRAPH = {"GET": ("see", "read")}
ROUTES = {
    # route: what stands in it ({graph}, {file}, {link}, {key}), and the deed of each method
    "/healthz": {"GET": ("anything", "")},
    "/etl": {"GET": ("anything", ""), "POST": ("anything", "")},
    "/auth/verify/": {"GET": ("be signed in in a browser", "")},
    "/api-token-auth/": {"POST": ("anything", "")},
    "/api-token-refresh/": {"POST": ("anything", "")},
    "/api-token-verify/": {"POST": ("anything", "")},
    "/api/v2/auth/pkey/jwt/": {"GET": ("show a key", ""), "POST": ("show a key", "")},
    "/api/v2/auth/pkey/": {
        "GET": ("be somebody", "account"),
        "POST": ("make a usual key", "account"),
    },
    "/api/v2/auth/pkey/{key}/": {"DELETE": ("own key", "account")},
    "/api/v2/o/acme/switch/": {"POST": ("be a member", "read")},
    "/api/v2/g/sso/oidc/login/": {"GET": ("anything", ""), "POST": ("anything", "")},
    "/api/v2/o/acme/sso/oidc/login/": {"GET": ("anything", ""), "POST": ("anything", "")},
    "/api/v2/logout-user/username/bob/": {"GET": ("administer by a key", "admin")},
    "/api/v2/generate/single-use-url/": {"GET": ("administer by a key", "admin")},
    "/api/v2/files/": {"GET": ("be somebody", "read"), "POST": ("be somebody", "upload")},
    "/api/v2/files/{file}/": {
        "GET": ("own file", "read"),
        "PATCH": ("own file", "edit"),
        "DELETE": ("own file", "edit"),
    },
    "/api/v2/upload/files/{file}": {"POST": ("own file", "upload")},
    "/api/new/{file}/readings/": {
        "GET": ("own file", "read"),
        "DELETE": ("own file", "upload"),
    },
    "/api/new/{file}/preview/": {"POST": ("own file", "read")},
    "/api/new/{file}/graph/": {"POST": ("own file", "upload")},
    "/api/v2/upload/datasets/": {"POST": ("be somebody", "upload")},
    "/api/v2/upload/datasets/{graph}/edges/nonsense": {"POST": ("edit", "upload")},
    "/api/v2/upload/datasets/{graph}/": {"GET": ("see", "read")},
    "/api/v2/datasets/": {"GET": ("be somebody", "read")},
    "/api/v2/datasets/{graph}/": {
        "GET": ("see", "read"),
        "PATCH": ("edit", "edit"),
        "DELETE": ("delete", "edit"),
    },
    "/api/v2/etl/datasets/{graph}/gfql/": {"POST": ("see", "read")},
    "/api/v2/etl/datasets/{graph}/gfql/nodes/": {"POST": ("see", "read")},
    "/api/v2/datasets/{graph}/gfql/": {"POST": ("see", "read")},
    "/datasets/{graph}/gfql/": {"POST": ("see", "read")},
    "/api/v2/datasets/{graph}/python/": {"POST": ("run code", "edit")},
    "/api/v2/formats/": {"GET": ("be somebody", "read")},
    "/api/v2/layouts/": {"GET": ("be somebody", "read")},
    "/api/v2/datasets/{graph}/layout/": {
        "GET": ("see what is ready", "read"),
        "POST": ("edit", "edit"),
    },
    "/api/v2/datasets/{graph}/layout/undo/": {"POST": ("edit", "edit")},
    "/api/v2/metrics/": {"GET": ("be somebody", "read")},
    "/api/v2/datasets/{graph}/metrics/": {"POST": ("edit", "edit")},
    "/api/v2/datasets/{graph}/metrics/pagerank/": {"DELETE": ("edit", "edit")},
    "/api/v2/datasets/{graph}/encodings/": {"POST": ("edit", "edit")},
    "/api/v2/datasets/{graph}/looks/": {"POST": ("edit", "edit")},
    "/api/v2/datasets/{graph}/who/": {"GET": ("see", "read")},
    "/api/v2/datasets/{graph}/links/": {"POST": ("share", "share")},
    "/api/v2/datasets/{graph}/links/{link}/": {"DELETE": ("share", "share")},
    "/api/v2/share/link/": {"POST": ("share", "share")},
    "/api/v2/embed/token/": {"POST": ("share", "share")},
    "/api/v2/share/open/": {"POST": ("open a link", "read")},
    "/api/v2/share/pass/": {"POST": ("renew a pass", "")},
    "/api/v2/embed/dataset/": {"GET": ("show a pass", "read")},
    "/api/v2/datasets/{graph}/query/": {
        "GET": ("see what is ready", "read"),
        "POST": ("edit what is ready", "edit"),
    },
    "/api/v2/connectors/": {
        "GET": ("know a connector", "read"),
        "POST": ("add a connector of the site", "account"),
    },
    "/api/v2/o/acme/connectors/": {
        "GET": ("know acme's connectors", "read"),
        "POST": ("add a connector of acme", "account"),
    },
    "/api/v2/connectors/kinds/": {"GET": ("know a connector", "read")},
    "/api/v2/connectors/{connector}/": {
        "GET": ("use it", "read"),
        "PATCH": ("manage it", "account"),
        "DELETE": ("remove it", "account"),
    },
    "/api/v2/connectors/{connector}/grants/": {
        "GET": ("manage it", "account"),
        "PUT": ("manage it", "account"),
    },
    "/api/v2/connectors/{connector}/tokens/": {
        "GET": ("manage it", "account"),
        "PUT": ("sign for it", "account"),
        "DELETE": ("sign for it", "account"),
    },
    "/api/v2/connectors/{connector}/tokens/bob/": {
        "PUT": ("sign for bob", "account"),
        "DELETE": ("sign for bob", "account"),
    },
    "/api/v2/connectors/{connector}/test/": {"POST": ("manage it", "account")},
    "/api/v2/connectors/{connector}/audit/": {"POST": ("manage it", "account")},
    "/api/v2/connectors/{connector}/schema/": {"GET": ("ask it", "read")},
    "/api/v2/connectors/{connector}/adopt/": {"POST": ("remove it", "account")},
    "/api/v2/connectors/{connector}/queries/": {"POST": ("ask it", "upload")},
    "/api/v2/queries/": {"GET": ("be somebody", "read")},
    "/api/v2/queries/{query}/": {"GET": ("own query", "read")},
    "/api/v2/queries/{query}/rows/": {"GET": ("own query", "read")},
    "/api/v2/queries/{query}/cancel/": {"POST": ("own query", "upload")},
    "/api/v2/queries/{query}/draw/": {"POST": ("own query", "upload")},
    "/api/v2/queries/{query}/again/": {"POST": ("own query to ask", "upload")},
    "/api/view/{graph}/": {"GET": ("look", "read")},
    "/api/view/{graph}/columns/": {"GET": ("look at what is ready", "read")},
    "/api/view/{graph}/layout/": {"GET": ("look at what is ready", "read")},
    "/api/view/{graph}/histogram/": {"GET": ("look at what is ready", "read")},
    "/api/view/{graph}/rows/": {"GET": ("look at what is ready", "read")},
    "/api/view/{graph}/search/": {"GET": ("look at what is ready", "read")},
    "/api/view/{graph}/titles/": {"GET": ("look at what is ready", "read")},
    "/api/view/{graph}/thumbnail.png": {"GET": ("look at what is ready", "read")},
}
# The same deeds below the organization's own address, where the site's connectors do not exist.
OF_ACME = {
    route.replace("/connectors/", "/o/acme/connectors/"): deeds
    for route, deeds in ROUTES.items()
    if "{connector}" in route
}
ROUTES |= OF_ACME
# Pages: who is not signed in in a browser is sent to sign in, whatever the method.
OPEN_PAGES = (
    "/", "/accounts/password/reset/", "/share/", "/embed/", "/accounts/signup/", "/accounts/login/", "/accounts/logout/",
    "/accounts/inactive/", "/accounts/password/reset/done/", "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/1-x/", "/accounts/2fa/authenticate/", "/accounts/2fa/webauthn/login/",
)  # fmt: skip
# Without the right token there is nothing.
HIDDEN_PAGES = ("/accounts/invitation/0123456789abcdef/", "/accounts/single-use/0123456789abcdef/")
BROWSER_PAGES = (
    "/datasets/", "/auth/enter/", "/accounts/", "/accounts/sessions/", "/users/personal/key/", "/organizations/",
"/accounts/reauthenticate/", "/accounts/password/change/",
    "/accounts/password/set/", "/accounts/2fa/", "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/activate/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/recovery-codes/download/",
    "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/keys/1/remove/",
    "/accounts/2fa/webauthn/keys/1/edit/", "/accounts/2fa/webauthn/reauthenticate/",
    "/docs/", "/docs/images/portal.png",
)  # fmt: skip
ORGANIZATION_PAGE = "/organizations/acme/"
# Whoever may enter these finds nothing here: no second factor is set up, and no such number stands.
NOTHING_BEHIND = (
    "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/download/", "/accounts/2fa/webauthn/keys/1/remove/",
    "/accounts/2fa/webauthn/keys/1/edit/", "/admin-portal/r/1/1/", "/admin-portal/support/",
    "/admin-portal/connectors/1/", "/admin-portal/connectors/add/1/",
)  # fmt: skip


def expected(identity: str, route: str, method: str, thing: str) -> str:
    """`in`, `sign in` (401), `refused` (403), `absent` (404) or `no method` (405)."""
    relation, kind, scopes = IDENTITIES[identity]
    deeds = ROUTES[route]
    deed = deeds.get("GET" if method == "HEAD" else method)
    if deed is None:
        return "no method"
    right, scope = deed
    if right == "anything":
        return "in"
    if right == "show a key":
        return "in" if kind == "key" else "sign in"
    if right == "be signed in in a browser":
        return "in" if kind in SESSIONS else "sign in"
    if right == "renew a pass":
        return "sign in"  # no body holds one here
    if kind == "dead":
        return "sign in"
    is_somebody = kind not in {"none", "pass"}
    looks = right.startswith("look")
    if not is_somebody and not looks and right not in {"open a link", "show a pass"}:
        return "sign in"
    if scope not in scopes:
        return "refused"
    if right == "open a link":
        return "absent"
    if right == "show a pass":
        return "in" if kind == "pass" else "sign in"
    if right == "be somebody":
        return "in"
    if right == "administer by a key":
        return "in" if kind == "key" else "refused"
    if right == "make a usual key":  # nobody gives more than they have
        return "in" if scopes >= {"read", "upload", "edit", "share"} else "refused"
    if right == "be a member":
        return "in" if relation in {"owner", "member", "organization-admin"} else "refused"
    if "connector" in right or right.endswith((" it", " for bob")):
        is_elsewhere = route in OF_ACME and thing != "acme"
        return expected_of_connector(identity, right, "missing" if is_elsewhere else thing)
    if right == "own query":
        return "in" if relation == "owner" and thing != "missing" else "absent"
    if right == "own query to ask":
        return "in" if relation == "owner" and thing != "missing" else "absent"
    if right in {"own key", "own file"}:
        return "in" if relation == "owner" and thing != "missing" else "absent"
    seen = thing == "private" if kind == "pass" else relation in SEES[thing]
    if not seen:
        return "absent"
    if right == "edit what is ready":
        return "absent" if relation in EDITS[thing] else "refused"  # no graph is made of a query
    if right in {"look at what is ready", "see what is ready"}:
        return "absent"  # nothing is prepared here: the same answer as for a stranger
    if right == "run code":
        return "refused"  # it is switched off here, and nobody has the permission
    table = {"edit": EDITS, "share": SHARES, "delete": DELETES}.get(right)
    if table is not None and relation not in table[thing]:
        return "refused"
    return "in"


def expected_of_connector(identity: str, right: str, thing: str) -> str:
    """Of a connector of the site or of acme, or of none."""
    relation, kind, scopes = IDENTITIES[identity]
    is_admin = identity.startswith("Admin") and "admin" in scopes
    is_of_acme = relation in {"owner", "member", "organization-admin"}
    if right == "know a connector":
        knows = relation in {*RIGHTS["site"], *RIGHTS["acme"]}
        return "in" if is_admin or knows else "refused"
    if right == "know acme's connectors":
        return "in" if is_admin or is_of_acme else "absent"
    if right == "add a connector of the site":
        return "in" if is_admin else "refused"
    if right == "add a connector of acme":
        if not is_admin and not is_of_acme:
            return "absent"
        return "in" if is_admin or relation == "organization-admin" else "refused"
    if thing == "missing" or (thing == "acme" and not is_admin and not is_of_acme):
        return "absent"
    granted = "manage" if is_admin else RIGHTS[thing].get(relation, "")
    if right == "remove it":
        adds = is_admin or (thing == "acme" and relation == "organization-admin")
        return "in" if adds else "refused"
    wanted = {"use it": "use", "ask it": "ask"}.get(right, "manage")
    if right == "sign for bob" and relation == "member":
        wanted = "use"
    if ORDER.index(granted) < ORDER.index(wanted):
        return "refused"
    # A program, which has no session, signs what changes credentials; here it does not.
    return "sign in" if right.startswith("sign") and kind not in SESSIONS else "in"


def expected_graph_page(identity: str, thing: str) -> str:
    relation, kind, scopes = IDENTITIES[identity]
    if kind == "dead" or "read" not in scopes:
        return "absent"
    if kind == "pass":
        return "in" if thing == "private" else "absent"
    return "in" if relation in SEES[thing] else "absent"


def expected_page(identity: str, route: str) -> str:
    relation, kind, _ = IDENTITIES[identity]
    if route in HIDDEN_PAGES:
        return "absent"
    if route in OPEN_PAGES:
        return "in"
    if route == ORGANIZATION_PAGE and kind in SESSIONS:
        is_known = relation in {"owner", "member"} or kind.endswith("admin")
        return "in" if is_known else "absent"
    if route in (*BROWSER_PAGES, ORGANIZATION_PAGE):
        return "in" if kind in SESSIONS else "to sign in"
    if kind not in SESSIONS:
        return "to sign in"
    return {"fresh admin": "in", "stale admin": "to the password"}.get(kind, "absent")
