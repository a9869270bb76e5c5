"""What the reader of text tables tells its user: what it left out, added or took otherwise, and in which lines."""

from collections.abc import Sequence

from graphkeep.graph.repair_count import RepairCount
from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.sources.text.rows.rewrite import Rewriter
from graphkeep.sources.text.rows.row_reader import RowReader
from graphkeep.sources.text.sample import Sample
from graphkeep.sources.text.structure.table_range import Row, TableRange
from graphkeep.sources.text.tail import Footer

AS_IT_IS = Alternative(label="Take the first line as header", parser_options={"header": 0})


def structure_repairs(sample: Sample) -> list[Repair]:
    """What stands above and below the tables, and whether a row names their columns."""
    structure = sample.structure
    main = structure.tables[0]
    repairs = [
        *left_out(sample, "comments-skipped", structure.comments, "comment", "comments"),
        *left_out(
            sample, "preamble-skipped", structure.preamble, "line above the table", "lines above the table",
            AS_IT_IS,
        ),
        *left_out(
            sample, "footer-skipped", structure.footer, "line below the table", "lines below the table",
            Alternative(label="Keep them as rows", parser_options={"header": header_of(sample)}),
        ),
    ]  # fmt: skip
    if sample.takes_quotes_as_text:
        repairs += quote_repairs(sample)
    if main.header is None and not main.is_specified:
        repairs += header_repairs(main)
    return repairs


def header_of(sample: Sample) -> int | None:
    return sample.structure.tables[0].header_line


def left_out(
    sample: Sample,
    code: str,
    rows: Sequence[Row],
    singular: str,
    plural: str,
    alternative: Alternative | None = None,
) -> list[Repair]:
    shown = [row for row in rows if sample.texts[row.line].strip()]
    if not shown:
        return []
    count = sum(row.lines for row in shown)
    return [
        Repair(
            code=code,
            message=f"{count} {singular if count == 1 else plural} {'was' if count == 1 else 'were'} left out.",
            count=count,
            lines=tuple(line + 1 for row in shown for line in range(row.line, row.end)),
            before=sample.texts[shown[0].line],
            alternative=alternative,
        )
    ]


def table_repairs(
    rows: RowReader,
    rewriter: Rewriter,
    footer: Footer,
    sample: Sample,
    width: int,
) -> list[Repair]:
    """What was done with the rows of one table."""
    comments = rewriter.comments if rewriter.comments.count else rows.repairs.comments
    repairs = [
        counted_repair(
            "stray-quotes",
            rewriter.strays,
            "{n} quotes that do not close as they should were taken as part of the text.",
            Alternative(label="Take all quotes as text", parser_options={"quoting": 3}),
        ),
        counted_repair("repeated-header", rewriter.headers, "{n} rows repeat the header; they were left out."),
        counted_repair("comments-skipped", comments, "{n} comments between the rows were left out."),
        counted_repair(
            "spaces-stripped",
            rewriter.spaces,
            "Blanks after separators are no part of the values; {n} were left out.",
            Alternative(label="Keep the blanks", parser_options={"skipinitialspace": False}),
        ),
        counted_repair(
            "separator-differs",
            rows.repairs.other_separator,
            "{n} rows use another separator than the table; they were read with theirs.",
        ),
        counted_repair(
            "ragged-rows",
            rows.repairs.short,
            f"{{n}} rows have fewer than {rows.width} cells; the missing cells are empty.",
        ),
        counted_repair(
            "ragged-rows",
            rows.repairs.long,
            f"{{n}} rows have more than {rows.width} cells; the table has {width} columns for them.",
        ),
        counted_repair(
            "cells-joined",
            rows.repairs.joined,
            "{n} rows have far more cells than the others; their last cells stand together in one.",
        ),
        counted_repair("rows-skipped", rows.repairs.skipped, "{n} rows have another number of cells; they were left out."),
    ]  # fmt: skip
    if footer.texts:
        first = footer.first_line
        repairs.append(
            Repair(
                code="footer-skipped",
                message=f"{len(footer.texts)} lines below the table were left out.",
                count=len(footer.texts),
                lines=tuple(range(first, first + len(footer.texts))) if first else (),
                before=footer.texts[0],
            )
        )
    return [repair for repair in repairs if repair is not None]


def counted_repair(
    code: str, counted: RepairCount, message: str, alternative: Alternative | None = None
) -> Repair | None:
    if not counted.count:
        return None
    text = message.format(n=f"{counted.count:,}")
    if counted.count == 1:
        text = text.replace("1 rows have", "1 row has").replace("1 rows repeat", "1 row repeats")
        text = text.replace("they were", "it was").replace("1 rows use", "1 row uses")
        text = text.replace(
            "1 quotes that do not close as they should were", "1 quote that does not close was"
        )
        text = text.replace("1 comments between the rows were", "1 comment between the rows was")
    return counted.repair(code, text, alternative=alternative)


def quote_repairs(sample: Sample) -> list[Repair]:
    """Told where no quote of the start of the file closes, so that all of them are text."""
    lines = [number for number, text in enumerate(sample.texts, start=1) if '"' in text]
    return (
        [
            Repair(
                code="stray-quotes",
                message="Quotes do not close as they should in this file; all of them are part of the text.",
                count=len(lines),
                lines=tuple(lines[:10]),
                before=sample.texts[lines[0] - 1],
                alternative=Alternative(
                    label="Take quotes as quotes", parser_options={"quotechar": '"'}
                ),
            )
        ]
        if lines
        else []
    )


def header_repairs(table: TableRange) -> list[Repair]:
    """Told where no line names the columns: a first line that was a header after all would be a wrong row."""
    return [
        Repair(
            code="header-missing",
            message="No line names the columns: the first line is a row like the others.",
            lines=(table.first_line + 1,),
            alternative=Alternative(
                label="Take the first line as header", parser_options={"header": table.first_line}
            ),
        )
    ]
