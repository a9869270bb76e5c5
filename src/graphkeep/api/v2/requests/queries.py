"""Requests to the two compute endpoints; parsed before a sandbox is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.api.v2.requests.fields import Fields
from graphkeep.api.v2.requests.sharing import share_settings
from graphkeep.compute.gfql.limits import QueryLimits
from graphkeep.compute.gfql.parser import read_query
from graphkeep.compute.gfql.values import Query
from graphkeep.compute.result_format import EXPORT_CSV, PythonCode, ResultFormat
from graphkeep.datasets.sharing.share import ShareSettings
from graphkeep.graph.errors import UserInputError

FORMATS = ("json", "csv", "parquet")
GRAPH_OUTPUTS = ("all", "nodes", "edges", "shape")
CODE_OUTPUTS = ("json", "table", *GRAPH_OUTPUTS)
MAX_CODE = 200_000
MAX_LABEL = 200
ENGINES = ("pandas", "cudf", "auto")
STRICTNESS = ("strict", "warn", "quiet")
COMPRESSIONS = ("snappy", "gzip", "zstd", "brotli", "lz4", "none", None)
EXPORT_PARQUET: dict[str, type] = {"compression": str, "index": bool}
SINGLE = {"sep", "decimal", "quotechar"}


@dataclass(frozen=True, kw_only=True)
class QueryRequest:
    query: Query
    result: ResultFormat
    strictness: str
    is_persisted: bool
    privacy: ShareSettings | None

    @classmethod
    def parse(
        cls, body: Mapping[str, Any], *, output_type: str, limits: QueryLimits
    ) -> "QueryRequest":
        """Raises UserInputError: a part is unknown or of the wrong kind, or not in the query language."""
        body_fields = Fields(body)
        format_name = body_fields.choice("format", FORMATS, "json")
        body_fields.choice("engine", ENGINES, "pandas")
        if output_type not in GRAPH_OUTPUTS:
            raise UserInputError(
                f"'{output_type[:40]}' is not one of the outputs {', '.join(GRAPH_OUTPUTS)}."
            )
        is_persisted = body_fields.flag("persist")
        if is_persisted and output_type in {"nodes", "edges"}:
            raise UserInputError("persist needs a whole graph: ask for the output 'all'.")
        return cls(
            result=ResultFormat(
                output_type=output_type,
                format_name=format_name,
                export=export_arguments(body_fields, format_name),
                node_columns=body_fields.texts("node_col_subset"),
                edge_columns=body_fields.texts("edge_col_subset"),
            ),
            strictness=body_fields.choice("strictness", STRICTNESS, "warn"),
            query=read_query(body, limits),
            is_persisted=is_persisted,
            privacy=share_settings(body_fields.fields("privacy"))
            if body_fields.any("privacy")
            else None,
        )


@dataclass(frozen=True, kw_only=True)
class CodeRequest:
    code: PythonCode
    label: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "CodeRequest":
        """Raises UserInputError: a part is missing, unknown, or of the wrong kind."""
        body_fields = Fields(body)
        execute = body_fields.any("execute")
        if not isinstance(execute, str) or not execute.strip():
            raise UserInputError("execute is missing: send the code, which defines task(g).")
        if len(execute) > MAX_CODE:
            raise UserInputError(f"execute is longer than {MAX_CODE} characters.")
        body_fields.choice("engine", ENGINES, "pandas")
        code = PythonCode(
            execute=execute,
            output_type=body_fields.choice("output_type", CODE_OUTPUTS, "json"),
            format_name=body_fields.choice("format", FORMATS, "json"),
        )
        label = body_fields.any("run_label") or ""
        if not isinstance(label, str) or len(label) > MAX_LABEL:
            raise UserInputError(f"run_label must be a text of at most {MAX_LABEL} characters.")
        return cls(code=code, label=label)


def export_arguments(read: Fields, format_name: str) -> dict[str, Any]:
    """Keyword arguments of the writer: those for the format of a table, never for its destination."""
    arguments = read.mapping("df_export_args")
    types = {"csv": EXPORT_CSV, "parquet": EXPORT_PARQUET}.get(format_name, {})
    for name, value in arguments.items():
        if name not in types:
            type_names = ", ".join(types) or "nothing"
            raise UserInputError(
                f"df_export_args has '{name[:60]}', which is not supported. Supported: {type_names}."
            )
        if name == "compression":
            if value not in COMPRESSIONS:
                names = ", ".join(str(compression) for compression in COMPRESSIONS[:-1])
                raise UserInputError(f"df_export_args.compression is not one of {names}.")
        elif not isinstance(value, types[name]) or (isinstance(value, str) and len(value) > 40):
            raise UserInputError(f"df_export_args.{name} is of the wrong kind, or too long.")
        elif name in SINGLE and len(str(value)) != 1:
            raise UserInputError(f"df_export_args.{name} must be one character.")
    return arguments
