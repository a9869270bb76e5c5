"""What a kind of connector declares: its settings, languages, and how it checks, asks and describes a source.

Built-in kinds and those of other packages (entry points `graphkeep.connectors`) use the same object.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from graphkeep.egress.outbound import Outbound
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    Restriction,
    SourceQuery,
)

if TYPE_CHECKING:  # every command loads this module
    import pyarrow as pa

FieldKind = Literal["text", "multiline", "integer", "boolean", "host", "choice", "list", "file"]
Settings = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One setting of a connector. A secret one is stored encrypted and never shown again."""

    name: str
    label: str
    kind: FieldKind = "text"
    is_required: bool = False
    is_secret: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditFinding:
    """What the connected account can do beyond what is needed, or a check that is fine (`is_excess` False).

    `check` is a short stable id such as `superuser`, `writes`, `other-schemas`, `server-files`.
    """

    check: str
    is_excess: bool
    message: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A table, index, label or collection of a source; `container` is its schema or database."""

    name: str
    container: str = ""
    kind: str = "table"
    columns: tuple[SourceColumn, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceSchema:
    """What the account can read; `is_cut`: there is more than was listed."""

    tables: tuple[SourceTable, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, kw_only=True)
class ConnectionContext:
    """All that a session needs: settings, secrets by field name, and the way to other machines.

    `secrets` never appear in a repr. `outbound` opens connections to the connector's own endpoints only.
    `limits` bound each call. Kinds that read files read them below `files_folder`, which the administrator names;
    None: none are read. `scratch_folder` is for files without names.
    """

    settings: Settings
    secrets: Mapping[str, str] = field(repr=False)
    outbound: Outbound
    limits: QueryLimits = field(default_factory=QueryLimits)
    files_folder: Path | None = None
    scratch_folder: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))


class SourceSession(Protocol):
    """A connection to one source. Not safe for threads, but for `cancel`, which another thread calls."""

    def test(self) -> None:
        """Sign in and read the least there is. Raises ConnectorError: with the stage that fails."""

    def audit(self) -> tuple[AuditFinding, ...]:
        """What the account may really do. Raises ConnectorError."""

    def schema(self) -> SourceSchema:
        """The tables, indexes or labels that the account can read. Raises ConnectorError."""

    def run(self, query: CheckedQuery) -> "Iterator[pa.RecordBatch]":
        """The rows of a query in batches of at most 10,000 rows, as they arrive; at least one.

        Where the source names no types, a batch has the columns and types of its own rows: `ColumnUnion` joins them.

        Raises:
            ConnectorError: the source failed; batches that came before stay valid.
        """

    def total_rows(self) -> int | None:
        """How many rows the last query has at the source, where the source tells it."""

    def cancel(self) -> None:
        """End the running query at the source; `run` then ends with ConnectorError of the stage `timeout` or `query`."""

    def close(self) -> None:
        """Close the connection, whatever its state; never raises."""


CheckQuery = Callable[[SourceQuery, QueryPolicy, QueryLimits, Settings], CheckedQuery]
CheckSettings = Callable[[Settings], None]


def accept_settings(settings: Settings) -> None:
    """The fields' own kinds say all."""


@dataclass(frozen=True, kw_only=True)
class ConnectorKind:
    """A kind of connector.

    `check` raises QueryRefusedError; it is pure, and the bridge calls it as well. `endpoints` are the hosts and ports
    of the settings; `open` connects lazily or at once. `check_settings` raises UserInputError and names the field, for
    what the fields' own kinds cannot say. `restrictions` are those that `check` can hold. `can_reduce`: `check`
    sends the reduction of a query along. `max_text`: the longest query, in
    characters.
    """

    name: str
    title: str
    description: str
    fields: tuple[SettingField, ...]
    languages: tuple[str, ...]
    restrictions: tuple[Restriction, ...]
    check: CheckQuery
    endpoints: Callable[[Settings], tuple[tuple[str, int], ...]]
    open: Callable[[ConnectionContext], SourceSession]
    check_settings: CheckSettings = accept_settings
    example_query: str = ""
    can_reduce: bool = False
    max_text: int = 100_000
    icon: str = "database"
