"""Which pages of the documentation there are, where each lies, and the address that it is read by.

An address is looked up among those of the pages: no file is ever opened by a name that a visitor wrote.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

CARRIED = (
    Path(__file__).parent / "pages"
)  # what a wheel carries; a checkout has the files themselves
# Pages that lie beside docs/ because the world looks for them there.
BESIDE = {
    "CHANGELOG.md": "changelog",
    "SECURITY.md": "security",
    "CONTRIBUTING.md": "contributing",
    "benchmarks/README.md": "benchmarks",
}
INDEX = "docs/README.md"


@dataclass(frozen=True, kw_only=True)
class Page:
    """`source` is its path in the repository, which other pages link it by."""

    source: str
    path: Path
    address: str


@cache
def root() -> Path:
    return CARRIED if CARRIED.is_dir() else Path(__file__).resolve().parents[4]


@cache
def pages() -> dict[str, Page]:
    """Every page by its source."""
    found = {one.relative_to(root()).as_posix(): one for one in (root() / "docs").rglob("*.md")}
    found |= {name: root() / name for name in BESIDE if (root() / name).is_file()}
    return {
        source: Page(source=source, path=path, address=address_of(source))
        for source, path in sorted(found.items())
    }


@cache
def pictures() -> dict[str, Path]:
    """Every picture by its source."""
    return {
        one.relative_to(root()).as_posix(): one for one in (root() / "docs/images").glob("*.png")
    }


def address_of(source: str) -> str:
    if source in BESIDE:
        return f"/docs/{BESIDE[source]}/"
    place = PurePosixPath(source).relative_to("docs").with_suffix("")
    parts = place.parts[:-1] if place.name == "README" else place.parts
    return "/".join(["/docs", *parts, ""])


@cache
def by_address() -> dict[str, Page]:
    return {one.address: one for one in pages().values()}


def page_at(address: str) -> Page | None:
    return by_address().get(address.rstrip("/") + "/")


def moved_page(address: str) -> Page | None:
    """The how-to page that had this address before how-tos were grouped: `/docs/how-to/NAME/`."""
    parent, _, name = address.rstrip("/").rpartition("/")
    if parent != "/docs/how-to":
        return None
    named = [page for page in pages().values() if page.address.endswith(f"/{name}/")]
    return named[0] if len(named) == 1 else None


def picture_at(name: str) -> Path | None:
    return pictures().get(f"docs/images/{name}")
