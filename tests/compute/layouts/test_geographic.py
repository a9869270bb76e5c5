"""Nodes on a map of the world."""

import numpy as np
import pytest

from graphkeep.compute.geographic.mercator import mercator
from graphkeep.graph.errors import UserInputError
from tests.compute.layouts.drawing import graph_of, laid_out, nearest

# Degrees north and east.
CITIES = {
    "Berlin": (52.52, 13.405),
    "Quito": (-0.1807, -78.4678),
    "Sydney": (-33.8688, 151.2093),
    "Reykjavik": (64.1466, -21.9426),
    "Null Island": (0.0, 0.0),
}


def test_cities_stand_where_the_projection_puts_them() -> None:
    latitude, longitude = np.array(list(CITIES.values())).T
    placed = laid_out("geographic", graph_of(5, [(0, 1)], latitude=latitude, longitude=longitude))

    textbook = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2)))
    assert np.allclose(placed.positions, np.column_stack((longitude, textbook)), atol=1e-5)
    assert (placed.basemap, placed.notes, placed.boxes) == ("world", (), ())


def test_parallels_that_have_closed_forms_lie_there() -> None:
    at = mercator(np.array([30.0, 45, 60, -45]), np.zeros(4))

    closed = np.log([3**0.5, 1 + 2**0.5, 2 + 3**0.5, 2**0.5 - 1])
    assert np.allclose(at[:, 1], np.degrees(closed), atol=1e-9)


def test_the_world_is_a_square_and_the_poles_are_at_its_edges() -> None:
    at = mercator(np.array([90.0, -90, 85.05112877980659]), np.array([180.0, -180, 0]))

    assert np.allclose(at, [(180, 180), (-180, -180), (0, 180)])


@pytest.mark.parametrize(
    "names", [("Lat", "LNG"), ("latitude", "longitude"), ("geo_lat", "geo_lon"), ("lat", "long")]
)
def test_columns_are_known_by_their_names(names: tuple[str, str]) -> None:
    graph = graph_of(2, [], **{names[0]: [10.0, 0.0], names[1]: [20.0, 5.0]})

    assert np.allclose(laid_out("geographic", graph).positions[:, 0], [20, 5])


def test_columns_may_be_said_and_texts_of_numbers_will_do() -> None:
    graph = graph_of(2, [], latitude=["x", "y"], north=["10.5", "0"], east=["20.25", "-5"])
    placed = laid_out("geographic", graph, latitude="north", longitude="east")

    assert placed.positions[:, 0].tolist() == [20.25, -5]


def test_nodes_without_a_place_stand_between_their_neighbours() -> None:
    graph = graph_of(
        5,
        [(0, 4), (4, 1), (0, 2), (2, 3), (3, 1)],
        lat=[0.0, 0.0, None, float("nan"), 99.0],
        lon=[0.0, 30.0, None, 5.0, 7.0],
    )
    placed = laid_out("geographic", graph)

    assert np.allclose(placed.positions, [(0, 0), (30, 0), (10, 0), (20, 0), (15, 0)], atol=1e-3)
    assert placed.notes == ("Nodes without coordinates, between their neighbours: 3.",)


def test_nodes_that_nothing_places_stand_in_a_frame_beneath() -> None:
    lat = [10.0, 40.0, *[None] * 30]
    placed = laid_out("geographic", graph_of(32, [(0, 1), (2, 3)], lat=lat, lon=lat))

    (box,) = placed.boxes
    x, y = placed.positions[2:].T
    assert box.label == "no coordinates"
    assert box.y1 < placed.positions[:2, 1].min()
    assert ((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)).all()
    assert nearest(placed.positions) > 0.1
    assert placed.notes == (
        "Nodes without coordinates, as all that they lead to, below the map: 30.",
    )


def test_nodes_at_one_place_stand_around_it_or_on_it_as_is_said() -> None:
    lat, lon = [50.0] * 20 + [-10.0], [10.0] * 20 + [100.0]
    graph = graph_of(21, [], lat=lat, lon=lon)
    apart = laid_out("geographic", graph).positions
    together = laid_out("geographic", graph, spread=False).positions

    assert len(np.unique(together, axis=0)) == 2
    assert apart[[0, 20]].tolist() == together[[0, 20]].tolist()
    assert nearest(apart) > 0.05
    assert np.hypot(*(apart - together).T).max() < 1


def test_what_hangs_on_one_city_alone_stands_visibly_around_it() -> None:
    lat, lon = [50.0, -10.0, *[None] * 12], [10.0, 110.0, *[None] * 12]
    at = laid_out(
        "geographic", graph_of(14, [(0, i) for i in range(1, 14)], lat=lat, lon=lon)
    ).positions

    far = np.hypot(*(at[2:] - at[0]).T)
    assert 0.9 < far.min() < far.max() < 6
    assert at[0, 0] == 10


def test_what_is_missing_is_said_in_words() -> None:
    with pytest.raises(UserInputError, match="There is no node column latitude"):
        laid_out("geographic", graph_of(2, []))
    with pytest.raises(UserInputError, match="No node has a latitude from -90 to 90"):
        laid_out("geographic", graph_of(2, [], lat=[900.0, None], lon=[1.0, 2.0]))
    with pytest.raises(UserInputError, match="The column 'lat' contains no degrees"):
        laid_out("geographic", graph_of(2, [], lat=["north", "south"], lon=[1.0, 2.0]))
