"""The table of error codes is the one of the code, and every error is answered in one shape."""

import json
import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from graphkeep.api.error_response import CODES, ERRORS, error_body, response_to
from graphkeep.graph import errors
from graphkeep.graph.errors import GraphkeepError, UnknownColumnError

PAGE = Path(__file__).parents[2] / "docs/reference/error-codes.md"
LINE = re.compile(r"^\| `([a-z-]+)` \| (\d{3}) \| (?:`(\w+)`)? *\|", re.MULTILINE)


def test_the_page_has_every_code_with_its_status_and_class():
    documented = {
        (code, int(status), kind) for code, status, kind in LINE.findall(PAGE.read_text())
    }
    classes = {(code, status, kind.__name__) for kind, status, code in ERRORS}
    named = {code for code, _, _ in classes}
    bare = {(code, status, "") for status, code in CODES.items() if code not in named}

    assert documented == classes | bare


def test_every_class_of_the_error_tree_has_a_code_of_its_own():
    tree = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, GraphkeepError)
    }

    assert tree - {kind for kind, _, _ in ERRORS} == {GraphkeepError}


def test_a_class_stands_before_the_class_that_it_extends():
    kinds = [kind for kind, _, _ in ERRORS]
    hidden = [
        (later.__name__, earlier.__name__)
        for at, later in enumerate(kinds)
        for earlier in kinds[:at]
        if issubclass(later, earlier)
    ]

    assert hidden == []


def test_middleware_answers_with_the_codes_of_the_classes():
    first = {}
    for _, status, code in ERRORS:
        first.setdefault(status, set()).add(code)

    assert [
        status for status, code in CODES.items() if status in first and code not in first[status]
    ] == []


def test_an_error_is_answered_in_the_one_shape():
    answer = response_to(
        UnknownColumnError("x", ["s", "d"]), RequestFactory().get("/api/v2/files/")
    )

    assert answer.status_code == 400
    assert json.loads(answer.content) == error_body(
        "There is no column 'x'. The table has: s, d.", "unknown-column"
    )


@pytest.mark.django_db
def test_an_address_without_a_route_reads_like_an_object_that_is_hidden(client):
    assert client.get("/api/v2/nothing/").json() == error_body("Not found.", "not-found")
