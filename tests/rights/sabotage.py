"""Twenty ways to lose a policy, each of which the matrix must see. (file, what stands there, what replaces it)"""

API = "src/graphkeep/api/"
DATASETS = "src/graphkeep/datasets/"
ACCOUNTS = "src/graphkeep/accounts/"
SERVER = "src/graphkeep/server/"

SABOTAGES = [
    (API + "view.py", '@endpoint(OBJECT, "GET")\ndef state', '@endpoint(type(OBJECT)(door="open"), "GET")\ndef state'),
    (API + "v2/files.py", 'actors("edit", GET="read"), "GET", "PATCH"', 'actors(), "GET", "PATCH"'),
    (API + "v2/files.py", 'actors(GET="read", POST="upload")', "actors()"),
    (API + "v2/files.py", '@endpoint(actors("upload"), "POST")\ndef upload', '@endpoint(actors(), "POST")\ndef upload'),
    (API + "v2/datasets.py", 'actors("edit", GET="read")', 'actors("read")'),
    (API + "v2/datasets.py", '@endpoint(actors("upload"), "POST")\ndef create', '@endpoint(actors("read"), "POST")\ndef create'),
    (API + "v2/share.py", '@endpoint(actors("read"), "GET")\ndef who', '@endpoint(OPEN, "GET")\ndef who'),
    (API + "v2/auth.py", '@endpoint(actors("account"), "GET", "POST")', '@endpoint(actors(), "GET", "POST")'),
    (API + "v2/auth.py", '@endpoint(actors("account"), "DELETE")', '@endpoint(actors("read"), "DELETE")'),
    (API + "identity.py", "if scope and scope not in actor.scopes:", "if False:"),
    (API + "identity.py", '(request.method or "").replace("HEAD", "GET") not in methods', 'request.method not in (*methods, "HEAD")'),
    (API + "new_graph.py", '@endpoint(actors("upload"), "POST")', '@endpoint(actors("read"), "POST")'),
    (DATASETS + "queries.py", "return Dataset.objects.filter(visible).distinct()", "return Dataset.objects.all()"),
    (DATASETS + "queries.py", "    if actor.audience:\n        return Dataset.objects.filter(dataset_id=actor.audience)\n", ""),
    (DATASETS + "rules.py", 'return granted(actor, dataset) >= Share.Action.EDIT\n\n\n@needs("upload")', 'return True\n\n\n@needs("upload")'),
    (DATASETS + "rules.py", "    return granted(actor, dataset) >= Share.Action.SHARE\n", "    return True\n"),
    (DATASETS + "rules.py", "    is_shared = dataset.privacy == Dataset.Privacy.ORGANIZATION\n", "    return True\n"),
    (ACCOUNTS + "tokens.py", 'if user is None or not user.is_living or claims.get("epoch")', 'if user is None or claims.get("epoch")'),
    (ACCOUNTS + "credentials.py", "or not is_living_key(key) or not key.user.is_living", ""),
    (SERVER + "guard.py", "if not actor.is_admin:", "if False:"),
    (SERVER + "guard.py", "if not did_recently_reauthenticate(request):", "if False:"),
    (SERVER + "urls.py", "declared(PORTAL, portal_urls)", "declared(BROWSER, portal_urls)"),
]  # fmt: skip
