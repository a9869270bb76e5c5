"""Windows event logs in JSON: one flat record of an event, whatever program exported it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of

DATA_PARTS = ("EventData", "UserData", "event_data", "user_data")
SAMPLE = 50


def is_windows_event(record: dict[str, Any]) -> bool:
    content = event_of(record)
    return isinstance(content.get("System"), dict) or isinstance(
        mapping_of(record.get("winlog")).get("event_data"), dict
    )


def event_of(record: dict[str, Any]) -> dict[str, Any]:
    inner = record.get("Event")
    return inner if isinstance(inner, dict) else record


def are_windows_events(records: Sequence[dict[str, Any]]) -> bool:
    sample = records[:SAMPLE]
    return bool(sample) and all(map(is_windows_event, sample))


def windows_records(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of System and EventData by their own names; a name that is taken has its part before it."""
    return [flat_event(record) for record in records]


def flat_event(record: dict[str, Any]) -> dict[str, Any]:
    content = event_of(record)
    row: dict[str, Any] = {}
    system = mapping_of(content.get("System"))
    winlog = mapping_of(record.get("winlog"))
    for name, value in system.items():
        add_field(row, name, plain(value), "System")
    if winlog:
        add_field(row, "EventID", winlog.get("event_id"), "winlog")
        add_field(row, "Computer", winlog.get("computer_name"), "winlog")
    for part in (content, winlog):
        for name in DATA_PARTS:
            for key, value in data_of(part.get(name)):
                add_field(row, key, value, name)
    for name, value in content.items():
        if (
            name != "System"
            and name not in DATA_PARTS
            and not name.startswith(("@", "#attributes"))
        ):
            add_field(row, name, value if name != "winlog" else without_data(winlog), "event")
        elif name == "@timestamp":
            add_field(row, name, value, "event")
    return row


def add_field(row: dict[str, Any], name: str, value: Any, part: str) -> None:
    if value is None:
        return
    if name not in row:
        row[name] = value
    elif row[name] != value:
        row[f"{part}.{name}"] = value


def without_data(winlog: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in winlog.items()
        if name not in (*DATA_PARTS, "event_id", "computer_name")
    }


def plain(value: Any) -> Any:
    """The value of an element whose attributes stand beside its text, by the names of several programs."""
    content = mapping_of(value)
    if not content:
        return value
    text = first_of(content, ("#text", "_", "Value", "text", "$"))
    if text is not None and not isinstance(text, dict | list):
        return text
    attributes = mapping_of(first_of(content, ("#attributes", "@attributes", "$"))) or {
        name.lstrip("@"): each for name, each in content.items()
    }
    time = attributes.get("SystemTime")
    if time is not None:
        return time
    return next(iter(attributes.values())) if len(attributes) == 1 else attributes


def data_of(value: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of event data, as an object or as a list of `Data` elements with a name each."""
    for content in list_of(value):
        if not isinstance(content, dict):
            continue
        for name, inner in content.items():
            if name == "Data" and isinstance(inner, list | dict) and not is_text_block(inner):
                yield from named_data(list_of(inner))
            elif name == "#attributes":
                continue
            else:
                yield name, plain(inner)


def is_text_block(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("#text"), list)


def named_data(entries: list[Any]) -> Iterator[tuple[str, Any]]:
    for number, entry in enumerate(entries, start=1):
        content = mapping_of(entry)
        attributes = mapping_of(content.get("#attributes")) or content
        name = text_of(first_of(attributes, ("@Name", "Name", "name")))
        value = first_of(content, ("#text", "text", "Value", "value", "_", "content"))
        yield name or f"Data{number}", entry if not content else value
