"""A small picture of each graph for the gallery."""

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.job_keys import thumbnail_key
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.models import Dataset
from graphkeep.jobs.queue import submit
from graphkeep.view.thumbnail import thumbnail_png


def submit_thumbnail(dataset_id: str) -> None:
    submit("thumbnail", {"dataset_id": dataset_id}, dedupe_key=thumbnail_key(dataset_id))


def draw_thumbnail(dataset_id: str) -> None:
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    files = DatasetFiles(dataset_id)
    files.save_thumbnail(thumbnail_png(current_positions(dataset), files.view_arrays()))
