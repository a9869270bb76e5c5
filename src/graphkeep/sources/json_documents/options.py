"""The `parser_options` of JSON, by the names of pandas' `read_json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.graph.errors import UnreadableFileError

ORIENTATIONS = ("columns", "records", "split", "index", "values", "table")
KNOWN = (
    "orient",
    "lines",
    "encoding",
    "nrows",
    "dtype",
    "convert_dates",
    "record_path",
    "vocabulary",
)


@dataclass(frozen=True, kw_only=True)
class JsonOptions:
    """`record_path` names the list that is the table; without `vocabulary` a graph is read as plain tables."""

    orient: str | None = None
    lines: bool = False
    encoding: str | None = None
    nrows: int | None = None
    dtype: Any = None
    convert_dates: bool = True
    record_path: tuple[str, ...] = ()
    vocabulary: bool = True

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "JsonOptions":
        """Raises UnreadableFileError: an option is unknown, or its value is of the wrong kind."""
        options = {name: value for name, value in options.items() if value is not None}
        for name in options:
            if name not in KNOWN:
                raise UnreadableFileError(
                    f"'{name}' is no option of JSON files; the options are {', '.join(KNOWN)}."
                )
        orient = options.get("orient")
        if orient is not None and orient not in ORIENTATIONS:
            raise UnreadableFileError(
                f"orient is '{orient}'; it must be one of {', '.join(ORIENTATIONS)}."
            )
        row_limit = options.get("nrows")
        if row_limit is not None and (
            type(row_limit) is not int or row_limit < 0 or row_limit > 2**62
        ):
            raise UnreadableFileError("nrows must be a whole number of records.")
        encoding = options.get("encoding")
        if encoding is not None and not isinstance(encoding, str):
            raise UnreadableFileError("encoding must be a name such as utf-8.")
        return cls(
            orient=orient,
            lines=bool(options.get("lines", False)),
            encoding=encoding,
            nrows=row_limit,
            dtype=options.get("dtype"),
            convert_dates=bool(options.get("convert_dates", True)),
            record_path=path_of(options.get("record_path", ())),
            vocabulary=options.get("vocabulary", True) is not False,
        )


def path_of(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split("."))
    if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise UnreadableFileError("record_path must be the names that lead to the list of records.")
