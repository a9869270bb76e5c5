"""Encodings as clients send them; a bad one is told and changes nothing else."""

from graphkeep.graph.encodings import Axis, Encoding, Encodings


def point(kind: str, **said: object) -> dict:
    return {
        "graphType": "point",
        "encodingType": kind,
        "attribute": "type",
        "variation": "categorical",
        **said,
    }


def read(**named: dict) -> tuple[Encodings, list[str]]:
    found, repairs = Encodings.from_wire({"complex": {"default": named}}, {})
    return found, [repair.message for repair in repairs]


def test_a_categorical_mapping_is_read_nested_or_not() -> None:
    nested = point("color", mapping={"categorical": {"fixed": {"x": "red"}, "other": "gray"}})
    flat = point("color", mapping={"fixed": {"x": "red"}, "other": "gray"})
    expected = Encoding(
        target="node",
        channel="color",
        attribute="type",
        variation="categorical",
        fixed={"x": "red"},
        other="gray",
    )

    for said in (nested, flat):
        found, repairs = read(pointColorEncoding=said)
        assert (dict(found.channels), repairs) == ({("node", "color"): expected}, [])


def test_bins_keep_their_order_and_their_comparator() -> None:
    rule = {"continuous": {"bins": [[5, 10], [None, 50]], "comparator": "<=", "other": 1}}
    found, _ = read(pointSizeEncoding=point("size", variation="continuous", mapping=rule))
    size = found.channels["node", "size"]

    assert (size.bins, size.comparator, size.other) == (((5.0, 10), (None, 50)), "<=", 1)


def test_current_overrides_default_and_badges_stand_apart() -> None:
    red = point("color", mapping={"fixed": {"x": "red"}})
    blue = point("color", mapping={"fixed": {"x": "blue"}})
    badge = point("badgeTopLeft", mapping={"fixed": {"x": "flag-icon-ca"}})
    said = {
        "complex": {
            "default": {"pointColorEncoding": red, "pointBadgeTopLeftEncoding": badge},
            "current": {"pointColorEncoding": blue},
        }
    }
    found, repairs = Encodings.from_wire(said, {})

    assert found.channels["node", "color"].fixed == {"x": "blue"}
    assert [(one.position, one.fixed) for one in found.badges] == [
        ("TopLeft", {"x": "flag-icon-ca"})
    ]
    assert repairs == ()


def test_axes_are_read_in_their_order() -> None:
    rows = [
        {"r": 10, "label": "a", "external": True},
        {"y": 2, "internal": True},
        {"r": 5, "space": 1},
    ]
    found, _ = read(pointAxisEncoding=point("axis", attribute="degree", rows=rows))

    assert found.axes == (
        Axis(kind="r", value=10, label="a", style="external"),
        Axis(kind="y", value=2, style="internal"),
        Axis(kind="r", value=5, style="space"),
    )


def test_each_bad_encoding_is_told_and_the_good_ones_stay() -> None:
    found, repairs = read(
        pointColorEncoding=point("color", mapping={"fixed": {"x": "red"}}),
        edgeColorEncoding=point("color"),
        pointSizeEncoding={"attribute": 3},
        pointIconEncoding=point("icon", mapping=7),
        pointAxisEncoding=point("axis", rows=[{}]),
        nonsense=point("color"),
        pointFieldInclusionEncoding={"include": {}},
        pointKeplerEncoding={"layers": []},
    )

    assert list(found.channels) == [("node", "color")]
    assert len(repairs) == 5
    assert Encodings.from_wire({"complex": 5}, {"complex": {"default": []}})[1] == ()
