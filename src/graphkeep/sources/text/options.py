"""The options of text tables: those of `pandas.read_csv` that change what is read, and the refusal of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphkeep.graph.errors import UnreadableFileError

WHITESPACE = r"\s+"
STRUCTURE_OPTIONS = (
    "encoding", "sep", "delimiter", "delim_whitespace", "quotechar", "quoting", "doublequote",
    "escapechar", "comment", "header", "names", "skiprows", "skipfooter", "skipinitialspace",
    "skip_blank_lines", "on_bad_lines", "usecols", "nrows",
)  # fmt: skip
VALUE_OPTIONS = (
    "dtype", "decimal", "thousands", "na_values", "keep_default_na", "na_filter", "true_values",
    "false_values", "parse_dates", "date_format", "dayfirst",
)  # fmt: skip
WITHOUT_EFFECT = ("engine", "low_memory", "memory_map", "cache_dates", "encoding_errors")
KNOWN_OPTIONS = (*STRUCTURE_OPTIONS, *VALUE_OPTIONS)
QUOTING_NAMES = {"minimal": 0, "all": 1, "nonnumeric": 2, "none": 3}
QUOTE_NONE = 3
BAD_LINES = ("widen", "warn", "skip", "error")
MAX_OPTION_NUMBER = 1 << 40


@dataclass(frozen=True, kw_only=True)
class TextOptions:
    """What the sender said about the structure; None where the reader shall find out.

    `separator` may be several characters or WHITESPACE; `header` counts lines from 0 after `skiprows`;
    `values` are the options of the values alone.
    """

    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    quoting: int | None = None
    doublequote: bool = True
    escape: str | None = None
    comment: str | None = None
    header: int | None = None
    infers_header: bool = True
    names: tuple[str, ...] = ()
    skip_lines: int = 0
    skip_line_numbers: frozenset[int] = frozenset()
    skip_footer: int = 0
    skip_initial_space: bool | None = None
    skip_blank_lines: bool = True
    bad_lines: str = "widen"
    columns: tuple[str | int, ...] | None = None
    max_rows: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def parse_options(options: Mapping[str, Any]) -> TextOptions:
    """The options of a request, checked.

    Raises:
        UnreadableFileError: an option is unknown or has a value that it cannot have; the message names it.
    """
    refuse_unknown(options)
    header, infers_header = header_option(options)
    lines, line_numbers = skipped_rows(options.get("skiprows"))
    return TextOptions(
        encoding=text_option(options, "encoding"),
        separator=separator_option(options),
        quote=character_option(options, "quotechar"),
        quoting=quoting_option(options.get("quoting")),
        doublequote=options.get("doublequote") is not False,
        escape=character_option(options, "escapechar"),
        comment=character_option(options, "comment"),
        header=header,
        infers_header=infers_header,
        names=names_option(options.get("names")),
        skip_lines=lines,
        skip_line_numbers=line_numbers,
        skip_footer=count_option(options, "skipfooter"),
        skip_initial_space=flag_option(options, "skipinitialspace"),
        skip_blank_lines=options.get("skip_blank_lines") is not False,
        bad_lines=bad_lines_option(options.get("on_bad_lines")),
        columns=columns_option(options.get("usecols")),
        max_rows=None if options.get("nrows") is None else count_option(options, "nrows"),
        values={name: options[name] for name in VALUE_OPTIONS if name in options},
    )


def refuse_unknown(options: Mapping[str, Any]) -> None:
    unknown = [
        name
        for name, value in options.items()
        if name not in KNOWN_OPTIONS
        and name not in WITHOUT_EFFECT
        and not (name == "index_col" and (value is None or value is False))
    ]
    if unknown:
        names = ", ".join(f"'{str(name)[:80]}'" for name in unknown[:5])
        raise UnreadableFileError(
            f"parser_options {names} {'is' if len(unknown) == 1 else 'are'} not supported. "
            f"Supported are: {', '.join(sorted(KNOWN_OPTIONS))}."
        )


def invalid(name: str, value: object, expected: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"parser_options '{name}' must be {expected}; got {str(value)[:80]!r}."
    )


def text_option(options: Mapping[str, Any], name: str) -> str | None:
    value = options.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise invalid(name, value, "text")
    return value


def character_option(options: Mapping[str, Any], name: str) -> str | None:
    value = text_option(options, name)
    if value is not None and (len(value) != 1 or value in "\r\n"):
        raise invalid(name, value, "one character")
    return value


def flag_option(options: Mapping[str, Any], name: str) -> bool | None:
    value = options.get(name)
    if value is not None and not isinstance(value, bool):
        raise invalid(name, value, "true or false")
    return value


def count_option(options: Mapping[str, Any], name: str) -> int:
    value = options.get(name)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_OPTION_NUMBER:
        raise invalid(name, value, "a whole number of at least 0")
    return value


def separator_option(options: Mapping[str, Any]) -> str | None:
    if flag_option(options, "delim_whitespace"):
        return WHITESPACE
    separator = text_option(options, "sep") or text_option(options, "delimiter")
    if separator in (r"\s+", r"\s*", r"[\s]+", r"[ \t]+", r"\s{1,}", r" +"):
        return WHITESPACE
    if separator == r"\t":
        return "\t"
    if separator and len(separator) == 2 and separator[0] == "\\" and separator[1] in "|^$*+.?":
        return separator[1]  # a character that pandas would take as part of a regular expression
    if separator is not None and (len(separator) > 8 or "\n" in separator or "\r" in separator):
        raise invalid("sep", separator, r"at most 8 characters, or '\s+' for any white space")
    return separator


def quoting_option(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.lower().removeprefix("quote_") in QUOTING_NAMES:
        return QUOTING_NAMES[value.lower().removeprefix("quote_")]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= QUOTE_NONE:
        raise invalid("quoting", value, "0 (minimal), 1 (all), 2 (nonnumeric) or 3 (none)")
    return value


def header_option(options: Mapping[str, Any]) -> tuple[int | None, bool]:
    """The line of the header, or None, and whether the reader shall find out."""
    if "header" not in options or options["header"] == "infer":
        return None, True
    value = options["header"]
    if value in (None, "none", "") or value is False:
        return None, False
    if value is True:
        return 0, False
    if isinstance(value, int) and 0 <= value < MAX_OPTION_NUMBER:
        return value, False
    raise invalid("header", value, "a line number from 0, null or 'infer'")


def names_option(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise invalid("names", value, "a list of names")
    return tuple(str(name) for name in value)


def skipped_rows(value: object) -> tuple[int, frozenset[int]]:
    """How many lines to skip at the start, and which others (both counted from 0)."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if all(isinstance(number, int) and number >= 0 for number in value):
            return 0, frozenset(value)
        raise invalid("skiprows", value, "a whole number or a list of line numbers from 0")
    return count_option({"skiprows": value}, "skiprows"), frozenset()


def bad_lines_option(value: object) -> str:
    if value is None:
        return "widen"
    if value not in BAD_LINES:
        raise invalid("on_bad_lines", value, "'widen', 'warn', 'skip' or 'error'")
    return str(value)


def columns_option(value: object) -> tuple[str | int, ...] | None:
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise invalid("usecols", value, "a list of names or of positions from 0")
    return tuple(
        each if isinstance(each, int) and not isinstance(each, bool) else str(each)
        for each in value
    )
