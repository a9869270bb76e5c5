"""Deletion of a dataset with its stored files; never the uploads that it was made of."""

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.job_keys import exclusive_keys
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.upload import drop_file
from graphkeep.datasets.rules import may_delete
from graphkeep.jobs.queue import active_job, cancel, paused_job


def delete_dataset(dataset: Dataset, *, actor: Actor) -> None:
    authorize(may_delete, actor, dataset)
    dataset_id = dataset.dataset_id
    direct = [file for file in (dataset.edge_data, dataset.node_data) if file is not None]
    for key in exclusive_keys(dataset_id):
        job = active_job(key) or paused_job(key)
        if job is not None:
            cancel(job)
    with transaction.atomic():
        audit.record("dataset.deleted", actor=actor, target=dataset, id=dataset_id)
        dataset.delete()
        for file in direct:
            drop_file(file)
    DatasetFiles(dataset_id).delete()
