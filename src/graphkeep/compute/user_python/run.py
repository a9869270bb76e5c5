"""Runs a user's Python code, `task(g)`. Loaded only inside a fully isolated sandbox.

Once the code runs, the user controls this whole process: its response is passed on as bytes and
never trusted.
"""

import textwrap
import traceback
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from graphkeep.compute.plottable import plottable
from graphkeep.compute.results import MEDIA, as_json, body_of, check_rows, tables_of
from graphkeep.graph.errors import UserInputError

NAME = "<task>"
LONGEST_ERROR = 2000


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """Run `task(g)` and return the media type; the result is written to the first of the open files.

    Raises:
        UserInputError: the code fails, or returns a value of the wrong type.
    """
    warnings.simplefilter("ignore")
    graph = plottable(request["dataset"], handles[3:])
    if graph._nodes is None:  # noqa: SLF001
        graph = graph.materialize_nodes()
    result = called(request["execute"], graph)
    body, media = shaped(result, request)
    with open(handles[0], "wb", closefd=False) as sink:
        sink.write(body)
    return {"media": media}


def called(text: str, graph: Any) -> Any:
    names: dict[str, Any] = {"__name__": "task"}
    try:
        exec(compile(textwrap.dedent(text), NAME, "exec"), names)  # noqa: S102 - what the sandbox is for
        task = names.get("task")
        if not callable(task):
            raise UserInputError("The code must define task(g).")
        return task(graph)
    except (UserInputError, MemoryError):
        raise
    except BaseException as error:  # SystemExit too: the user's code raised it
        raise UserInputError(describe_error(error)) from error


def describe_error(error: BaseException) -> str:
    """The error and its line, without local paths."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == NAME
    ]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    location = f" in line {lines[-1]}" if lines else ""
    text = str(error) if not isinstance(error, SyntaxError) else error.msg
    return f"{type(error).__name__}{location}: {text}"[:LONGEST_ERROR]


def shaped(result: Any, request: Mapping[str, Any]) -> tuple[bytes, str]:
    output_type, format_name = request["output_type"], request["format_name"]
    if output_type == "json":
        return as_json(result), MEDIA["json"]
    if output_type == "table":
        if not isinstance(result, pd.DataFrame):
            raise UserInputError(
                f"task(g) returned {type(result).__name__}; a data frame was asked for."
            )
        nodes, edges = result.reset_index(drop=True), pd.DataFrame()
    elif hasattr(result, "_nodes") and hasattr(result, "_edges"):
        nodes, edges = tables_of(result)
    else:
        raise UserInputError(f"task(g) returned {type(result).__name__}; a graph was asked for.")
    check_rows(nodes, edges, request["most_rows"])
    return body_of(
        nodes, edges, output_type=output_type, format_name=format_name, export={}, metadata={}
    )
