"""Runs inside a sandbox process: one jq program over one JSON text."""

import json
import os
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import jq

OUTPUT = 0
jq.compile(".").input_text("{}").first()  # loaded in advance


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """The program's outputs as one JSON list in `handles[OUTPUT]`; a list that it gives counts as its entries.

    The answer has `count`; or `error`, in the words of jq.
    """
    os.environ.clear()  # jq shows it as $ENV
    limit = int(request["max_rows"])
    try:
        outputs = iter(jq.compile(request["program"]).input_text(request["text"]))
        rows = list(islice(entries(outputs), limit + 1))
    except ValueError as error:
        return {"error": str(error)[:500]}
    except MemoryError:
        return {"error": "it needs more memory than it may use"}
    with os.fdopen(handles[OUTPUT], "wb") as output:
        output.write(json.dumps(rows).encode())
    return {"count": len(rows)}


def entries(outputs: Any) -> Any:
    for output in outputs:
        if isinstance(output, list):
            yield from output
        else:
            yield output
