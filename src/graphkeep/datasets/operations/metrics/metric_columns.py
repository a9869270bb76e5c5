"""Metric columns: added to a dataset's nodes, and removed."""

import re
import secrets
from collections.abc import Mapping, Sequence

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.compute.metric import Metric
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.compute.parameters import ParameterValue
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.job_keys import drop_column_key
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import set_rule
from graphkeep.datasets.operations.locking import locked_dataset
from graphkeep.datasets.queries.columns import uploaded_columns
from graphkeep.datasets.queries.encodings import CHANNELS, encodings_of
from graphkeep.datasets.queries.metrics import MetricColumn, metric_columns
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.jobs.queue import active_job, cancel, submit

MAX_METRICS = 20
COLUMN_NAME = re.compile(r"[\w .:-]{1,100}")


def add_metric(
    dataset: Dataset,
    metric_name: str,
    *,
    actor: Actor,
    column: str = "",
    options: Mapping[str, ParameterValue] | None = None,
) -> None:
    """Queue a metric; its column, by default of the metric's name, joins those of the upload, for everybody.

    Raises:
        NotAllowedError: the actor may only view.
        UserInputError: there is no such metric or option, the dataset is not prepared, or the column is the upload's.
    """
    authorize(may_edit, actor, dataset)
    uploaded_names = uploaded_columns(dataset)
    metric = metric_named(metric_name)
    name = (column or metric.name).strip()
    if not COLUMN_NAME.fullmatch(name):
        raise UserInputError(
            "A column's name has 1 to 100 letters, digits, spaces, or any of _ . : -."
        )
    if name in uploaded_names:
        raise UserInputError(
            f"The nodes have a column '{name}' of their own already. Choose another column."
        )
    metric_column = MetricColumn(
        metric=metric.name,
        column=name,
        options=metric.check(options or {}, DatasetFiles(dataset.dataset_id).tables()),
        request_id=secrets.token_hex(8),
    )
    with locked_dataset(dataset.dataset_id) as locked:
        if locked is None:
            raise NotFoundError
        remaining = [existing for existing in metric_columns(locked) if existing.column != name]
        if len(remaining) >= MAX_METRICS:
            raise UserInputError(f"A graph has at most {MAX_METRICS} metrics. Remove one first.")
        cancel_metric_job(locked, name)
        store_metrics(locked, [*remaining, metric_column])
        submit_metric(locked, metric_column)
        audit.record(
            "dataset.metric-added", actor=actor, target=locked, metric=metric.name, column=name
        )


def remove_metric(dataset: Dataset, column: str, *, actor: Actor) -> None:
    """Cancel a metric's job and drop its column; a metric that was not added is ignored."""
    authorize(may_edit, actor, dataset)
    with locked_dataset(dataset.dataset_id) as locked:
        if locked is None:
            raise NotFoundError
        existing = metric_columns(locked)
        remaining = [metric_column for metric_column in existing if metric_column.column != column]
        if len(remaining) == len(existing):
            return
        cancel_metric_job(locked, column)
        store_metrics(locked, remaining)
        rules = encodings_of(locked).channels
        for channel in CHANNELS:
            rule = rules.get(("node", channel))
            if rule is not None and rule.attribute == column:
                set_rule(locked, channel, None)
        locked.save(update_fields=["node_encodings"])
        arguments = {"dataset_id": dataset.dataset_id, "column": column}
        submit("drop-metric", arguments, dedupe_key=drop_column_key(dataset.dataset_id))
        audit.record("dataset.metric-removed", actor=actor, target=locked, column=column)


def metric_named(name: str) -> Metric:
    """Raises UserInputError: there is no metric of that name."""
    metric = METRICS.get(name)
    if metric is None:
        raise UserInputError(f"There is no metric '{name}'. There are: {', '.join(METRICS)}.")
    return metric


def store_metrics(dataset: Dataset, columns: Sequence[MetricColumn]) -> None:
    dataset.extras = {**dataset.extras, "metrics": [column.as_json() for column in columns]}
    dataset.save(update_fields=["extras"])


def cancel_metric_job(dataset: Dataset, name: str) -> None:
    for column in metric_columns(dataset):
        job = active_job(column.job_key(dataset)) if column.column == name else None
        if job is not None:
            cancel(job)


def submit_metric(dataset: Dataset, column: MetricColumn) -> None:
    arguments = {"dataset_id": dataset.dataset_id, "request_id": column.request_id}
    submit("metric", arguments, dedupe_key=column.job_key(dataset))


def resubmit_metrics(dataset_id: str) -> None:
    """Queue all metrics of a dataset whose tables were replaced."""
    for dataset in Dataset.objects.filter(dataset_id=dataset_id):
        for column in metric_columns(dataset):
            submit_metric(dataset, column)
