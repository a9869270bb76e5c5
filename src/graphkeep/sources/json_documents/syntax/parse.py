"""JSON text as documents: one, one a line, or several after one another."""

import json
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.json_documents.syntax.errors import describe_error, line_of
from graphkeep.sources.json_documents.syntax.numbers import exact_integer, exact_number

MAX_LINES = 10
LINES_LENGTH = 1 << 18  # characters of lines that are read together
BAD_LINE_SHARE = 0.1
PREFIX = re.compile(
    r"\s*(?:\)\]\}'?,?\s*\n|(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$\[\]\"']*\s*=\s*)"
)
BETWEEN = re.compile(r"[\s\x1e,\ufeff]*")
END = re.compile(r"[\s\x1e;,\ufeff]*\Z")
TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*+[\]}])', re.DOTALL)
TOO_DEEP = "This JSON is nested too deeply: more than some 900 lists and objects in one another."


@dataclass(frozen=True, kw_only=True)
class Documents:
    """`values` are the documents of a file; `lines` are the lines in which they begin, for several."""

    values: list[Any]
    lines: Sequence[int] = ()


class KeyCounter:
    """Makes objects of pairs; a name that comes twice with two values keeps both, as `name` and `name_2`."""

    def __init__(self) -> None:
        self.count = 0
        self.example = ""

    def object_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            self.widen(content, pairs)
        return content

    def widen(self, content: dict[str, Any], pairs: list[tuple[str, Any]]) -> None:
        copies: dict[str, int] = {}
        for name, value in reversed(pairs):
            if name not in copies:
                copies[name] = 1
            elif value != content[name]:
                copies[name] += 1
                while f"{name}_{copies[name]}" in content:
                    copies[name] += 1
                content[f"{name}_{copies[name]}"] = value
                self.count += 1
                self.example = self.example or name


def parse_documents(text: str, *, repairs: list[Repair]) -> Documents:
    """The documents of a text, which may be one, one a line, or several after one another.

    Raises:
        UnreadableFileError: this is not JSON; the message has the line and what is wrong there.
    """
    counter = KeyCounter()
    try:
        documents = parse_with(text, counter, repairs=repairs, parse_int=None)
    except RecursionError as error:
        raise UnreadableFileError(TOO_DEEP) from error
    if counter.count:
        repairs.append(
            Repair(
                code="duplicate-key",
                message=f"{counter.count} names stand twice in one object with different values, first "
                f"'{counter.example}'; the last value has the name, the others are beside it as "
                f"'{counter.example}_2'.",
                count=counter.count,
                column=counter.example,
            )
        )
    return documents


def parse_with(
    text: str, counter: KeyCounter, *, repairs: list[Repair], parse_int: Any
) -> Documents:
    decoder = json.JSONDecoder(
        object_pairs_hook=counter.object_of,
        parse_float=exact_number,
        parse_int=parse_int,
        strict=False,
    )
    try:
        return parse_text(text, decoder, counter, repairs)
    except json.JSONDecodeError as error:
        mended = without_trailing_commas(text, error)
        if mended is not None:
            repairs.append(mended[1])
            return parse_with(mended[0], counter, repairs=repairs, parse_int=parse_int)
        raise UnreadableFileError(
            f"This does not read as JSON: {describe_error(text, error)}"
        ) from error
    except ValueError:
        if parse_int is not None:
            raise
        # Python reads no integers of over 4300 digits
        return parse_with(text, counter, repairs=repairs, parse_int=exact_integer)


def without_trailing_commas(text: str, error: json.JSONDecodeError) -> tuple[str, Repair] | None:
    """The text without commas before closing brackets, as hand-written programs leave them; None for another fault."""
    before = text[: error.pos + 1].rstrip("]} \t\r\n")
    if not before.endswith(","):
        return None
    positions = [match.start() for match in TRAILING_COMMA.finditer(text) if match[0] == ","]
    if not positions:
        return None
    lines = [line_of(text, position) for position in positions[:MAX_LINES]]
    return (
        TRAILING_COMMA.sub(lambda match: " " if match[0] == "," else match[0], text),
        Repair(
            code="trailing-commas",
            message=f"{len(positions)} commas before a closing bracket are left out.",
            count=len(positions),
            lines=tuple(lines),
        ),
    )


def parse_text(
    text: str, decoder: json.JSONDecoder, counter: KeyCounter, repairs: list[Repair]
) -> Documents:
    prefix = PREFIX.match(text)
    start = prefix.end() if prefix and text[prefix.end() : prefix.end() + 1] in ("{", "[") else 0
    values: list[Any] = []
    lines = array("q")
    position, line, counted = start, 1, 0
    takes_lines = True
    try:
        while not END.match(text, position):
            position = between_end(text, position)
            if takes_lines:
                records = line_records(text, position, decoder, counter)
                takes_lines = bool(records.values)
                if takes_lines:
                    line += text.count("\n", counted, position)
                    values += records.values
                    lines.extend(range(line, line + len(records.values)))
                    line += len(records.values)
                    position = counted = records.end
                    continue
            value, end = decoder.raw_decode(text, position)
            line += text.count("\n", counted, position)
            counted = position
            values.append(value)
            lines.append(line)
            position = end
    except json.JSONDecodeError:
        if "\n" not in text.strip():
            raise
        documents = lines_with_faults(text, decoder, repairs)
        if documents is None:
            raise
        return documents
    if start:
        repairs.append(
            Repair(
                code="prefix-left-out",
                message="The text before the JSON is left out.",
                count=1,
                lines=(1,),
                before=text[:start].strip(),
            )
        )
    return Documents(values=values, lines=lines)


@dataclass(frozen=True, kw_only=True)
class LineRecords:
    """`values` are the objects of lines that follow one another, `end` is where the next line begins."""

    values: list[Any]
    end: int


def line_records(
    text: str, position: int, decoder: json.JSONDecoder, counter: KeyCounter
) -> LineRecords:
    """The next lines where each is one object; none where that is not plain to see.

    Read as one list they are read faster, and share the texts of their names.
    """
    end = text.rfind("\n", position, position + LINES_LENGTH) + 1
    lines = text[position:end].removesuffix("\n").split("\n")
    is_plain = end > 0 and all(line[:1] == "{" and line.rstrip("\r")[-1:] == "}" for line in lines)
    if not is_plain:
        return LineRecords(values=[], end=position)
    before = counter.count, counter.example
    try:
        values = decoder.decode(f"[{','.join(lines)}]")
    except ValueError:
        values = []
    if len(values) != len(lines):
        counter.count, counter.example = before
        return LineRecords(values=[], end=position)
    return LineRecords(values=values, end=end)


def between_end(text: str, position: int) -> int:
    match = BETWEEN.match(text, position)
    return match.end() if match else position


def decode_line(content: str, decoder: json.JSONDecoder) -> Any:
    content = content.strip().strip("\x1e\ufeff").removesuffix(",")
    return decoder.decode(content)


def lines_with_faults(
    text: str, decoder: json.JSONDecoder, repairs: list[Repair]
) -> Documents | None:
    """A document a line, where few lines, or the last one alone, do not read; None where more do not."""
    values: list[Any] = []
    lines: list[int] = []
    faults: list[tuple[int, str]] = []
    number = 0
    for number, content in enumerate(text.split("\n"), start=1):
        if not content.strip(" \t\r\x1e\ufeff"):
            continue
        try:
            value = decode_line(content, decoder)
        except json.JSONDecodeError:
            value = None
        if isinstance(value, dict | list):
            values.append(value)
            lines.append(number)
        elif not values:
            return None
        else:
            faults.append((number, content))
    if not values:
        return None
    only_last = len(faults) == 1 and faults[0][0] > lines[-1]
    if len(faults) > BAD_LINE_SHARE * (len(values) + len(faults)) and not only_last:
        return None
    if faults:
        cut = " The last line is cut off." if only_last else ""
        repairs.append(
            Repair(
                code="line-left-out",
                message=f"{len(faults)} lines do not read as JSON; they are left out.{cut}",
                count=len(faults),
                lines=tuple(line for line, _ in faults[:MAX_LINES]),
                before=faults[0][1],
            )
        )
    return Documents(values=values, lines=lines)
