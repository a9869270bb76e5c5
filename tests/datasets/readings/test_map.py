"""Rows that are nodes with latitude and longitude are put on a map."""

import pytest

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.metadata import layout_metadata
from tests.datasets.graphs import places  # noqa: F401
from tests.datasets.readings.files import drawn_first

pytestmark = pytest.mark.usefixtures("places")
PLACES = "id,lat,lon\nOslo,59.9,10.7\nRome,41.9,12.5\nLisbon,38.7,-9.1\nHelsinki,60.2,24.9\n"


def test_places_are_drawn_on_the_map(alice):
    reading, dataset = drawn_first(alice, PLACES)

    assert (reading["kind"], reading["node"]) == ("nodes", "id")
    assert reading["node_bindings"] == {"node_latitude": "lat", "node_longitude": "lon"}
    assert layout_metadata(dataset).layout == "geographic"
    files = DatasetFiles(dataset.dataset_id)
    names = files.graph().node_ids.to_pylist()
    by_name = dict(zip(names, files.layout().positions.tolist(), strict=True))
    assert sorted(names, key=lambda name: by_name[name][0]) == [
        "Lisbon",
        "Oslo",
        "Rome",
        "Helsinki",
    ]
    assert sorted(names, key=lambda name: by_name[name][1]) == [
        "Lisbon",
        "Rome",
        "Oslo",
        "Helsinki",
    ]
