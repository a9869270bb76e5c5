"""Encodings: UTF-8 with stray bytes, UTF-16 without a mark, and what the world used before."""

import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.text.encoding.decode import CANDIDATES, NAMES, detect, is_utf8

from .reading import read, read_texts

SENTENCES = {
    ("cp1252", "German"): ["Müller", "Straße", "Größe", "Köln", "Österreich", "für"],
    ("cp1252", "French"): ["élève", "français", "Hélène", "côté", "où", "là"],
    ("cp1252", "Spanish"): ["niño", "Málaga", "corazón", "Peña", "también"],
    ("cp1252", "Swedish"): ["Malmö", "Åsa", "Håkan", "Gävle", "över"],
    ("cp1250", "Polish"): ["Łódź", "Kraków", "Gdańsk", "Wałęsa", "żółty"],
    ("cp1250", "Czech"): ["Dvořák", "Plzeň", "Zdeněk", "Škoda", "můj", "příliš"],
    ("cp1250", "Hungarian"): ["Győr", "Erdős", "gyűrű", "Szűcs", "idő"],
    ("cp1251", "Russian"): ["Москва", "Иванов", "Петров", "Источник", "деньги"],
    ("koi8_r", "Russian"): ["Москва", "Иванов", "Петров", "Источник", "деньги"],
    ("cp866", "Russian"): ["Москва", "Иванов", "Петров", "Источник", "деньги"],
    ("cp1253", "Greek"): ["Αθήνα", "Γιώργος", "Πάτρα", "Ελένη", "καλημέρα"],
    ("cp1254", "Turkish"): ["İstanbul", "Şişli", "Ağrı", "Çağla", "ışık"],
    ("cp1255", "Hebrew"): ["ירושלים", "שלום", "חיפה", "משה", "תודה"],
    ("cp1256", "Arabic"): ["القاهرة", "محمد", "شكرا", "مدينة"],
    ("shift_jis", "Japanese"): ["東京", "株式会社", "カタカナ", "ひらがな", "鈴木"],
    ("euc_jp", "Japanese"): ["東京", "株式会社", "カタカナ", "ひらがな", "鈴木"],
    ("gb18030", "Chinese"): ["北京", "中国人民", "上海", "公司", "张三"],
    ("big5", "Chinese"): ["臺北", "中華民國", "銀行", "公司", "陳先生"],
    ("euc_kr", "Korean"): ["서울", "대한민국", "김철수", "부산", "회사"],
}


@pytest.mark.parametrize("case", SENTENCES, ids="-".join)
def test_an_encoding_is_found_from_a_few_names(case):
    names = SENTENCES[case]
    content = "source;target\n" + "".join(
        f"{one};{two}\n" for one, two in zip(names, names[1:] + names[:1], strict=True)
    )

    result = read_texts(content.encode(case[0]))

    assert result.rows == [
        [one, two] for one, two in zip(names, names[1:] + names[:1], strict=True)
    ]
    assert result.repair("encoding-guessed").alternative is not None


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
def test_unicode_is_read_with_and_without_a_mark(encoding):
    result = read_texts("source,target\nMüller,Łódź\n東京,😀\n".encode(encoding))

    assert result.columns == ["source", "target"]
    assert result.rows == [["Müller", "Łódź"], ["東京", "😀"]]


def test_a_few_bytes_that_are_not_utf_8_do_not_change_the_rest():
    lines = [f"Łódź{n},Müller{n}".encode() for n in range(50)]
    lines[7] = b"caf\xe9,Z\xfcrich"

    result = read_texts(b"a,b\n" + b"\n".join(lines))

    assert result.rows[7] == ["café", "Zürich"]
    assert result.rows[8] == ["Łódź8", "Müller8"]
    stray = result.repair("bytes-replaced")
    assert (stray.count, stray.lines, stray.before) == (2, (9,), "caf\ufffd,Z\ufffdrich")


def test_a_stray_byte_behind_a_mark_of_utf_8_is_told():
    result = read_texts(b"\xef\xbb\xbfa,b\n\xe9,x\n")

    assert result.rows == [["é", "x"]]
    assert result.repair("bytes-replaced").lines == (2,)


def test_a_told_encoding_is_used():
    content = "a,b\nÄ,ß\n".encode("cp850")

    assert read_texts(content, encoding="cp850").rows == [["Ä", "ß"]]
    assert read_texts(content, encoding="cp850").codes == []


@pytest.mark.parametrize(
    ("encoding", "reason"), [("nonsense", "unknown encoding"), ("ascii", "can't decode")]
)
def test_an_encoding_that_does_not_fit_is_refused_by_its_name(encoding, reason):
    with pytest.raises(UnreadableFileError, match=f"does not read as {encoding}: .*{reason}"):
        read("a,b\nÄ,ß\n", encoding=encoding)


def test_nul_characters_are_left_out_and_told():
    rows = "".join(f"x{n},y{n}\n" for n in range(1000)).encode()

    result = read_texts(b"a,b\n" + rows + b"u\x00v,w\n")

    assert result.rows[-1] == ["uv", "w"]
    assert (result.repair("nul-removed").count, result.repair("nul-removed").lines) == (1, (1002,))


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 20, b"a\x00b\x00\x01\x02\x03" * 30, b"\n\x01\r\x01"]
)
def test_binary_bytes_are_no_table(content):
    with pytest.raises(UnreadableFileError, match="binary"):
        read(content)


def test_utf_8_is_told_from_blocks_that_cut_characters():
    content = "Łódź".encode()

    assert is_utf8([content[:1], content[1:4], content[4:]])
    assert not is_utf8([content[:1], b"x"])
    assert not is_utf8([content[:-1]])


def test_detection_takes_the_lines_that_tell():
    assert detect(b"plain\n" * 5000 + "Источник;Получатель\n".encode("cp1251")) == "cp1251"


def test_two_byte_order_marks_are_no_part_of_the_first_name():
    result = read_texts("\ufeff\ufeffsource,target\na,b\n".encode())

    assert (result.columns, result.rows) == (["source", "target"], [["a", "b"]])


def test_every_encoding_that_is_guessed_has_a_name_that_people_know():
    assert set(CANDIDATES) <= set(NAMES)


def test_nuls_that_pad_cells_are_left_out_and_counted_with_their_lines():
    result = read(b"source,target,w\na,b,1\nb\x00\x00,c,2\nc,a,\x003\n")

    assert result.rows == [["a", "b", 1], ["b", "c", 2], ["c", "a", 3]]
    removed = result.repair("nul-removed")
    assert (removed.count, removed.lines) == (3, (3, 4))
    assert removed.message == "3 NUL characters were left out."


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n" + b"\x00" * 30,
        b"\x00a\x04\x05,b\n\x00c,d\n",
        b"abc\x00,ef" * 9,
        b"ab\x00,\xff\xfe\n" * 5,
    ],
)
def test_bytes_with_nuls_that_are_no_lines_of_text_are_refused(content):
    with pytest.raises(UnreadableFileError, match="This is not CSV: it contains binary data"):
        read(content)
