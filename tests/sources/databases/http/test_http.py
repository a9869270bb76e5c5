"""The HTTP kind: requests with bound values, paging within limits, failures that look like success."""

import json
import threading
import time
from datetime import UTC, datetime

import pytest

from graphkeep.sources.databases.http import KIND
from graphkeep.sources.databases.http_client import RateLimitError
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.setting_values import SettingValueError, checked_settings
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.sources.databases.http.json_service import Reply, json_service
from tests.sources.databases.kinds import ask, check, context_of

TOKEN = "canary-http-41d0"
SETTINGS = {"host": "api.example"}


@pytest.fixture
def service():
    replies = {}

    def answer(request):
        reply = replies.get(request.path)
        return reply(request) if callable(reply) else reply

    with json_service(answer) as server:
        server.replies = replies
        yield server


def context(service, **settings):
    limits = settings.pop("limits", None)
    values = {**service.settings, "authentication": "bearer", "base_path": "/v1", **settings}
    return context_of(KIND, values, {"token": TOKEN}, limits=limits)


def request(path="/hosts", **keys):
    return json.dumps({"path": path, **keys})


def test_a_request_with_bound_values_gives_rows(service):
    service.replies["/v1/hosts/a%2Fb%20%3F%23%25"] = Reply(
        content={"data": {"items": [{"id": 1, "os": {"name": "x"}}, {"id": 2}]}}
    )

    table = ask(
        KIND, "request",
        request("/hosts/{ip}", query={"q": {"$param": "q"}, "n": 5}, records="data.items", add={"ip": {"$param": "ip"}}),
        context(service), parameters={"ip": "a/b ?#%", "q": ["x&y=1", "z"]},
    )  # fmt: skip

    assert table.to_pylist() == [
        {"ip": "a/b ?#%", "id": 1, "os.name": "x"},
        {"ip": "a/b ?#%", "id": 2, "os.name": None},
    ]
    (sent,) = service.requests
    assert sent.query == {"q": ["x&y=1", "z"], "n": ["5"]}
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_list_in_the_path_is_a_request_of_each_and_what_is_unknown_has_no_rows(service):
    for name in ("a", "b"):
        service.replies[f"/v1/hosts/{name}"] = Reply(content={"name": name})

    table = ask(
        KIND, "request", request("/hosts/{ip}"), context(service),
        parameters={"ip": ["a", "unknown", "b", "a"]},
    )  # fmt: skip

    assert table.to_pylist() == [{"name": "a"}, {"name": "b"}]
    assert service.paths == ["/v1/hosts/a", "/v1/hosts/unknown", "/v1/hosts/b"]


def test_jq_makes_rows_of_an_answer(service):
    service.replies["/v1/hosts"] = Reply(content={"a": [{"b": 1}, {"b": 2}]})

    table = ask(KIND, "request", request(jq=".a[] | {c: .b}"), context(service))

    assert table.to_pylist() == [{"c": 1}, {"c": 2}]


def test_each_form_of_authentication(service):
    service.replies["/v1/hosts"] = Reply(content=[])
    for settings in (
        {"authentication": "header", "auth_name": "X-Key"},
        {"authentication": "header", "auth_name": "X-Key", "auth_prefix": "Token"},
        {"authentication": "query", "auth_name": "key"},
        {"authentication": "basic", "user": "u"},
        {"authentication": "none"},
    ):
        ask(KIND, "request", request(), context(service, **settings))

    assert [
        (each.headers.get("x-key"), each.query.get("key"), each.headers.get("authorization"))
        for each in service.requests
    ] == [
        (TOKEN, None, None),
        (f"Token {TOKEN}", None, None),
        (None, [TOKEN], None),
        (None, None, "Basic dTpjYW5hcnktaHR0cC00MWQw"),
        (None, None, None),
    ]


def numbers(request):
    page = int(request.query.get("page", request.query.get("cursor", ["1"]))[0])
    rows = [{"n": number} for number in range((page - 1) * 10, min(page * 10, 25))]
    following = f"?page={page + 1}&x=1" if page < 3 else None
    return Reply(content={"rows": rows, "next": following, "cursor": page + 1 if page < 3 else ""})


@pytest.mark.parametrize(
    "paging",
    [
        {"next": "next"},
        {"cursor": "cursor", "parameter": "cursor"},
        {"page": "page"},
        {"page": "page", "start": 1, "size": "limit", "page_size": 10},
    ],
)
def test_pages_are_joined(service, paging):
    service.replies["/v1/hosts"] = numbers

    table = ask(KIND, "request", request(records="rows", paging=paging), context(service))

    assert table["n"].to_pylist() == list(range(25))


def test_no_page_is_fetched_beyond_the_rows_that_are_wanted(service):
    service.replies["/v1/hosts"] = numbers
    limits = QueryLimits(max_rows=15)

    table = ask(
        KIND, "request", request(records="rows", paging={"page": "page"}),
        context(service, limits=limits),
    )  # fmt: skip

    assert table.num_rows == 20
    assert len(service.requests) == 2


def test_columns_of_later_pages_and_other_types_are_kept(service):
    def answer(request):
        if "cursor" in request.query:
            return Reply(content={"rows": [{"a": "x", "b": 2.5, "c": True}]})
        return Reply(content={"rows": [{"a": 1, "b": 2}], "cursor": "2"})

    service.replies["/v1/hosts"] = answer
    paging = {"cursor": "cursor", "parameter": "cursor"}

    table = ask(KIND, "request", request(records="rows", paging=paging), context(service))

    assert table.to_pylist() == [{"a": "1", "b": 2.0, "c": None}, {"a": "x", "b": 2.5, "c": True}]


@pytest.mark.parametrize(
    "link",
    ["http://evil.example/v1/hosts", "//evil.example/v1/hosts", "http://127.0.0.1:1/v1/hosts",
     "https://127.0.0.1/v1/hosts", "file:///etc/passwd", "gopher://127.0.0.1/", "/admin", "/v1/../admin",
     "http://user@127.0.0.1:{port}/v1/hosts", "http://127.0.0.1:{port}@evil.example/", "hosts",
     "http://169.254.169.254/latest/meta-data/", "http://[::1", "/v1/\u2028x", "/v1/a b"],
)  # fmt: skip
def test_a_link_to_another_host_or_path_is_not_followed(service, link):
    service.replies["/v1/hosts"] = Reply(
        content={"rows": [1], "next": link.replace("{port}", str(service.server_port))}
    )

    with pytest.raises(ConnectorError) as raised:
        ask(KIND, "request", request(records="rows", paging={"next": "next"}), context(service))

    assert raised.value.stage == "policy"
    assert service.paths == ["/v1/hosts"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"error": "no such host"}, "answers with an error: no such host"),
        ({"errors": [{"message": "bad field"}], "data": None}, "bad field"),
        ({"status": "fail", "reason": "broken"}, "answers with an error: broken"),
        ({"other": [1]}, "has nothing at 'rows'"),
    ],
)
def test_an_error_in_a_body_of_success_is_an_error(service, content, message):
    service.replies["/v1/hosts"] = Reply(content=content)
    error = "reason" if "reason" in content else ""

    with pytest.raises(ConnectorError, match=message):
        ask(KIND, "request", request(records="rows", error=error), context(service))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=429, content={}, headers={"Retry-After": "60"}),
        Reply(content={"error": "API quota exceeded"}, headers={"X-RateLimit-Reset": "60"}),
    ],
)
def test_a_used_up_quota_is_a_failure_that_says_when_to_retry(service, reply):
    service.replies["/v1/hosts"] = reply

    with pytest.raises(RateLimitError) as raised:
        ask(KIND, "request", request(), context(service))
    assert 50 < (raised.value.retry_at - datetime.now(UTC)).total_seconds() <= 60


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(service, status):
    target = f"http://127.0.0.1:{service.server_port}/v1/secret"
    service.replies["/v1/hosts"] = Reply(status=status, headers={"Location": target})

    with pytest.raises(ConnectorError) as raised:
        ask(KIND, "request", request(), context(service))
    assert raised.value.stage == "policy"
    assert service.paths == ["/v1/hosts"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("GET /hosts", "A request is written as JSON"),
        ("[]", "A request is an object with a path"),
        (request(methd="GET"), "A request has no key 'methd'"),
        (request(method="DELETE"), "method 'DELETE' is not allowed; allowed: GET, POST"),
        (request(method="PUT"), "method 'PUT' is not allowed"),
        (request(body={}), "A body is sent with POST only"),
        (request(headers={"Host": "evil"}), "A request has no key 'headers'"),
        (request("http://evil.example/"), "The path must begin with /"),
        (request("/a?b=c"), "The path must begin with /"),
        (request("/a#b"), "The path must begin with /"),
        (request("/a b"), "The path must begin with /"),
        (request("/a\\b"), "The path must begin with /"),
        (request("/hosts/../admin"), "segment '.' or '..'"),
        (request("/hosts/%2e%2e/admin"), "segment '.' or '..'"),
        (request("/hosts/..%2fadmin"), "segment '.' or '..'"),
        (request("/hosts/..%5cadmin"), "segment '.' or '..'"),
        (request(method="POST"), "POST to `/hosts` is not allowed here"),
        (request("/hosts/{ip}"), "The parameter 'ip' has no value"),
        (request(paging={"next": 1}), "'paging.next' must be a text"),
        (request(paging={"cursor": "a"}), "'paging.parameter' is missing"),
        (request(paging={"size": "a"}), "'paging' must be"),
        (request(query=[1]), "'query' must be an object"),
    ],
)
def test_what_is_no_request_or_not_allowed_is_refused_before_anything_is_sent(text, message):
    with pytest.raises(QueryRefusedError, match=message):
        kind_check(text)


def kind_check(text, **query):
    values = checked_settings(KIND.fields, SETTINGS)
    context = type("Context", (), {"limits": QueryLimits(), "settings": values})
    return check(KIND, "request", text, context, **query)


@pytest.mark.parametrize("value", ["..", ".", "", None, {"a": 1}, ["a", [1]], b"x"])
def test_a_value_that_is_no_part_of_a_path_is_refused(value):
    with pytest.raises(QueryRefusedError):
        kind_check(request("/hosts/{ip}/x"), parameters={"ip": value})


def test_a_value_cannot_leave_its_place():
    checked = kind_check(
        request("/hosts/{ip}", query={"q": {"$param": "q"}}),
        parameters={"ip": "x?admin=1#/%2e", "q": "1&admin=1"},
    )

    assert checked.names == ("paths: GET /hosts/x%3Fadmin%3D1%23%2F%252e",)
    plan = json.loads(checked.text)
    assert plan["requests"][0]["query"] == [["q", "1&admin=1"]]


def test_the_policy_names_the_paths():
    allowed = {"paths": ("/v2/hosts/*", "/v2/search")}

    assert kind_check(request("/v2/hosts/1"), allowed=allowed).names == ("paths: GET /v2/hosts/1",)
    posted = kind_check(request("/v2/search", method="POST", body={"a": 1}), allowed=allowed)
    assert posted.names == ("paths: POST /v2/search",)
    with pytest.raises(QueryRefusedError) as raised:
        kind_check(request("/v2/users"), allowed=allowed)
    assert str(raised.value) == (
        "Path `/v2/users` is not allowed here; allowed: /v2/hosts/*, /v2/search."
    )
    with pytest.raises(QueryRefusedError, match=r"allowed: none\."):
        kind_check(request("/v2/users"), allowed={"paths": ()})


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"base_path": "v1"}, "base_path"), ({"base_path": "/a/../b"}, "base_path"),
        ({"base_path": "/a#b"}, "base_path"), ({"base_path": "//evil.example"}, "base_path"),
        ({"test_path": "/a b"}, "test_path"), ({"headers": ["Host: evil"]}, "headers"),
        ({"headers": ["Authorization: x"]}, "headers"), ({"headers": ["A"]}, "headers"),
        ({"authentication": "header", "auth_name": "a b"}, "auth_name"),
        ({"authentication": "header", "auth_name": "Host"}, "auth_name"),
        ({"authentication": "basic"}, "user"), ({"authentication": "basic", "user": "a:b"}, "user"),
        ({"ca_certificates": "no"}, "ca_certificates"), ({"url": "http://x"}, "url"),
        ({"host": "api.example/x"}, "host"), ({"proxy": "http://x"}, "proxy"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused_and_named(settings, field):
    with pytest.raises(SettingValueError) as raised:
        context_of(KIND, {**SETTINGS, **settings})
    assert raised.value.name == field


@pytest.mark.parametrize(
    ("status", "stage"), [(401, "sign-in"), (403, "permission"), (500, "query")]
)
def test_the_check_names_the_stage(service, status, stage):
    service.replies["/v1/me"] = Reply(status=status, content={})
    session = KIND.open(context(service, test_path="/me"))

    with pytest.raises(ConnectorError) as raised:
        session.test()
    assert raised.value.stage == stage
    assert TOKEN not in str(raised.value)


def test_the_check_passes_where_the_service_answers(service):
    KIND.open(context(service)).test()

    assert service.paths == ["/v1/"]


def test_the_path_for_the_check_stands_below_the_base_path(service):
    service.replies["/api/v2/hosts"] = Reply(content={})
    KIND.open(context(service, base_path="/api/v2", test_path="/hosts")).test()

    assert service.paths == ["/api/v2/hosts"]


def test_a_query_is_canceled_within_a_second(service):
    release = threading.Event()
    service.replies["/v1/hosts"] = lambda _: release.wait(20) and None
    context_here = context(service)
    session = KIND.open(context_here)
    checked = check(KIND, "request", request(), context_here)
    threading.Timer(0.3, session.cancel).start()
    start = time.monotonic()

    with pytest.raises(ConnectorError, match="canceled"):
        list(session.run(checked))
    assert time.monotonic() - start < 1.3
    release.set()
    session.close()


def test_the_time_of_a_query_is_limited_over_all_pages(service):
    def slow(request):
        time.sleep(0.2)
        return numbers(request)

    service.replies["/v1/hosts"] = slow
    with pytest.raises(ConnectorError) as raised:
        ask(
            KIND, "request", request(records="rows", paging={"cursor": "cursor", "parameter": "cursor"}),
            context(service, limits=QueryLimits(max_seconds=0.5)),
        )  # fmt: skip
    assert raised.value.stage == "timeout"
