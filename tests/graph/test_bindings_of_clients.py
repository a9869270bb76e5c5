"""What clients bind by mistake is told in words that help."""

import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import MissingBindingError, UnknownColumnError


@pytest.mark.parametrize("name", [["f", "s"], ("f", "s"), 0, 1.5])
def test_names_of_columns_must_be_text(name):
    with pytest.raises(MissingBindingError) as raised:
        Bindings.from_wire({}, {"bindings": {"source": name, "destination": "d"}})

    assert raised.value.message.startswith(
        f"edge_encodings.bindings.source is {name!r}, but names of columns must be text."
    )
    assert "MultiIndex" in raised.value.message


@pytest.mark.parametrize(
    ("name", "columns", "nearest"),
    [
        ("Source", ["source", "target"], "source"),
        ("sorce", ["target", "source"], "source"),
        ("WRONG", ["s", "d"], None),
        ("src_ip", ["srcip", "dstip"], "srcip"),
        ("x", [], None),
    ],
)
def test_the_nearest_name_of_a_column_is_named(name, columns, nearest):
    message = UnknownColumnError(name, columns).message

    assert (f" Did you mean '{nearest}'?" in message) == (nearest is not None)
    assert ("Did you mean" in message) == (nearest is not None)
