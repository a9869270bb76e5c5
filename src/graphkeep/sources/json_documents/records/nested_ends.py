"""Records whose two ends are objects, such as `from` and `to` with an address and a name each."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graphs.node_lists import ENDS
from graphkeep.sources.json_documents.roles import NODE_ROLES, bind_roles
from graphkeep.sources.json_documents.scalars import id_of, mapping_of

PAIRS = (
    *ENDS, ("sender", "receiver"), ("sender", "recipient"), ("payer", "payee"), ("buyer", "seller"),
    ("origin", "destination"), ("caller", "callee"), ("client", "server"), ("debtor", "creditor"),
    ("follower", "followed"), ("author", "recipient"), ("fromAddress", "toAddress"), ("fromUser", "toUser"),
    ("from_user", "to_user"), ("fromAccount", "toAccount"),
)  # fmt: skip
IDS = (
    "id", "_id", "@id", "uuid", "uid", "key", "address", "ip", "email", "alternateId", "login", "username", "account",
    "iban", "number", "code", "name", "label", "title",
)  # fmt: skip
TITLES = ("name", "displayName", "label", "title", "login", "username", "email")
MIN_SHARE = 0.8
SAMPLE = 1000
SCORE = 2.4


def nested_ends(records: Sequence[dict[str, Any]]) -> tuple[str, str, str] | None:
    """The names of both ends, and of the id in each."""
    sample = records[:SAMPLE]
    for source, target in PAIRS:
        ends = [each.get(name) for each in sample for name in (source, target)]
        objects = [end for end in ends if isinstance(end, dict)]
        if not objects or len(objects) < MIN_SHARE * len(ends):
            continue
        for name in IDS:
            count = sum(id_of(end.get(name)) is not None for end in objects)
            if count >= MIN_SHARE * len(objects):
                return source, target, name
    return None


def read_ends(
    records: Sequence[dict[str, Any]],
    table: pa.Table,
    context: ReadContext,
    *,
    edge_table: int,
    node_table: int,
) -> tuple[pa.Table, TableInterpretation] | None:
    """A table of what both ends hold, once for each id, and the interpretation that joins it with the records."""
    ends = nested_ends(records)
    if ends is None:
        return None
    source, target, id_name = ends
    names = (f"{source}.{id_name}", f"{target}.{id_name}")
    if not set(names) <= set(table.column_names):
        return None
    nodes: dict[str, dict[str, Any]] = {}
    for record in records:
        for end in (mapping_of(record.get(source)), mapping_of(record.get(target))):
            node_id = id_of(end.get(id_name))
            if node_id is not None:
                row = nodes.setdefault(str(node_id), {id_name: node_id})
                for name, value in end.items():
                    if row.get(name) is None:
                        row[name] = value
    node_rows = context.records_table(list(nodes.values()), name="ends")
    bindings = bind_roles(node_rows, NODE_ROLES)
    title = next((name for name in TITLES if name in node_rows.column_names), None)
    if title is not None:
        bindings["node_title"] = title
    return node_rows, TableInterpretation(
        kind="edges+nodes",
        label=f"{names[0]} → {names[1]}",
        reason=f"Each record joins its {source} with its {target}; both are nodes by their {id_name}.",
        source=names[0],
        destination=names[1],
        node=id_name,
        edge_tables=(edge_table,),
        node_tables=(node_table,),
        node_bindings=bindings,
        score=SCORE,
    )
