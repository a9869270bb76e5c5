"""`config.json`: where it is, how it is read, and which of its documented settings have no effect."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphkeep.graph.errors import nearest_name
from graphkeep.server.config.envfile import ConfigurationError

CONFIG_PATHS = (
    "data/pivot-db/config/config.json",
    "config/pivot-db/config/config.json",
    "data/investigations/config/config.json",
)
# Documented settings, or whole parts, that do nothing here, and why.
WITHOUT_EFFECT = {
    "env": "a Graphkeep server is always a production server", "host": "`graphkeep up --host`",
    "port": "`graphkeep up --port`", "authentication": "people sign in with accounts of this server",
    "pivotApp": "paths are fixed; folders are the settings of this server", "log": "GRAPHISTRY_LOG_LEVEL",
    "graphistry": "this is one server", "features": "there is nothing to switch on",
    "neo4j.metadata": "queries say what they are in the audit trail",
    "neo4j.schema": "a query names its own time range, by $since and $until; *Schema* lists labels and properties",
    "elasticsearch.version": "the version is asked for", "vt.fileReport": "the API v3 of VirusTotal is used",
    "splunk.uiPort": "no links lead to Splunk's pages", "splunk.suffix": "no links lead to Splunk's pages",
    "splunk.jobCacheTimeout": "a job ends with its query", "splunk.version": "the version is asked for",
    "systemTemplates": "investigations are not part of this release", "pivots": "investigations are not part of this release",
    "ontology": "investigations are not part of this release", "layouts": "investigations are not part of this release",
}  # fmt: skip


def read_config_json(home: Path) -> tuple[dict[str, Any], str]:
    """The first `config.json` there is, and its path; both empty without one.

    Raises:
        ConfigurationError: it is not JSON; the message has line and column.
    """
    for name in CONFIG_PATHS:
        path = home / name
        if not path.is_file():
            continue
        try:
            value = json.loads(without_trailing_commas(path.read_text("utf-8-sig")))
        except json.JSONDecodeError as error:
            raise ConfigurationError(
                f"{name}, line {error.lineno}, column {error.colno}: {error.msg}"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{name} cannot be read: {error}") from error
        if not isinstance(value, dict):
            raise ConfigurationError(f"{name}, line 1, column 1: must be a JSON object")
        return value, name
    return {}, ""


def without_trailing_commas(text: str) -> str:
    """Blanks in place of commas before a closing bracket, outside of texts; every position stays the same."""
    token = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
    return token.sub(lambda match: " " if match[0] == "," else match[0], text)


def at_path(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def unused_settings(document: Mapping[str, Any], used: set[str]) -> list[str]:
    """A sentence for each setting of a `config.json` that has no effect. `used` are the paths of those that have one."""
    sentences = {}
    for path in leaf_paths(document):
        if any(path == each or path.startswith(f"{each}.") for each in used):
            continue
        part = next(
            (each for each in WITHOUT_EFFECT if path == each or path.startswith(f"{each}.")), ""
        )
        if part:
            sentences[part] = f"`{part}` has no effect: {WITHOUT_EFFECT[part]}."
        else:
            nearest = nearest_name(path, sorted(used))
            hint = f" Did you mean `{nearest}`?" if nearest else ""
            sentences[path] = f"`{path}` is no known setting.{hint}"
    return list(sentences.values())


def leaf_paths(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in document.items():
        if isinstance(value, Mapping) and value:
            yield from leaf_paths(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
