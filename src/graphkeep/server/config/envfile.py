"""The grammar of `custom.env` and `.env`: that of docker compose's env files, without expansion.

Only this strict parser reads these files: no shell evaluation, and a malformed line fails the start with its
line number. An unquoted `$` is refused instead of expanded. Every line that both parsers accept gives the same
value as in docker compose: tests/deploy/grammar.py compares the two.
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
    """The configuration is invalid; the message names the location and a valid value."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One assignment, with the range of lines `first` to `last` (inclusive, counted from 0) that it spans."""

    name: str
    value: str
    first: int
    last: int


def parse(text: str, file_name: str) -> dict[str, str]:
    """Names and values of an env file.

    Raises:
        ConfigurationError: a line does not parse; the message has its line number.
    """
    values: dict[str, str] = {}
    for entry in entries(text, file_name):
        if entry.name in values:
            sys.stderr.write(
                f"warning: {file_name}:{entry.first + 1}: {entry.name} is set twice; the last value applies\n"
            )
        values[entry.name] = entry.value
    return values


def entries(text: str, file_name: str) -> Iterator[Entry]:
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        line, first = lines[index].lstrip(), index
        index += 1
        if not line.strip() or line.startswith("#"):
            continue
        location = f"{file_name}:{first + 1}"
        match = NAME.match(line)
        if not match or "=" not in line:
            raise ConfigurationError(f"{location}: not a NAME=value line")
        remainder = line[line.index("=") + 1 :].lstrip()
        if remainder[:1] in {"'", '"'}:
            quote, body = remainder[0], remainder[1:]
            while closing_quote(body, quote) < 0:
                if index >= len(lines):
                    raise ConfigurationError(f"{location}: the quote {quote} is never closed")
                body += "\n" + lines[index]
                index += 1
            end = closing_quote(body, quote)
            trailing = body[end + 1 :].strip()
            if trailing and not trailing.startswith("#"):
                raise ConfigurationError(f"{location}: text after the closing quote")
            inner = body[:end]
            value = unescape(inner, location) if quote == '"' else strip_escapes(inner)
        else:
            value = remainder.partition(" #")[0].rstrip()
            if "$" in value:
                raise ConfigurationError(
                    f"{location}: {match[1]} contains a $ outside quotes; use single quotes: {match[1]}='…'"
                )
        yield Entry(name=match[1], value=value, first=first, last=index - 1)


def closing_quote(body: str, quote: str) -> int:
    index = 0
    while index < len(body):
        if body[index] == "\\":
            index += 2
            continue
        if body[index] == quote:
            return index
        index += 1
    return -1


def unescape(body: str, where: str) -> str:
    if re.search(r"(?<!\\)\$", body):
        raise ConfigurationError(
            f"{where}: a $ in double quotes would be expanded by other readers; use single quotes"
        )
    return re.sub(r"\\(.)", lambda match: ESCAPED.get(match[1], match[0]), body)


def strip_escapes(body: str) -> str:
    """Unescape a single-quoted value: a backslash is literal except before a single quote."""
    return re.sub(r"\\([\\'])", lambda match: "'" if match[1] == "'" else match[0], body)


def set_value(text: str, name: str, value: str | None) -> str:
    """The file with this value set, or removed if None; every other line stays byte for byte."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    line = "" if value is None else quote(name, value) + newline.removesuffix("\n")
    matches = [entry for entry in entries(text, "custom.env") if entry.name == name]
    for entry in reversed(matches):
        is_last = entry is matches[-1]
        lines[entry.first : entry.last + 1] = [line] if is_last and value is not None else []
    if not matches and value is not None:
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
    """Replace the file atomically; keep its group permissions, or inherit them from a setgid folder."""
    with atomic_write(path, mode=0o600) as temporary:
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode) & 0o660)
        elif path.parent.stat().st_mode & stat.S_ISGID:
            temporary.chmod(0o660)
        temporary.write_bytes(content)
