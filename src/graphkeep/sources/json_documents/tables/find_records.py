"""Where the records of a document are: the lists of objects inside its wrappers, by structure."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphkeep.sources.json_documents.scalars import is_records

MAX_DEPTH = 6
MAX_OBJECTS = 10_000
MAX_LISTS = 50
MIN_MAP = 3


@dataclass(frozen=True, kw_only=True)
class RecordList:
    """`path` leads to the list; `entries` are as in the file; `keys` name them where they are a map."""

    path: tuple[str, ...]
    entries: Sequence[Any]
    keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else "table"


def find_record_lists(data: Mapping[str, Any]) -> list[RecordList]:
    """The lists of objects of a document, nearest first; lists inside of records are not among them."""
    found: list[RecordList] = []
    maps: list[RecordList] = []
    pending: deque[tuple[tuple[str, ...], Mapping[str, Any]]] = deque([((), data)])
    visited = 0
    while pending and visited < MAX_OBJECTS and len(found) < MAX_LISTS:
        path, content = pending.popleft()
        visited += 1
        for name, value in content.items():
            if isinstance(value, list):
                if is_records(value):
                    found.append(RecordList(path=(*path, name), entries=value))
            elif isinstance(value, dict) and value and len(path) < MAX_DEPTH:
                if is_map_of_records(value):
                    maps.append(
                        RecordList(
                            path=(*path, name), entries=list(value.values()), keys=tuple(value)
                        )
                    )
                else:
                    pending.append(((*path, name), value))
    return found + maps


def is_map_of_records(value: Mapping[str, Any]) -> bool:
    """Whether an object holds objects alone, three or more, that have names in common."""
    if len(value) < MIN_MAP or not all(isinstance(each, dict) for each in value.values()):
        return False
    inner = list(value.values())
    names = set(inner[0])
    return bool(names) and sum(bool(names & each.keys()) for each in inner) >= 0.8 * len(inner)


def beside(data: Mapping[str, Any], lists: Sequence[RecordList]) -> dict[str, Any]:
    """What the document holds beside its record lists: values by their dotted path."""
    taken = {each.path for each in lists}
    rest: dict[str, Any] = {}
    pending: deque[tuple[tuple[str, ...], Mapping[str, Any]]] = deque([((), data)])
    visited = 0
    while pending and visited < MAX_OBJECTS:
        path, content = pending.popleft()
        visited += 1
        for name, value in content.items():
            inner = (*path, name)
            if inner in taken or value in (None, [], {}):
                continue
            if any(each[: len(inner)] == inner for each in taken):
                pending.append((inner, value))
            else:
                rest[".".join(inner)] = value
    return rest


def at_path(data: Any, path: Sequence[str]) -> Any:
    """The value that these names lead to; lists on the way are joined."""
    values = [data]
    for name in path:
        values = [
            inner
            for value in values
            for inner in (value if isinstance(value, list) else [value])
            if isinstance(inner, dict)
        ]
        values = [value[name] for value in values if name in value]
    joined: list[Any] = []
    for value in values:
        if isinstance(value, list):
            joined.extend(value)
        else:
            joined.append(value)
    return joined


def unwrap_each(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records without the wrapper that each of them is in.

    `{"record": {…}}` is what it holds, where every record has that one name; `_source` of Elasticsearch, `node`
    of GraphQL and `result` of Splunk lie beside a few names of their own, which stay.
    """
    while entries and len(entries[0]) == 1:
        (name,) = entries[0]
        if name not in WRAPPERS or not all(
            len(each) == 1 and isinstance(each.get(name), dict) for each in entries
        ):
            break
        entries = [each[name] for each in entries]
    for name, others in BESIDE.items():
        if entries and all(is_wrapped(each, name, others) for each in entries):
            taken = others & set().union(*(each[name] for each in entries))
            return [without_wrapper(each, name, taken) for each in entries]
    return entries


WRAPPERS = frozenset(
    ("data", "record", "event", "Event", "item", "doc", "document", "row", "entry", "node", "result", "_source", "object", "Item")
)  # fmt: skip
BESIDE = {
    "_source": {"_index", "_type", "_id", "_score", "sort", "_version", "highlight", "fields", "_routing", "_ignored"},
    "node": {"cursor"},
    "result": {"preview", "offset", "lastrow"},
}  # fmt: skip


def is_wrapped(entry: dict[str, Any], name: str, others: set[str]) -> bool:
    return isinstance(entry.get(name), dict) and entry.keys() - {name} <= others


def without_wrapper(entry: dict[str, Any], name: str, taken: set[str]) -> dict[str, Any]:
    """What lies beside the record, with `hit.` before the names that a record has too, and the record."""
    beside_it = {
        f"hit.{key}" if key in taken else key: value for key, value in entry.items() if key != name
    }
    return {**beside_it, **entry[name]}
