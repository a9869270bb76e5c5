"""Responses of Graphkeep's own routes, as the page reads them.

Declared once: views return them, and the page's TypeScript types are generated from them by `typescript.py`.
"""

from typing import Any, Literal, NotRequired, TypedDict

ColumnKind = Literal["number", "category", "time", "text"]
ParameterType = Literal["choice", "number", "integer", "flag", "column", "node"]
Table = Literal["node", "edge"]
ParameterValue = str | int | float | bool | None
ParameterValues = dict[str, ParameterValue]
Access = Literal["own", "view", "edit", "share"]
Audience = Literal["anyone", "signed-in", "person"]
ShareAction = Literal["10", "20", "30"]
SharingMode = Literal["private", "organization", "public"]
ReadingKind = Literal["edges", "edges+nodes", "nodes", "matrix", "lists", "adjacency", "hypergraph"]
RunState = Literal["queued", "running", "paused", "done", "fixed", "stopped"]


class ColumnInfo(TypedDict):
    name: str
    kind: ColumnKind
    distinct_count: int | None
    null_count: int
    dtype: str
    computed: NotRequired[str]


class Columns(TypedDict):
    node: list[ColumnInfo]
    edge: list[ColumnInfo]


class Alternative(TypedDict):
    label: str
    parser_options: dict[str, Any]


class Repair(TypedDict):
    code: str
    message: str
    table: str
    column: str
    count: int
    lines: NotRequired[list[int]]
    before: NotRequired[str]
    after: NotRequired[str]
    alternative: NotRequired[Alternative | None]


class LayoutError(TypedDict):
    job: str
    message: str


class LayoutState(TypedDict):
    name: str
    options: ParameterValues
    notes: list[str]
    revision: str
    arranging: bool
    former: str
    error: LayoutError | None
    state: RunState
    progress: float
    converged: bool


class ProgressUpdate(TypedDict):
    progress: float
    message: str
    layout: LayoutState


class MetricStatus(TypedDict):
    metric: str
    title: str
    column: str
    options: dict[str, Any]
    state: Literal["queued", "running", "done", "failed"]
    progress: float
    message: str


class NodeEncodings(TypedDict):
    color: str | None
    size: str | None


class GraphState(ProgressUpdate):
    dataset_id: str
    name: str
    description: str
    state: Literal["empty", "preparing", "ready", "failed"]
    error: str
    node_count: int
    edge_count: int
    version: int
    pins_version: int
    picture: int
    encodings: NodeEncodings
    metrics: list[MetricStatus]
    columns: Columns
    repairs: list[Repair]
    metadata: dict[str, Any]
    privacy: str
    owner: str
    is_mine: bool
    can_edit: bool
    can_share: bool
    who: str
    url_defaults: dict[str, str | int | float | bool]


class ChoiceValue(TypedDict):
    value: str
    title: str


class Parameter(TypedDict):
    name: str
    title: str
    help: str
    type: ParameterType
    default: ParameterValue
    required: bool
    choices: NotRequired[list[ChoiceValue]]
    low: NotRequired[float]
    high: NotRequired[float]
    table: NotRequired[Literal["nodes", "edges"]]
    columns: NotRequired[list[ColumnKind]]


class Layout(TypedDict):
    name: str
    title: str
    description: str
    options: list[Parameter]


class Metric(TypedDict):
    name: str
    title: str
    description: str
    is_group: bool
    options: list[Parameter]


class SearchHit(TypedDict):
    row: int
    column: str
    text: str
    title: str


class Rows(TypedDict):
    columns: list[str]
    rows: list[dict[str, Any]]


class DatasetRow(TypedDict):
    dataset_id: str
    name: str
    description: str
    author: int
    owner: str
    org_name: str
    privacy: str
    who: str
    node_count: int
    edge_count: int
    image: str
    version: int
    created_at: str
    updated_at: str
    is_mine: NotRequired[bool]


class DatasetList(TypedDict):
    count: int
    next: str | None
    previous: str | None
    results: list[DatasetRow]


class FileError(TypedDict):
    message: str


class TableSchema(TypedDict):
    name: str
    num_cols: int
    num_rows: int
    dtypes: dict[str, str]
    detected: dict[str, str | int | None]


class FileRow(TypedDict):
    file_id: str
    name: str
    file_type: str
    file_compression: str
    parser_options: dict[str, Any]
    bytes_count: int
    is_uploaded: bool
    is_valid: bool
    errors: list[FileError]
    repairs: list[Repair]
    tables_schemas: list[TableSchema]


class ColumnSample(TypedDict):
    name: str
    kind: ColumnKind
    sample: list[Any]


class UploadedTable(TypedDict):
    file_id: NotRequired[str]
    name: str
    num_rows: int
    columns: list[ColumnSample]


class Reading(TypedDict):
    kind: ReadingKind
    label: str
    reason: str
    source: str | None
    destination: str | None
    node: str | None
    columns: list[str]
    edge_tables: list[int]
    node_tables: list[int]
    edge_table: int
    node_table: int
    edge_bindings: dict[str, str]
    node_bindings: dict[str, str]
    separator: str
    threshold: NotRequired[float | None]
    is_undirected: NotRequired[bool]
    is_header_row: NotRequired[bool]
    direct: NotRequired[bool]
    time: NotRequired[str | None]
    score: NotRequired[float]
    remembered: NotRequired[bool]
    parser_options: NotRequired[dict[str, Any]]


class Readings(TypedDict):
    tables: list[UploadedTable]
    readings: list[Reading]
    alternatives: list[Reading]
    message: str
    repairs: list[Repair]


class Preview(TypedDict):
    titles: list[str]
    edges: list[list[int]]
    is_sample: bool


class Format(TypedDict):
    name: str
    media_type: str
    suffixes: list[str]


class PersonWithAccess(TypedDict):
    who: str
    may: Access
    how: str
    email: NotRequired[str]


class ShareLink(TypedDict):
    link_id: int
    name: str
    audience: Audience
    email: str
    origin: str
    created_by: str
    created_at: str
    expires_at: str
    use_count: int
    max_uses: int | None
    last_used_at: str | None


class NewShareLink(ShareLink):
    address: str


class Sharing(TypedDict):
    who: str
    can_share: bool
    mode: NotRequired[SharingMode]
    mode_action: NotRequired[ShareAction]
    organization: NotRequired[str]
    people: NotRequired[list[PersonWithAccess]]
    links: NotRequired[list[ShareLink]]


class ErrorBody(TypedDict):
    success: Literal[False]
    message: str
    detail: str
    error: str
    code: str
