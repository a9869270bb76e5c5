"""Index of the documentation: source, path and address of each page.

Addresses are looked up in this index: no file is opened by a path from a request.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

CARRIED = Path(__file__).parent / "pages"  # in a wheel; a checkout has docs/
# Pages outside of docs/, at conventional paths.
BESIDE = {
    "CHANGELOG.md": "changelog",
    "SECURITY.md": "security",
    "CONTRIBUTING.md": "contributing",
    "benchmarks/README.md": "benchmarks",
}
INDEX = "docs/README.md"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page; `source` is its path in the repository, the target of links from other pages."""

    source: str
    path: Path
    address: str


@cache
def root() -> Path:
    return CARRIED if CARRIED.is_dir() else Path(__file__).resolve().parents[4]


@cache
def pages() -> dict[str, Page]:
    """Every page by its source."""
    paths = {path.relative_to(root()).as_posix(): path for path in (root() / "docs").rglob("*.md")}
    paths |= {name: root() / name for name in BESIDE if (root() / name).is_file()}
    return {
        source: Page(source=source, path=path, address=address_of(source))
        for source, path in sorted(paths.items())
    }


@cache
def pictures() -> dict[str, Path]:
    """Every image by its source."""
    return {
        path.relative_to(root()).as_posix(): path for path in (root() / "docs/images").glob("*.png")
    }


def address_of(source: str) -> str:
    if source in BESIDE:
        return f"/docs/{BESIDE[source]}/"
    path = PurePosixPath(source).relative_to("docs").with_suffix("")
    parts = path.parts[:-1] if path.name == "README" else path.parts
    return "/".join(["/docs", *parts, ""])


@cache
def by_address() -> dict[str, Page]:
    return {page.address: page for page in pages().values()}


def page_at(address: str) -> Page | None:
    return by_address().get(address.rstrip("/") + "/")


def moved_page(address: str) -> Page | None:
    """The present page of a former address `/docs/how-to/NAME/`, from before how-tos were grouped."""
    parent, _, name = address.rstrip("/").rpartition("/")
    if parent != "/docs/how-to":
        return None
    matches = [page for page in pages().values() if page.address.endswith(f"/{name}/")]
    return matches[0] if len(matches) == 1 else None


def picture_at(name: str) -> Path | None:
    return pictures().get(f"docs/images/{name}")
