"""Archives: each member is read by its content, and the tables of all of them are the tables of the archive."""

import io
import json
import lzma
import posixpath
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair
from graphkeep.sources.archives.members import (
    MAX_DEPTH,
    Budget,
    Member,
    expect_declared_bytes,
    tar_members,
    zip_members,
)
from graphkeep.sources.archives.same_shape import ReadMember, joined_members
from graphkeep.sources.compression import SUFFIXES, compression_of, decompressor
from graphkeep.sources.file_format import NamedTable, ReadOptions, ReadResult
from graphkeep.sources.json_documents.registry import find_vocabulary

BLOCK_BYTES = 1 << 20
READ_ERRORS = (UnreadableFileError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError)  # fmt: skip
MemberReader = Callable[[BinaryIO, ReadOptions], tuple[str, ReadResult]]


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def is_workbook(head: bytes) -> bool:
    """Whether a zip is a spreadsheet, as its first members show: Excel, OpenDocument."""
    if not is_zip(head):
        return False
    return (
        b"[Content_Types].xml" in head
        or b"xl/workbook" in head
        or b"mimetypeapplication/vnd.oasis.opendocument" in head[:200]
    )


def is_tar(head: bytes) -> bool:
    """Whether this is the header of a tar: its mark, or the checksum of one without a mark."""
    if len(head) < 512 or head[0] == 0:
        return False
    if head[257:262] == b"ustar":
        return True
    try:
        declared = int(head[148:156].strip(b" \x00") or b"x", 8)
    except ValueError:
        return False
    return sum(head[:148]) + 8 * 32 + sum(head[156:512]) == declared


def recognize_zip(head: bytes, name: str) -> float:
    return 0.95 if is_zip(head) and not is_workbook(head) else 0.0


def recognize_tar(head: bytes, name: str) -> float:
    return 0.95 if is_tar(head) else 0.0


def read_archive(stream: BinaryIO, options: ReadOptions, read_member: MemberReader) -> ReadResult:
    """The tables of all members that are tables, and what was left out.

    Raises:
        UnreadableFileError: no member is a table, the archive is damaged, or it expands too far.
    """
    parser_options = dict(options.parser_options)
    file_column = str(parser_options.pop("file_column", "") or "")
    options = replace(options, parser_options=parser_options)
    budget = Budget(archive_bytes=stream.seek(0, io.SEEK_END))
    stream.seek(0)
    if is_zip(stream.read(4)):
        expect_declared_bytes(stream, budget)
    stream.seek(0)
    read: list[ReadMember] = []
    documents: list[Member] = []
    for member in plain_members(stream, budget, depth=1):
        if is_json_object(member.content):
            documents.append(member)
        else:
            read += read_one(member, options, read_member, budget)
    read += read_documents_of(documents, options, read_member, budget)
    if not read:
        raise UnreadableFileError(no_tables(budget))
    members = joined_members(read, file_column=file_column)
    return combined(members, [*budget.repairs()])


def plain_members(stream: BinaryIO, budget: Budget, *, depth: int) -> Iterator[Member]:
    """The members of an archive and of the archives in it, decompressed."""
    head = stream.read(512)
    stream.seek(0)
    for member in (zip_members if is_zip(head) else tar_members)(stream, budget):
        opened = decompressed_member(member, budget)
        if opened is None:
            continue
        is_archive = (
            is_zip(opened.content) and not is_workbook(opened.content[: 1 << 16])
        ) or is_tar(opened.content[:512])
        if not is_archive:
            yield opened
        elif depth >= MAX_DEPTH:
            budget.leave_out(member.name, "archives within archives within archives")
        else:
            try:
                inner = [*plain_members(io.BytesIO(opened.content), budget, depth=depth + 1)]
            except UnreadableFileError as error:
                if "would expand" in error.message or "contains more than" in error.message:
                    raise
                budget.leave_out(member.name, f"damaged ({error.message})")
                continue
            yield from (
                replace(each, name=posixpath.join(stem_of(opened.name), each.name))
                for each in inner
            )


def decompressed_member(member: Member, budget: Budget) -> Member | None:
    compression = compression_of(member.content[:8])
    if not compression:
        return member
    blocks: list[bytes] = []
    try:
        with decompressor(io.BytesIO(member.content), compression) as stream:
            while block := stream.read(BLOCK_BYTES):
                budget.take(len(block))
                blocks.append(block)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        budget.leave_out(member.name, f"damaged ({str(error)[:80]})")
        return None
    stem, suffix = posixpath.splitext(member.name)
    name = stem if suffix.lower() in SUFFIXES else member.name
    if suffix.lower() in {".tgz", ".tbz2", ".txz"}:
        name = stem + ".tar"
    return Member(name=name, content=b"".join(blocks))


def read_one(
    member: Member, options: ReadOptions, read_member: MemberReader, budget: Budget
) -> list[ReadMember]:
    """The member as read; nothing where it is no table, which the budget notes with the reason."""
    try:
        format_name, result = read_member(
            io.BytesIO(member.content), replace(options, name=posixpath.basename(member.name))
        )
    except READ_ERRORS as error:
        message = error.message if isinstance(error, UnreadableFileError) else str(error)
        budget.leave_out(member.name, f"not readable ({message[:160]})")
        return []
    if not result.tables:
        budget.leave_out(member.name, "without tables")
        return []
    return [ReadMember(name=member.name, format_name=format_name, result=result)]


def is_json_object(content: bytes) -> bool:
    return content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_documents_of(
    members: Sequence[Member], options: ReadOptions, read_member: MemberReader, budget: Budget
) -> list[ReadMember]:
    """JSON members: one graph where a vocabulary describes all of them together, such as BloodHound's."""
    if len(members) > 1 and is_one_vocabulary([member.content for member in members]):
        content = b"\n".join(member.content.removeprefix(b"\xef\xbb\xbf") for member in members)
        joined = Member(name=members[0].name, content=content)
        read = read_one(joined, options, read_member, Budget(archive_bytes=len(content)))
        if read:
            repair = Repair(
                code="members-joined",
                message=f"{len(members)} JSON files describe one graph together and are read as one: "
                f"{', '.join(member.name for member in members[:10])}.",
                count=len(members),
            )
            result = replace(read[0].result, repairs=(*read[0].result.repairs, repair))
            return [replace(read[0], name="", result=result)]
    return [each for member in members for each in read_one(member, options, read_member, budget)]


def is_one_vocabulary(contents: Sequence[bytes]) -> bool:
    documents: list[Any] = []
    for content in contents:
        try:
            documents.append(json.loads(content))
        except (ValueError, RecursionError):
            return False
    return find_vocabulary(documents) is not None


def combined(members: Sequence[ReadMember], repairs: list[Repair]) -> ReadResult:
    """All tables of all members, named after them; what members say of their tables counts within all."""
    tables: list[NamedTable] = []
    interpretations: list[TableInterpretation] = []
    all_repairs: list[Repair] = []
    names = distinct_stems([member.name for member in members])
    for name, member in zip(names, members, strict=True):
        offset = len(tables)
        tables += [
            replace(table, name=table_name(name, table.name, member.result))
            for table in member.result.tables
        ]
        all_repairs += [
            replace(repair, table=table_name(name, repair.table, member.result))
            for repair in member.result.repairs
        ]
        interpretations += [
            shifted(interpretation, offset) for interpretation in member.result.interpretations
        ]
    return ReadResult(
        tables=tuple(tables),
        repairs=(*all_repairs, *repairs),
        interpretations=tuple(interpretations),
    )


def shifted(interpretation: TableInterpretation, offset: int) -> TableInterpretation:
    return replace(
        interpretation,
        edge_tables=tuple(number + offset for number in interpretation.edge_tables),
        node_tables=tuple(number + offset for number in interpretation.node_tables),
    )


def table_name(member_name: str, name: str, result: ReadResult) -> str:
    if not member_name:
        return name
    return (
        member_name
        if len(result.tables) == 1
        else f"{member_name}: {name}"
        if name
        else member_name
    )


def distinct_stems(names: Iterable[str]) -> list[str]:
    """`edges` for `data/edges.csv`; the whole path where two would be the same."""
    paths = [*names]
    stems = [stem_of(posixpath.basename(path)) for path in paths]
    return [
        stem if stems.count(stem) == 1 else path for stem, path in zip(stems, paths, strict=True)
    ]


def stem_of(name: str) -> str:
    stem, suffix = posixpath.splitext(name)
    return stem if stem and suffix else name


def no_tables(budget: Budget) -> str:
    if not budget.left_out:
        return "The archive is empty: it contains no files."
    reasons = "; ".join(
        f"{len(names)} {'is' if len(names) == 1 else 'are'} left out as {reason} ({names[0][:80]})"
        for reason, names in list(budget.left_out.items())[:5]
    )
    if set(budget.left_out) == {"encrypted"}:
        return "The archive is encrypted. Upload it without a password."
    return f"The archive contains no table: {reasons}."
