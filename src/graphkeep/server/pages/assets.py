"""What the workbench was built into: the script and the styles of each page."""

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
    reload: str = ""  # Vite's own script, while its server serves the page


@cache
def manifest() -> dict[str, Any]:
    path = settings.WORKBENCH_DIR / ".vite/manifest.json"
    try:
        read: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise UnavailableError(
            "The workbench is not built yet: start the server by  ./graphkeep up"
        ) from error
    return read


def assets_of(entry: str) -> Assets:
    """The files of an entry such as `graph`: as built, or from Vite's server while it serves the page."""
    if settings.VITE_URL:
        base = f"{settings.VITE_URL}{settings.STATIC_URL}workbench/"
        return Assets(script=f"{base}src/app/{entry}.ts", styles=(), reload=f"{base}@vite/client")
    return built_assets(entry)


@cache
def built_assets(entry: str) -> Assets:
    """The files of an entry, styles of what it imports included."""
    chunks = manifest()
    styles: list[str] = []
    waiting = [f"src/app/{entry}.ts"]
    seen = set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        styles += chunks[key].get("css", [])
        waiting += chunks[key].get("imports", [])
    base = f"{settings.STATIC_URL}workbench/"
    return Assets(
        script=base + chunks[f"src/app/{entry}.ts"]["file"],
        styles=tuple(dict.fromkeys(base + one for one in styles)),
    )
