"""Values of a connector's settings, checked field by field: by the API, the command line, `config.json` and the bridge.

Settings are fields and never connection strings, so what is no field is refused by its name, and a host name holds nothing
that could move the connection to another host (`db.example#`, `user@`, `/path`, `%zone`).
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.graph.errors import InvalidFieldError, nearest_name
from graphkeep.sources.databases.connector_kind import SettingField

MAX_TEXT, MAX_MULTILINE, MAX_ENTRIES = 1_000, 64 << 10, 1_000
CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
TRUE, FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}


class SettingValueError(InvalidFieldError):
    """A setting or a credential that does not exist, is missing, or has a value that it cannot have.

    `name` is the setting's; `field` its path in a request, as `settings.host`.
    """

    def __init__(self, name: str, message: str, *, group: str = "settings") -> None:
        super().__init__(f"{group}.{name}", message)
        self.name = name


def checked_settings(
    fields: Sequence[SettingField], values: Mapping[str, Any], *, is_partial: bool = False
) -> dict[str, Any]:
    """The settings without the secret ones, each in its field's type, with defaults for those that are absent.

    Numbers, booleans and lists are also read from text, as environment variables and the command line have them.
    `is_partial`: only what is given is checked and returned.

    Raises:
        SettingValueError: a setting is unknown, secret, missing or has a wrong value.
    """
    open_fields = {field.name: field for field in fields if not field.is_secret}
    secret_names = {field.name for field in fields if field.is_secret}
    for name in values:
        if name in secret_names:
            raise SettingValueError(name, "is a credential: it goes into `secrets`.")
        check_known(name, open_fields)
    checked = {}
    for name, field in open_fields.items():
        value = values.get(name)
        if is_empty(value):
            if is_partial and name not in values:
                continue
            if field.is_required:
                raise SettingValueError(name, f"is missing ({field.label}).")
            value = field.default
        checked[name] = value if is_empty(value) else checked_value(field, value)
    return checked


def checked_secrets(fields: Sequence[SettingField], values: Mapping[str, Any]) -> dict[str, str]:
    """The given secrets; an empty one is left out. Messages never hold a value.

    Raises:
        SettingValueError: one is unknown, not secret, not a text, too long, or has control characters.
    """
    secret_fields = {field.name: field for field in fields if field.is_secret}
    checked = {}
    for name, value in values.items():
        check_known(name, secret_fields, group="secrets")
        if is_empty(value):
            continue
        if not isinstance(value, str) or len(value) > MAX_MULTILINE:
            raise SettingValueError(
                name, f"must be a text of at most {MAX_MULTILINE:,} characters.", group="secrets"
            )
        is_multiline = secret_fields[name].kind == "multiline"
        text = re.sub(r"[\n\r\t]", "", value) if is_multiline else value
        if CONTROL.search(text):
            raise SettingValueError(
                name, "has a line break or another control character.", group="secrets"
            )
        checked[name] = value
    return checked


def check_known(name: str, fields: Mapping[str, SettingField], *, group: str = "settings") -> None:
    if name not in fields:
        nearest = nearest_name(name, list(fields))
        advice = (
            f"Did you mean '{nearest}'?"
            if nearest
            else f"There are: {', '.join(fields) or 'none'}."
        )
        raise SettingValueError(str(name)[:100], f"there is no such setting. {advice}", group=group)


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [])


def checked_value(field: SettingField, value: Any) -> Any:
    """Raises SettingValueError: the value is not of the field's kind."""
    match field.kind:
        case "integer":
            return integer(field, value)
        case "boolean":
            return boolean(field, value)
        case "list":
            return entries(field, value)
        case "host":
            return host_name(field.name, text(field, value))
        case "file":
            return relative_path(field.name, text(field, value))
        case "multiline":
            return text(field, value, is_multiline=True)
        case "choice":
            if value not in field.choices:
                raise SettingValueError(field.name, f"must be one of: {', '.join(field.choices)}.")
            return value
        case _:
            return text(field, value)


def text(field: SettingField, value: Any, *, is_multiline: bool = False) -> str:
    longest = MAX_MULTILINE if is_multiline else MAX_TEXT
    if not isinstance(value, str) or len(value) > longest:
        raise SettingValueError(field.name, f"must be a text of at most {longest:,} characters.")
    if CONTROL.search(re.sub(r"[\n\r\t]", "", value) if is_multiline else value):
        raise SettingValueError(
            field.name, "has a control character, a line break or an invisible one."
        )
    return value if is_multiline else value.strip()


def integer(field: SettingField, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
        value = int(value)
    low, high = field.minimum, field.maximum
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    if not is_integer or (low is not None and value < low) or (high is not None and value > high):
        bounds = f" from {low:,}" if low is not None else ""
        bounds += f" to {high:,}" if high is not None else ""
        raise SettingValueError(field.name, f"must be a whole number{bounds}.")
    return int(value)


def boolean(field: SettingField, value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise SettingValueError(field.name, "must be true or false.")
    return word in TRUE


def entries(field: SettingField, value: Any) -> list[str]:
    if isinstance(value, str):
        value = [entry for entry in (part.strip() for part in value.split(",")) if entry]
    if not isinstance(value, (list, tuple)) or len(value) > MAX_ENTRIES:
        raise SettingValueError(field.name, f"must be a list of at most {MAX_ENTRIES:,} texts.")
    return [text(field, entry) for entry in value]


def host_name(name: str, value: str) -> str:
    """A host name in lower case or an IP address in its usual form.

    Names that end in a number are refused unless they are an address: resolvers read `127.1`, `0x7f.1` and
    `2130706433` as addresses too.

    Raises:
        SettingValueError: it is neither.
    """
    host = value.lower().removesuffix(".")
    try:
        if "%" not in host:
            return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    for sign, meaning in {
        "://": "a scheme", "/": "a path", "@": "a user name", "#": "a '#'", "?": "a '?'", "%": "a zone or an escape ('%')",
        "[": "brackets", "\\": "a backslash", " ": "a blank", ":": "a port, which has a setting of its own",
    }.items():  # fmt: skip
        if sign in host:
            raise SettingValueError(
                name, f"must be a host name or an IP address alone; it has {meaning}."
            )
    if not host.isascii():
        raise SettingValueError(
            name, "must be in ASCII; a name in other letters is written as xn--…."
        )
    if len(host) > 253 or not HOST_NAME.fullmatch(host):
        raise SettingValueError(
            name,
            "must be a host name such as db.example, or an IP address such as 192.0.2.7.",
        )
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        raise SettingValueError(
            name,
            "ends in a number and is not an IP address in its usual form (192.0.2.7).",
        )
    return host


def relative_path(name: str, value: str) -> str:
    """A path below the administrator's folder.

    Raises:
        SettingValueError: it is absolute, or has empty parts, `.`, `..` or a backslash.
    """
    parts = value.split("/")
    if value.startswith(("/", "~")) or "\\" in value or {"", ".", ".."} & set(parts):
        raise SettingValueError(
            name,
            "must be a path below the administrator's folder such as logs/2026.sqlite: not "
            "absolute, and without '.', '..' and '\\'.",
        )
    return value
