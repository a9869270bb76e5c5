"""Packs: the host, credential and requests of a known service, as plain data in `packs/NAME.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from graphkeep.sources.databases.http.request import RequestTemplate, parse_request


@dataclass(frozen=True, kw_only=True)
class ExcessRight:
    """A right that the account should not have: `at` is its path in the answer about the account."""

    check: str
    at: str
    message: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class PackRequest:
    """A request with a name; its parameters are told by `template.parameters`."""

    name: str
    description: str
    template: RequestTemplate


@dataclass(frozen=True, kw_only=True)
class Pack:
    name: str
    title: str
    description: str
    host: str = ""
    icon: str = "globe"
    authentication: str = "none"
    auth_name: str = ""
    auth_prefix: str = ""
    test_path: str = ""
    audit_path: str = ""
    excess: tuple[ExcessRight, ...] = ()
    requests: Mapping[str, PackRequest] = field(default_factory=dict)


NO_PACK = Pack(
    name="http",
    title="HTTP/JSON",
    description="A service that answers JSON to GET or POST.",
)


def load_pack(name: str) -> Pack:
    """A pack of this package.

    Raises:
        QueryRefusedError: one of its requests is wrong.
    """
    text = resources.files(__package__).joinpath(f"packs/{name}.toml").read_text("utf-8")
    content: dict[str, Any] = tomllib.loads(text)
    requests = {
        request_name: PackRequest(
            name=request_name,
            description=request.pop("description"),
            template=parse_request(request),
        )
        for request_name, request in content.pop("requests").items()
    }
    excess = tuple(ExcessRight(**entry) for entry in content.pop("excess", ()))
    return Pack(name=name, requests=requests, excess=excess, **content)
