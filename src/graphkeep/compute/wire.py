"""What requests to the two compute endpoints may ask of their results; checked before any sandbox process is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkeep.graph.errors import UserInputError

FORMATS = ("json", "csv", "parquet")
GRAPH_OUTPUTS = ("all", "nodes", "edges", "shape")
CODE_OUTPUTS = ("json", "table", *GRAPH_OUTPUTS)
LONGEST_CODE = 200_000
ENGINES = ("pandas", "cudf", "auto")
STRICTNESS = ("strict", "warn", "quiet")
COMPRESSIONS = ("snappy", "gzip", "zstd", "brotli", "lz4", "none", None)
# Parameters of the writers that say how a table looks, and never where it goes.
EXPORT_CSV: dict[str, type] = {
    "sep": str, "na_rep": str, "header": bool, "index": bool, "decimal": str, "quotechar": str,
    "date_format": str, "lineterminator": str,
}  # fmt: skip
LOOKS = "looks.json"  # the member of a zip that holds them until the dataset has its id
SINGLE = {"sep", "decimal", "quotechar"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    output_type: str
    format_name: str
    export: Mapping[str, Any] = field(default_factory=dict)
    node_columns: tuple[str, ...] | None = None
    edge_columns: tuple[str, ...] | None = None

    def to_wire(self) -> dict[str, Any]:
        return {
            "output_type": self.output_type,
            "format_name": self.format_name,
            "export": dict(self.export),
            "node_columns": self.node_columns,
            "edge_columns": self.edge_columns,
        }


def read_wanted(said: Mapping[str, Any], output_type: str) -> Wanted:
    """How the result of a query is wanted.

    Raises:
        UserInputError: a part is unknown, or of the wrong kind.
    """
    format_name = chosen(said, "format", FORMATS, "json")
    chosen(said, "engine", ENGINES, "pandas")
    if output_type not in GRAPH_OUTPUTS:
        raise UserInputError(
            f"'{output_type[:40]}' is not one of the outputs {', '.join(GRAPH_OUTPUTS)}."
        )
    return Wanted(
        output_type=output_type,
        format_name=format_name,
        export=read_export(said.get("df_export_args"), format_name),
        node_columns=columns_of(said, "node_col_subset"),
        edge_columns=columns_of(said, "edge_col_subset"),
    )


def chosen(said: Mapping[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    found = said.get(name)
    if found is None:
        return default
    if not isinstance(found, str) or found not in known:
        raise UserInputError(f"{name} '{str(found)[:40]}' is not one of {', '.join(known)}.")
    return found


def columns_of(said: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    found = said.get(name)
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UserInputError(f"{name} must be a list of column names.")
    return tuple(found)


def read_export(said: object, format_name: str) -> dict[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise UserInputError("df_export_args must be an object.")
    known: dict[str, type] = {
        "csv": EXPORT_CSV,
        "parquet": {"compression": str, "index": bool},
    }.get(format_name, {})
    for name, value in said.items():
        if name not in known:
            right = ", ".join(known) or "nothing"
            raise UserInputError(
                f"df_export_args has '{str(name)[:60]}', which is refused here. It may have: {right}."
            )
        if name == "compression":
            if value not in COMPRESSIONS:
                shown = ", ".join(str(one) for one in COMPRESSIONS[:-1])
                raise UserInputError(f"df_export_args.compression is not one of {shown}.")
        elif not isinstance(value, known[name]) or (isinstance(value, str) and len(value) > 40):
            raise UserInputError(f"df_export_args.{name} is of the wrong kind, or too long.")
        elif name in SINGLE and len(str(value)) != 1:
            raise UserInputError(f"df_export_args.{name} must be one character.")
    return dict(said)


@dataclass(frozen=True, kw_only=True)
class Code:
    execute: str
    output_type: str
    format_name: str
    label: str

    def to_wire(self) -> dict[str, Any]:
        return {
            "execute": self.execute,
            "output_type": self.output_type,
            "format_name": self.format_name,
        }


def read_code(said: Mapping[str, Any]) -> Code:
    """What a request to run Python asks.

    Raises:
        UserInputError: a part is missing, unknown, or of the wrong kind.
    """
    execute = said.get("execute")
    if not isinstance(execute, str) or not execute.strip():
        raise UserInputError("execute is missing: send the code, which defines task(g).")
    if len(execute) > LONGEST_CODE:
        raise UserInputError(f"execute is longer than {LONGEST_CODE} characters.")
    chosen(said, "engine", ENGINES, "pandas")
    output_type = chosen(said, "output_type", CODE_OUTPUTS, "json")
    format_name = chosen(said, "format", FORMATS, "json")
    label = said.get("run_label") or ""
    if not isinstance(label, str) or len(label) > 200:
        raise UserInputError("run_label must be a text of at most 200 characters.")
    return Code(execute=execute, output_type=output_type, format_name=format_name, label=label)
