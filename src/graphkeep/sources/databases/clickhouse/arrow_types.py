"""Columns of ClickHouse whose Arrow form is bare numbers or bytes: addresses and identifiers as texts."""

import ipaddress
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

WRAPPED = re.compile(r"(?:LowCardinality|Nullable)\((.*)\)")
TEXTS: dict[str, Callable[[Any], str]] = {
    "IPv4": lambda value: str(ipaddress.IPv4Address(value)),
    "IPv6": lambda value: str(unmapped(ipaddress.IPv6Address(value))),
    "UUID": lambda value: str(uuid.UUID(bytes=value)),
}


def bare_type(name: str) -> str:
    """`LowCardinality(Nullable(IPv4))` is IPv4."""
    while match := WRAPPED.fullmatch(name):
        name = match[1]
    return name


def unmapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return address.ipv4_mapped or address


def plain_batch(
    batch: pa.RecordBatch, names: Sequence[str], types: Sequence[str]
) -> pa.RecordBatch:
    """A batch with unique names, texts without a dictionary, and addresses and identifiers as people write them."""
    arrays = [
        plain_array(array, bare_type(kind))
        for array, kind in zip(batch.columns, types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(names))


def plain_array(array: pa.Array, kind: str) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    to_text = TEXTS.get(kind)
    if to_text is None or pa.types.is_string(array.type):
        return array
    distinct = array.dictionary_encode()
    words = pa.array(
        [None if value is None else to_text(value) for value in distinct.dictionary.to_pylist()],
        pa.string(),
    )
    return pa.DictionaryArray.from_arrays(distinct.indices, words).dictionary_decode()
