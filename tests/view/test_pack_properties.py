"""Whatever is packed is read back whole, and every array is aligned."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from graphkeep.view.pack import DTYPES, pack, unpack

NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name.isprintable())
ARRAYS = st.dictionaries(
    NAMES,
    st.sampled_from(DTYPES).flatmap(
        lambda dtype: arrays_of.arrays(
            np.dtype(dtype), arrays_of.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=9)
        )
    ),
    max_size=4,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=8,
)  # fmt: skip
HEADERS = st.dictionaries(NAMES.filter(lambda name: name != "arrays"), JSON, max_size=4)


@given(HEADERS, ARRAYS)
@settings(max_examples=200, deadline=None)
def test_what_is_packed_is_read_back_whole(header, arrays):
    read_header, read_arrays = unpack(pack(header, arrays))

    assert read_header == header
    assert list(read_arrays) == list(arrays)
    for name, array in arrays.items():
        assert read_arrays[name].dtype == array.dtype.newbyteorder("<")
        assert read_arrays[name].shape == array.shape
        assert read_arrays[name].tobytes() == array.tobytes()


@given(HEADERS, ARRAYS)
@settings(max_examples=100, deadline=None)
def test_every_array_starts_at_a_multiple_of_8(header, arrays):
    block = pack(header, arrays)
    length = int.from_bytes(block[4:8], "little")
    offsets = [field["offset"] for field in json.loads(block[8 : 8 + length])["arrays"]]

    assert all(offset % 8 == 0 for offset in offsets)
    assert len(block) % 8 == 0


@given(st.sampled_from(["float64", "int32", "int64", "bool"]))
def test_a_dtype_that_the_page_does_not_read_is_refused(dtype):
    with pytest.raises(TypeError, match=f"The array 'x' is {dtype}"):
        pack({}, {"x": np.zeros(2, dtype)})
