"""The grammar of `custom.env` and `.env`: that of docker compose's env files, without expansion.

Our own strict parser alone reads these files: no shell evaluation, and a malformed line stops the start with
its place. An unquoted `$` is refused rather than expanded. What both read is read alike: the real compose was
asked line by line, see tests/deploy/grammar.py.
"""

import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphkeep.store.atomic import atomic_write

NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*(?:=|$)")
ESCAPED = {
    "n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v",
    '"': '"', "\\": "\\", "$": "$",
}  # fmt: skip


class ConfigurationError(Exception):
    """The configuration cannot be used; the message says where and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One value, and the lines `first` to `last` (counted from 0) that it stands on."""

    name: str
    value: str
    first: int
    last: int


def parse(text: str, place: str) -> dict[str, str]:
    """Names and values of an env file.

    Raises:
        ConfigurationError: a line that does not parse, with its place.
    """
    values: dict[str, str] = {}
    for entry in entries(text, place):
        if entry.name in values:
            sys.stderr.write(
                f"warning: {place}:{entry.first + 1}: {entry.name} is said twice; the last one holds\n"
            )
        values[entry.name] = entry.value
    return values


def entries(text: str, place: str) -> Iterator[Entry]:
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line, first = lines[at].lstrip(), at
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{place}:{first + 1}"
        match = NAME.match(line)
        if not match or "=" not in line:
            raise ConfigurationError(f"{where}: not a NAME=value line")
        rest = line[line.index("=") + 1 :].lstrip()
        if rest[:1] in {"'", '"'}:
            quote, body = rest[0], rest[1:]
            while closing_quote(body, quote) < 0:
                if at >= len(lines):
                    raise ConfigurationError(f"{where}: the quote {quote} is never closed")
                body += "\n" + lines[at]
                at += 1
            end = closing_quote(body, quote)
            after = body[end + 1 :].strip()
            if after and not after.startswith("#"):
                raise ConfigurationError(f"{where}: text after the closing quote")
            inner = body[:end]
            value = unescape(inner, where) if quote == '"' else strip_escapes(inner)
        else:
            value = rest.partition(" #")[0].rstrip()
            if "$" in value:
                raise ConfigurationError(
                    f"{where}: {match[1]} holds a $ outside quotes; use single quotes: {match[1]}='…'"
                )
        yield Entry(name=match[1], value=value, first=first, last=at - 1)


def closing_quote(body: str, quote: str) -> int:
    at = 0
    while at < len(body):
        if body[at] == "\\":
            at += 2
            continue
        if body[at] == quote:
            return at
        at += 1
    return -1


def unescape(body: str, where: str) -> str:
    if re.search(r"(?<!\\)\$", body):
        raise ConfigurationError(
            f"{where}: a $ in double quotes would be expanded by other readers; use single quotes"
        )
    return re.sub(r"\\(.)", lambda match: ESCAPED.get(match[1], match[0]), body)


def strip_escapes(body: str) -> str:
    """Between single quotes a backslash is itself, but before a quote."""
    return re.sub(r"\\([\\'])", lambda match: "'" if match[1] == "'" else match[0], body)


def set_value(text: str, name: str, value: str | None) -> str:
    """The file with this one value said, or unsaid by None; every other line stays byte for byte."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    line = "" if value is None else quote(name, value) + newline.removesuffix("\n")
    found = [one for one in entries(text, "custom.env") if one.name == name]
    for entry in reversed(found):
        is_last = entry is found[-1]
        lines[entry.first : entry.last + 1] = [line] if is_last and value is not None else []
    if not found and value is not None:
        if lines[-1]:
            lines[-1] += newline.removesuffix("\n")
            lines.append("")
        lines.insert(len(lines) - 1, line)
    return "\n".join(lines)


def quote(name: str, value: str) -> str:
    if re.fullmatch(r"[\w.,:/@%+=-]*", value):
        return f"{name}={value}"
    if "'" not in value and "\n" not in value and not value.endswith("\\"):
        return f"{name}='{value}'"
    escaped = re.sub(r'[\\"$]', r"\\\g<0>", value).replace("\n", "\\n")
    return f'{name}="{escaped}"'


def write_config_file(path: Path, content: bytes) -> None:
    """Replace the file atomically; it keeps its group's rights, or gets them from a setgid folder."""
    with atomic_write(path, mode=0o600) as temporary:
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode) & 0o660)
        elif path.parent.stat().st_mode & stat.S_ISGID:
            temporary.chmod(0o660)
        temporary.write_bytes(content)
