"""Reads the text of a log as a new user would: by its content alone."""

import io
from datetime import UTC, datetime

from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.registry import AUTO, read_file


def read(content, name="x.log", **options):
    """The content as read; text is given as it stands in a file."""
    data = content.encode() if isinstance(content, str) else content
    return read_file(io.BytesIO(data), AUTO, ReadOptions(name=name, parser_options=options))


def rows(content, name="x.log"):
    return read(content, name).result.tables[0].table.to_pylist()


def first(content):
    """Source, destination, bindings and time of the first reading."""
    reading = read(content).result.interpretations[0]
    assert reading.score >= 2
    assert reading.reason
    return reading.source, reading.destination, dict(reading.edge_bindings), reading.time


def codes(content):
    return [(each.code, each.count, each.lines) for each in read(content).result.repairs]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)
