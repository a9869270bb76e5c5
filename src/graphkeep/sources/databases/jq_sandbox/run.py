"""Runs jq programs in sandbox processes, each in one of its own, for at most 5 seconds."""

import json
from pathlib import Path
from typing import Any

from graphkeep.graph.errors import GraphkeepError
from graphkeep.sandbox.isolation import require_confinement
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool
from graphkeep.sources.databases.stages import ConnectorError

MAX_PROGRAM = 10_000
LIMITS = Limits(
    memory_bytes=512 << 20,
    seconds=5,
    result_bytes=256 << 20,
    overhead_bytes=256 << 20,
    subject="This jq program",
    remedy="Simplify it",
)


class JqSandbox:
    """`scratch` is a folder for files without names; `keeps_warm`: start the next process in advance."""

    def __init__(self, scratch: Path, *, keeps_warm: bool = False) -> None:
        self.pool = SandboxPool(
            "graphkeep.sources.databases.jq_sandbox.sandbox_entry",
            scratch=scratch,
            limits=LIMITS,
            max_processes=None,
            warm_count=int(keeps_warm),
        )

    def run(self, program: str, text: str, *, max_rows: int) -> list[Any]:
        """The program's outputs for a JSON text, at most `max_rows` + 1; a list among them counts as its entries.

        Raises:
            ConnectorError: the program or the text is wrong, or takes too long or too much memory.
        """
        if len(program) > MAX_PROGRAM:
            raise ConnectorError("query", f"A jq program has at most {MAX_PROGRAM:,} characters.")
        request = {"program": program, "text": text, "max_rows": max_rows}
        try:
            with self.pool.run(request, (), require=require_confinement) as result:
                if "error" in result.answer:
                    raise ConnectorError(
                        "query", f"The jq program fails: {result.answer['error']}."
                    )
                rows = json.loads(result.files[0].read())
        except ConnectorError:
            raise
        except GraphkeepError as error:
            raise ConnectorError("query", error.message) from error
        except ValueError as error:
            raise ConnectorError("query", "The jq program gives no JSON.") from error
        if not isinstance(rows, list):
            raise ConnectorError("query", "The jq program gives no rows.")
        return rows

    def close(self) -> None:
        self.pool.close()
