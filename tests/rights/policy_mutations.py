"""Ways to lose a policy, each of which the rights matrix must see.

(module:function or file, the code there, what replaces it)
"""

POLICY_MUTATIONS = [
    ("graphkeep.api.view:state", '@endpoint(OBJECT, "GET")\ndef state', '@endpoint(type(OBJECT)(access="open"), "GET")\ndef state'),
    ("graphkeep.api.v2.files:single_file", 'actors("edit", GET="read"), "GET", "PATCH"', 'actors(), "GET", "PATCH"'),
    ("graphkeep.api.v2.files:files", 'actors(GET="read", POST="upload")', "actors()"),
    ("graphkeep.api.v2.files:upload", '@endpoint(actors("upload"), "POST")\ndef upload', '@endpoint(actors(), "POST")\ndef upload'),
    ("graphkeep.api.v2.datasets:single_dataset", 'actors("edit", GET="read")', 'actors("read")'),
    ("graphkeep.api.v2.datasets:create", '@endpoint(actors("upload"), "POST")\ndef create', '@endpoint(actors("read"), "POST")\ndef create'),
    ("graphkeep.api.v2.share:who", '@endpoint(actors("read"), "GET")\ndef who', '@endpoint(OPEN, "GET")\ndef who'),
    ("graphkeep.api.v2.auth:keys", '@endpoint(actors("account"), "GET", "POST")', '@endpoint(actors(), "GET", "POST")'),
    ("graphkeep.api.v2.auth:single_key", '@endpoint(actors("account"), "DELETE")', '@endpoint(actors("read"), "DELETE")'),
    ("graphkeep.api.identity:check_access", "if scope and scope not in actor.scopes:", "if False:"),
    ("graphkeep.api.identity:endpoint.decorate.answer", '(request.method or "").replace("HEAD", "GET") not in methods', 'request.method not in (*methods, "HEAD")'),
    ("graphkeep.api.import_file:readings", 'actors("upload", GET="read"), "GET", "DELETE"', 'actors("read"), "GET", "DELETE"'),
    ("graphkeep.api.import_file:own_files", "return [own_file(actor, file_id) for file_id in ids]", "return list(File.objects.filter(file_id__in=list(ids)))"),
    ("graphkeep.api.import_file:graph", '@endpoint(actors("upload"), "POST")', '@endpoint(actors("read"), "POST")'),
    ("graphkeep.datasets.queries.visibility:datasets_visible_to", "return Dataset.objects.filter(is_visible).distinct()", "return Dataset.objects.all()"),
    ("graphkeep.datasets.queries.visibility:datasets_visible_to", "    if actor.only_dataset:\n        return Dataset.objects.filter(dataset_id=actor.only_dataset)\n", ""),
    ("graphkeep.datasets.rules", 'return granted_action(actor, dataset) >= Share.Action.EDIT\n\n\n@requires_scope("upload")', 'return True\n\n\n@requires_scope("upload")'),
    ("graphkeep.datasets.rules:may_share", "    return granted_action(actor, dataset) >= Share.Action.SHARE\n", "    return True\n"),
    ("graphkeep.datasets.rules:may_delete", "    is_shared = dataset.privacy == Dataset.Privacy.ORGANIZATION\n", "    return True\n"),
    ("graphkeep.accounts.credentials.tokens:read_token", 'if user is None or not user.is_active_now or claims.get("epoch")', 'if user is None or claims.get("epoch")'),
    ("graphkeep.accounts.credentials.personal_keys:read_personal_key", "or not is_valid_key(key) or not key.user.is_active_now", ""),
    ("graphkeep.server.http.access_middleware:AccessMiddleware.check_page_access", "if not actor.is_admin:", "if False:"),
    ("graphkeep.server.http.access_middleware:AccessMiddleware.check_page_access", "if not has_recently_authenticated(request):", "if False:"),
    ("graphkeep.server.urls", "apply_policy(PORTAL, portal_urls)", "apply_policy(BROWSER, portal_urls)"),
]  # fmt: skip
