"""Assets of the workbench build: the script and style sheets of each page."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from graphkeep.graph.errors import UnavailableError


@dataclass(frozen=True, kw_only=True)
class Assets:
    script: str
    styles: tuple[str, ...]
    reload: str = ""  # the Vite client, during development


@cache
def manifest() -> dict[str, Any]:
    path = settings.WORKBENCH_DIR / ".vite/manifest.json"
    try:
        entries: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise UnavailableError(
            "The workbench is not built yet: start the server by  ./graphkeep up"
        ) from error
    return entries


def assets_of(entry: str) -> Assets:
    """The assets of an entry such as `graph`: built files, or those of the Vite server if VITE_URL is set.

    Raises:
        UnavailableError: the workbench is not built.
    """
    if settings.VITE_URL:
        base = f"{settings.VITE_URL}{settings.STATIC_URL}workbench/"
        return Assets(script=f"{base}src/app/{entry}.ts", styles=(), reload=f"{base}@vite/client")
    return built_assets(entry)


@cache
def built_assets(entry: str) -> Assets:
    """The built assets of an entry, with the style sheets of all its imports."""
    chunks = manifest()
    styles: list[str] = []
    pending = [f"src/app/{entry}.ts"]
    visited = set()
    while pending:
        key = pending.pop()
        if key in visited:
            continue
        visited.add(key)
        styles += chunks[key].get("css", [])
        pending += chunks[key].get("imports", [])
    base = f"{settings.STATIC_URL}workbench/"
    return Assets(
        script=base + chunks[f"src/app/{entry}.ts"]["file"],
        styles=tuple(dict.fromkeys(base + name for name in styles)),
    )
