"""The page's TypeScript types are generated from declarations that the server's own answers keep."""

import contextlib
import json
import types
from pathlib import Path
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pytest
from django.test import Client

from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.api.v2.requests.layouts import EncodingRequest, LayoutRequest, MetricRequest
from graphkeep.api.v2.requests.readings import ReadingRequest
from graphkeep.api.v2.requests.sharing import LinkRequest, ShareRequest
from graphkeep.api.wire import requests, responses
from graphkeep.api.wire.typescript import generate
from graphkeep.graph.errors import UserInputError
from tests.datasets.graphs import drawn, edges, places  # noqa: F401
from tests.people import make, person

GENERATED = Path(__file__).parents[2] / "workbench/src/model/api.gen.ts"
FORMER_NAMES = {"most_uses"}
COMMAND = "python -m graphkeep.api.wire.typescript > workbench/src/model/api.gen.ts"


def test_the_generated_file_is_up_to_date():
    assert GENERATED.read_text() == generate(), f"run: {COMMAND}"


class Recorded(dict):
    """A body that remembers which fields were asked for."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return default

    def __contains__(self, name):
        self.names.add(name)
        return False


@pytest.mark.parametrize(
    ("parse", "body"),
    [
        (LayoutRequest.parse, requests.LayoutBody),
        (EncodingRequest.parse, requests.EncodingBody),
        (LinkRequest.parse, requests.LinkBody),
        (ShareRequest.parse, requests.ShareBody),
    ],
)
def test_a_request_reads_the_fields_that_are_declared(parse, body):
    recorded = Recorded()
    with contextlib.suppress(UserInputError):
        parse(recorded)

    assert recorded.names - FORMER_NAMES == set(body.__annotations__)


def test_a_declared_metric_and_reading_parse():
    metric = MetricRequest.parse({"metric": "core", "column": "k", "options": {}})
    reading = {"kind": "edges", "source": "s", "destination": "d"}

    assert (metric.metric, metric.column) == ("core", "k")
    assert ReadingRequest.parse({"reading": reading}).reading.source == "s"


@pytest.mark.usefixtures("places")
@pytest.mark.django_db
def test_answers_have_the_types_that_are_declared():
    user = make("alice")
    dataset = drawn(person(user), edges("ab", "bc", "ca"))
    client = Client(headers={"Authorization": f"Bearer {issue_token(user)}"})
    view, own = f"/api/view/{dataset.dataset_id}/", f"/api/v2/datasets/{dataset.dataset_id}/"
    link = client.post(own + "links/", "{}", content_type="application/json").json()
    answers = [
        (responses.GraphState, client.get(view)),
        (responses.Rows, client.get(view + "rows/?rows=0,1")),
        (responses.DatasetList, client.get("/api/v2/datasets/")),
        (responses.DatasetRow, client.get(own)),
        (responses.Sharing, client.get(own + "who/")),
        (responses.ErrorBody, client.get("/api/view/" + "0" * 32 + "/")),
    ]

    assert [found for kind, answer in answers for found in faults(answer.json(), kind)] == []
    assert faults(link, responses.NewShareLink) == []
    layouts, metrics = (client.get(f"/api/v2/{name}/").json() for name in ("layouts", "metrics"))
    assert faults(layouts["results"], list[responses.Layout]) == []
    assert faults(metrics["results"], list[responses.Metric]) == []
    assert faults(client.get(view + "search/?q=a").json()["hits"], list[responses.SearchHit]) == []


def faults(value: Any, kind: Any, path: str = "") -> list[str]:
    """Where a value is not of a declared type; keys that are not declared are no fault."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return []
    if is_typeddict(kind):
        path = path or kind.__name__
        if not isinstance(value, dict):
            return [f"{path} is {value!r}"]
        missing = [f"{path}.{name} is missing" for name in kind.__required_keys__ - set(value)]
        hints = get_type_hints(kind, include_extras=True)
        parts = [(name, hint) for name, hint in hints.items() if name in value]
        return missing + [
            fault for name, hint in parts for fault in faults(value[name], hint, f"{path}.{name}")
        ]
    if origin is NotRequired:
        return faults(value, arguments[0], path)
    if origin is list and isinstance(value, list):
        return [fault for inner in value for fault in faults(inner, arguments[0], f"{path}[]")]
    if origin is dict and isinstance(value, dict):
        return [
            fault
            for inner in value.values()
            for fault in faults(inner, arguments[1], f"{path}{{}}")
        ]
    if origin is Literal:
        return [] if value in arguments else [f"{path} is {value!r}"]
    if origin in {Union, types.UnionType}:
        return (
            [] if any(not faults(value, part) for part in arguments) else [f"{path} is {value!r}"]
        )
    is_number = kind is float and isinstance(value, int | float) and not isinstance(value, bool)
    is_right = is_number or (isinstance(kind, type) and type(value) is kind)
    return [] if is_right else [f"{path} is {json.dumps(value)[:60]}"]
