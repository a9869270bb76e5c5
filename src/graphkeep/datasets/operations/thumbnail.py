"""A small picture of each graph for the gallery."""

from graphkeep.datasets.layout.frames import current_positions
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import graph_store
from graphkeep.view.thumbnail import draw


def draw_thumbnail(dataset_id: str) -> None:
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    arrays = graph_store().arrays(dataset_id, "view")
    graph_store().put_bytes(dataset_id, "thumbnail.png", draw(current_positions(dataset), arrays))
