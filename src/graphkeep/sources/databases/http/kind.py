"""The generic kind, and a kind for each pack: the same code with the pack's host, credential and requests."""

from functools import partial

from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.http.check import PACK_LANGUAGE, REQUEST_LANGUAGE, check
from graphkeep.sources.databases.http.pack import NO_PACK, Pack, load_pack
from graphkeep.sources.databases.http.session import HttpSession
from graphkeep.sources.databases.http.settings import AUTHENTICATIONS, check_settings, endpoint

EXAMPLE = '{"path": "/api/hosts/{ip}", "records": "items"}'


def fields(pack: Pack) -> tuple[SettingField, ...]:
    """What the pack fixes is no setting."""
    return (
        SettingField(
            name="host", label="Host", kind="host", is_required=not pack.host, default=pack.host or None
        ),
        SettingField(name="port", label="Port", kind="integer", minimum=1, maximum=65535,
                     help="443, or 80 without TLS, if empty."),
        SettingField(name="tls", label="TLS", kind="boolean", default=True),
        SettingField(name="ca_certificates", label="Certificates of its authority", kind="multiline",
                     help="PEM, where it is none of this machine's."),
        SettingField(name="base_path", label="Path before each request's", default=""),
        SettingField(name="headers", label="Headers of each request", kind="list",
                     help="Such as Accept-Language: en. Credentials do not go here."),
        SettingField(name="authentication", label="Authentication", kind="choice",
                     choices=AUTHENTICATIONS, default=pack.authentication),
        SettingField(name="auth_name", label="Name of the header or query parameter",
                     default=pack.auth_name),
        SettingField(name="auth_prefix", label="Word before the token", default=pack.auth_prefix,
                     help="Such as Token, where the header has one."),
        SettingField(name="user", label="User, for Basic authentication"),
        SettingField(name="token", label="Token or password", is_secret=True),
        SettingField(name="test_path", label="Path for the check", default=pack.test_path,
                     help="A GET that needs the credential."),
        SettingField(name="max_pages", label="Pages of a query at most", kind="integer", default=100,
                     minimum=1, maximum=10_000),
        SettingField(name="max_page_mib", label="MiB of a page at most", kind="integer", default=4,
                     minimum=1, maximum=64, help="The server needs some 13 times as much memory for it."),
    )  # fmt: skip


def kind_of(pack: Pack) -> ConnectorKind:
    languages = (PACK_LANGUAGE, REQUEST_LANGUAGE) if pack.requests else (REQUEST_LANGUAGE,)
    return ConnectorKind(
        name=pack.name,
        title=pack.title,
        description=pack.description,
        fields=fields(pack),
        languages=languages,
        restrictions=("paths",),
        check=partial(check, pack),
        check_settings=check_settings,
        endpoints=lambda settings: (endpoint(settings),),
        open=partial(HttpSession, pack),
        example_query=next(iter(pack.requests), EXAMPLE),
        icon=pack.icon,
    )


def pack_kind(name: str) -> ConnectorKind:
    return kind_of(load_pack(name))


HTTP = kind_of(NO_PACK)
