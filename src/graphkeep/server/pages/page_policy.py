"""Attaching an access policy to the view of a page."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from graphkeep.api.identity import View
from graphkeep.api.policy import Policy


def with_policy(policy: Policy, view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    answer.policy = policy  # type: ignore[attr-defined]
    return answer
