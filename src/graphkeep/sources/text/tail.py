"""Where the rows of a table end: before the lines to skip, and before a narrower tail."""

from dataclasses import dataclass

from graphkeep.sources.text.encoding.text_source import TextSource
from graphkeep.sources.text.options import TextOptions
from graphkeep.sources.text.records.record_reader import RecordReader
from graphkeep.sources.text.sample import Sample
from graphkeep.sources.text.structure.footer import footer_start
from graphkeep.sources.text.structure.table_range import Row, TableRange

TAIL_BYTES = 1 << 16
READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Footer:
    """The lines below a table; `first_line` counts from 1, 0 where it is not known."""

    texts: tuple[str, ...] = ()
    first_line: int = 0


def end_of_table(
    source: TextSource, sample: Sample, table_range: TableRange, options: TextOptions
) -> tuple[int, Footer]:
    """The byte where the rows of a table end, and the footer of a file that is longer than its sample."""
    if table_range.end_line is not None:
        return int(sample.offsets[table_range.end_line]), Footer()
    if options.skip_footer:
        return start_of_last_lines(source, options.skip_footer), Footer()
    if source.is_whole or not options.infers_header:
        return source.size, Footer()
    return before_footer(source, sample, table_range)


def start_of_last_lines(source: TextSource, count: int) -> int:
    """The byte where the last `count` lines begin."""
    position, found = source.size, 0
    while position > 0:
        size = min(READ_BYTES, position)
        source.stream.seek(position - size)
        content = source.stream.read(size)
        end = len(content)
        if position == source.size and content.endswith(b"\n"):
            end -= 1
        while (end := content.rfind(b"\n", 0, end)) >= 0:
            found += 1
            if found == count:
                return position - size + end + 1
        position -= size
    return 0


def before_footer(
    source: TextSource, sample: Sample, table_range: TableRange
) -> tuple[int, Footer]:
    start = max(len(source.sample), source.size - TAIL_BYTES)
    source.stream.seek(start)
    tail = source.stream.read(source.size - start)
    first = tail.find(b"\n") + 1 if start > len(source.sample) else 0
    lines = tail[first:].split(b"\n")
    if not lines[-1]:
        lines.pop()
    texts = [line.decode("utf-8", "replace").removesuffix("\r") for line in lines]
    rows, blanks = [], set()
    for position, record in RecordReader(sample.dialect, table_range.width).read_all(texts):
        if record.cells:
            rows.append(Row(position, record.lines, record.cells))
        else:
            blanks.add(position)
    index = footer_start(table_range, rows, blanks)
    if index is None:
        return source.size, Footer()
    line = rows[index].line
    offset = start + first + sum(len(each) + 1 for each in lines[:line])
    return offset, Footer(
        tuple(text for text in texts[line:] if text.strip()), line_at(source, offset)
    )


def line_at(source: TextSource, offset: int) -> int:
    """The number of the line that begins at a byte."""
    source.stream.seek(0)
    line = 1
    while offset > 0 and (block := source.stream.read(min(READ_BYTES, offset))):
        line += block.count(b"\n")
        offset -= len(block)
    return line
