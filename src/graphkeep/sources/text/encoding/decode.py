"""The encoding of a text file, and its content as UTF-8."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import MAX_LINES, Alternative, Repair
from graphkeep.sources.text.encoding.plausibility import plausibility

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MULTIBYTE = ("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr")
SINGLE_BYTE = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "iso8859_2", "iso8859_5", "iso8859_7", "cp866", "cp850", "mac_roman", "cp874",
)  # fmt: skip
CANDIDATES = (*MULTIBYTE, *SINGLE_BYTE)
NAMES = {
    "cp1252": "Windows-1252 (Western European)", "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)", "shift_jis": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)", "gb18030": "GB 18030 (Chinese)", "big5": "Big5 (Chinese)",
    "cp1253": "Windows-1253 (Greek)", "cp1254": "Windows-1254 (Turkish)", "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)", "cp1257": "Windows-1257 (Baltic)", "iso8859_2": "ISO 8859-2 (Central European)",
    "iso8859_5": "ISO 8859-5 (Cyrillic)", "iso8859_7": "ISO 8859-7 (Greek)", "cp866": "DOS 866 (Cyrillic)",
    "cp850": "DOS 850 (Western European)", "mac_roman": "Mac Roman (Western European)", "cp874": "Windows-874 (Thai)",
    "euc_kr": "EUC-KR (Korean)", "koi8_r": "KOI8-R (Russian)", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
}  # fmt: skip
MAX_DETECTED_BYTES = 1 << 16
MAX_STRAY_SHARE = (
    0.34  # of the runs of bytes over 127: more than this not UTF-8, and the file is not UTF-8
)
CHECKED_BLOCK = 1 << 22
STRAY_BYTE = re.compile("[\udc80-\udcff]")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
CONTROLS = bytes({*range(32), 127} - {9, 10, 12, 13})
BINARY_CONTROLS = bytes({*range(9), 11, *range(14, 27), 127} - {1, 2, 3, 6, 7})


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The content in UTF-8, the name of the encoding it had, and what had to be replaced."""

    content: bytes
    encoding: str
    repairs: tuple[Repair, ...] = field(default=())


def is_utf8(blocks: Iterable[bytes]) -> bool:
    """Whether these blocks, joined, are UTF-8; reads no more than it needs."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    pending = False
    try:
        for block in blocks:
            if pending or not block.isascii():
                decoder.decode(block)
                pending = bool(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def to_utf8(content: bytes, encoding: str | None) -> Decoded:
    """The content as UTF-8, in the encoding that the sender named or that it most likely has.

    Raises:
        UnreadableFileError: the named encoding is unknown or does not fit, or the bytes are no text.
    """
    if encoding:
        return declared(content, encoding)
    for mark, name in MARKS:
        if content.startswith(mark):
            return marked(content, name)
    if (wide := utf16_without_mark(content)) is not None:
        return decoded_as(content, wide)
    refuse_binary(content)
    if b"\x00" in content:
        content, nuls = without_nuls(content)
        read = to_utf8(content, None)
        return Decoded(content=read.content, encoding=read.encoding, repairs=(*read.repairs, nuls))
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return Decoded(content=content, encoding="utf-8")
    if is_mostly_utf8(content):
        return with_stray_bytes(content)
    return decoded_as(content, detect(content))


def declared(content: bytes, encoding: str) -> Decoded:
    try:
        text = content.decode(encoding)
        name = codecs.lookup(encoding).name
    except (LookupError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableFileError(f"The file does not read as {encoding[:80]}: {error}") from error
    if not isinstance(text, str):
        raise UnreadableFileError(f"{encoding[:80]} is not an encoding of text.")
    return Decoded(content=text.removeprefix("\ufeff").encode(errors="replace"), encoding=name)


def marked(content: bytes, name: str) -> Decoded:
    if name != "utf-8-sig":
        return decoded_as(content, name, is_marked=True)
    body = content
    while body.startswith(codecs.BOM_UTF8):  # programs that append to a file write another mark
        body = body[len(codecs.BOM_UTF8) :]
    if b"\x00" in body:
        body, nuls = without_nuls(body)
        return Decoded(content=with_stray_bytes(body).content, encoding="utf-8", repairs=(nuls,))
    return with_stray_bytes(body)


def decoded_as(content: bytes, name: str, *, is_marked: bool = False) -> Decoded:
    text = content.decode(name, errors="replace")
    damaged = [match.start() for match in re.finditer("\ufffd", text)]
    repairs = []
    if not is_marked:
        repairs.append(
            Repair(
                code="encoding-guessed",
                message=f"The file is not UTF-8; it was read as {NAMES.get(name, name)}.",
                alternative=Alternative(
                    label="Read it as Windows-1252"
                    if name != "cp1252"
                    else "Read it as Windows-1250",
                    parser_options={"encoding": "cp1252" if name != "cp1252" else "cp1250"},
                ),
            )
        )
    if damaged:
        repairs.append(replaced_bytes(text, damaged))
    return Decoded(
        content=text.removeprefix("\ufeff").encode(errors="replace"),
        encoding=name,
        repairs=tuple(repairs),
    )


def with_stray_bytes(content: bytes) -> Decoded:
    """UTF-8 in which the bytes that are none are read as Windows-1252, each told."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        damaged = content.decode("utf-8", errors="surrogateescape")
        strays = [match.start() for match in STRAY_BYTE.finditer(damaged)]
        text = STRAY_BYTE.sub(as_western, damaged)
        repair = Repair(
            code="bytes-replaced",
            message=f"{len(strays)} bytes are not UTF-8; they were read as Windows-1252.",
            count=len(strays),
            lines=lines_at(damaged, strays),
            before=STRAY_BYTE.sub("\ufffd", line_at(damaged, strays[0])),
            after=line_at(text, strays[0]),
            alternative=Alternative(
                label="Read all of it as Windows-1252", parser_options={"encoding": "cp1252"}
            ),
        )
        return Decoded(content=text.encode(), encoding="utf-8", repairs=(repair,))
    return Decoded(content=content, encoding="utf-8")


def as_western(match: re.Match[str]) -> str:
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", errors="replace")


def line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[max(start, position - 80) : len(text) if end < 0 else end].rstrip("\r")


def replaced_bytes(text: str, places: list[int]) -> Repair:
    return Repair(
        code="bytes-replaced",
        message=f"{len(places)} bytes have no meaning in this encoding; a mark (\ufffd) stands there now.",
        count=len(places),
        lines=lines_at(text, places),
        after=line_at(text, places[0]),
    )


def lines_at(text: str, positions: list[int]) -> tuple[int, ...]:
    lines: list[int] = []
    line, start = 1, 0
    for position in positions[: MAX_LINES * 20]:
        line += text.count("\n", start, position)
        start = position
        if not lines or lines[-1] != line:
            lines.append(line)
        if len(lines) == MAX_LINES:
            break
    return tuple(lines)


def utf16_without_mark(content: bytes) -> str | None:
    """UTF-16 (or UTF-32) whose ASCII characters leave a NUL at every second place."""
    head = content[:4096]
    if len(head) < 4 or b"\x00" not in head:
        return None
    quarters = [head[offset::4].count(0) / max(1, len(head[offset::4])) for offset in range(4)]
    if quarters[3] > 0.98 and quarters[2] > 0.5 and quarters[0] < 0.1:
        return "utf-32-le"
    if quarters[0] > 0.98 and quarters[1] > 0.5 and quarters[3] < 0.1:
        return "utf-32-be"
    even = head[::2].count(0) / max(1, len(head[::2]))
    odd = head[1::2].count(0) / max(1, len(head[1::2]))
    if odd > 0.2 and even < 0.05 * odd + 0.01:
        return "utf-16-le"
    if even > 0.2 and odd < 0.05 * even + 0.01:
        return "utf-16-be"
    return None


def refuse_binary(content: bytes) -> None:
    head = content[:MAX_DETECTED_BYTES]
    nuls = head.count(0)
    if nuls and nuls * 500 > len(head):
        if is_text_beside_nuls(head):
            return
        raise UnreadableFileError("This is not CSV: it contains binary data.")
    controls = len(head) - len(head.translate(None, BINARY_CONTROLS))
    separators = len(head) - len(head.translate(None, CONTROLS))
    if controls * 20 > len(head) or separators * 3 > len(head):
        raise UnreadableFileError("This is not CSV: it contains binary data.")


def is_text_beside_nuls(head: bytes) -> bool:
    """Whether NULs stand in lines of text, as those that pad the cells of old programs do."""
    text = head.replace(b"\x00", b"")
    if (
        len(text) * 2 < len(head)
        or b"\n" not in text
        or text.translate(None, BINARY_CONTROLS) != text
    ):
        return False
    try:
        text[: text.rfind(b"\n")].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def without_nuls(content: bytes) -> tuple[bytes, Repair]:
    count = content.count(0)
    lines: list[int] = []
    start, line = 0, 1
    while len(lines) < MAX_LINES and (position := content.find(b"\x00", start)) >= 0:
        line += content.count(b"\n", start, position)
        start = position + 1
        if not lines or lines[-1] != line:
            lines.append(line)
    return content.replace(b"\x00", b""), Repair(
        code="nul-removed",
        message=f"{count} NUL characters were left out.",
        count=count,
        lines=tuple(lines),
    )


def is_mostly_utf8(content: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8, so that the rest are stray bytes."""
    runs = valid = 0
    for match in HIGH_RUN.finditer(content):
        runs += 1
        try:
            match[0].decode("utf-8")
            valid += 1
        except UnicodeDecodeError:
            pass
        if runs >= 10_000:
            break
    return runs > 0 and (runs - valid) / runs <= MAX_STRAY_SHARE


def detect(content: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8."""
    excerpt = distinctive(content)
    return max(CANDIDATES, key=lambda name: plausibility(excerpt, name))


def distinctive(content: bytes) -> bytes:
    """The lines that have bytes over 127, up to 64 KiB."""
    lines: list[bytes] = []
    size = 0
    for line in content.split(b"\n", 200_000)[:200_000]:
        if not line.isascii():
            lines.append(line)
            size += len(line) + 1
            if size >= MAX_DETECTED_BYTES:
                break
    return b"\n".join(lines)
