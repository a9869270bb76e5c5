"""Texts without case and accents, for search: Müller, MULLER and muller are the same."""

import pyarrow as pa
import pyarrow.compute as pc

# Letters that Unicode does not take apart; what a keyboard without them writes.
LETTERS = (
    ("ß", "ss"), ("ł", "l"), ("ø", "o"), ("đ", "d"), ("ð", "d"), ("ħ", "h"), ("\u0131", "i"), ("ŋ", "n"),
    ("æ", "ae"), ("œ", "oe"), ("þ", "th"), ("ŧ", "t"),
)  # fmt: skip
ANY_LETTER = "[" + "".join(letter for letter, _ in LETTERS) + "]"
MARKS = r"\p{Mn}+"


def fold(texts: pa.Array) -> pa.Array:
    """The texts in lower case, in compatibility form, without marks."""
    folded = pc.utf8_lower(texts)
    folded = pc.replace_substring_regex(pc.utf8_normalize(folded, form="NFKD"), MARKS, "")
    if pc.any(pc.match_substring_regex(folded, ANY_LETTER)).as_py():
        for letter, replacement in LETTERS:
            folded = pc.replace_substring(folded, letter, replacement)
    return folded


def fold_text(text: str) -> str:
    return str(fold(pa.array([text]))[0].as_py())


def folded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with its texts folded where they are not ASCII; those that are keep their case."""
    return pa.chunked_array([folded_part(chunk) for chunk in column.chunks], column.type)


def folded_part(texts: pa.Array) -> pa.Array:
    is_other = pc.fill_null(pc.invert(pc.string_is_ascii(texts)), fill_value=False)
    others = texts.filter(is_other)
    return pc.replace_with_mask(texts, is_other, fold(others)) if len(others) else texts
