"""Records with a list of the ids of other records, such as `friends`: an edge goes to each."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.scalars import clean_name, id_of

IDS = ("id", "_id", "@id", "uuid", "uid", "key", "ref", "name", "title", "login", "username")
TITLES = ("name", "label", "title")
MIN_SHARE = 0.3
SAMPLE = 20_000
SCORE = 2.2


def references_in(records: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
    """The name of an id, and that of the lists of which many entries are such ids."""
    sample = records[:SAMPLE]
    lists: dict[str, list[Any]] = {}
    for record in sample:
        for name, value in record.items():
            if type(value) is list and len(lists) < 100:
                lists.setdefault(name, []).extend(value[:1000])
    if not lists or len(records) < 2:
        return None
    for id_name in IDS:
        ids = {str(record[id_name]) for record in sample if id_of(record.get(id_name)) is not None}
        if len(ids) < len(sample):
            continue
        for name, values in lists.items():
            texts = {str(value) for value in values if id_of(value) is not None}
            if len(texts & ids) >= 2 and len(texts & ids) >= MIN_SHARE * len(texts):
                return id_name, name
    return None


def read_references(
    records: Sequence[dict[str, Any]],
    table: pa.Table,
    context: ReadContext,
    *,
    edge_table: int,
    node_table: int,
) -> tuple[pa.Table, TableInterpretation] | None:
    """A table with a row for each entry of the lists, and the interpretation that joins it with the records."""
    found = references_in(records)
    if found is None or found[0] not in table.column_names:
        return None
    id_name, list_name = found
    sources: list[Any] = []
    targets: list[Any] = []
    for record in records:
        value = record.get(list_name)
        for target in value if isinstance(value, list) else []:
            sources.append(record.get(id_name))
            targets.append(target)
    list_name = clean_name(list_name)
    edges = context.table({id_name: sources, f"{list_name} (each)": targets}, name=list_name)
    title = next((name for name in TITLES if name in table.column_names), None)
    return edges, TableInterpretation(
        kind="edges+nodes",
        label=f"{id_name} → {list_name}",
        reason=f"Most entries of {list_name} are a {id_name} of another record; an edge goes to each of them.",
        source=id_name,
        destination=f"{list_name} (each)",
        node=id_name,
        edge_tables=(edge_table,),
        node_tables=(node_table,),
        node_bindings={"node_title": title} if title else {},
        score=SCORE,
    )
