"""Metric columns: the metrics that were added to a dataset, each with its state."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graphkeep.compute.metrics.registry import METRICS
from graphkeep.datasets.job_keys import metric_key
from graphkeep.datasets.models import Dataset
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import ACTIVE, latest_job


@dataclass(frozen=True, kw_only=True)
class MetricColumn:
    """One metric of a dataset: its column, its options, and the error of its last computation.

    `request_id` changes with every request: a job of an earlier request stores nothing.
    """

    metric: str
    column: str
    request_id: str
    options: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "MetricColumn":
        return cls(
            metric=stored["metric"],
            column=stored["column"],
            request_id=stored.get("request_id") or stored["ask"],  # `ask`: the former name
            options=stored["options"],
            error=stored["error"],
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def job_key(self, dataset: Dataset) -> str:
        return metric_key(dataset.dataset_id, self.request_id, dataset.version)

    @property
    def title(self) -> str:
        """The metric's title, or its name if this release does not know it."""
        return METRICS[self.metric].title if self.metric in METRICS else self.metric


def metric_columns(dataset: Dataset) -> list[MetricColumn]:
    """The dataset's metric columns, in the order in which they were added."""
    return [MetricColumn.from_json(item) for item in dataset.extras.get("metrics") or []]


def requested_column(dataset: Dataset | None, request_id: str) -> MetricColumn | None:
    """None if the request was replaced, the column removed, or the dataset deleted."""
    columns = metric_columns(dataset) if dataset is not None else []
    return next((column for column in columns if column.request_id == request_id), None)


def metric_status(dataset: Dataset, columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each metric column with its state, progress and message; `columns` are the described ones."""
    metrics = metric_columns(dataset)
    if not metrics:
        return []
    keys = [column.job_key(dataset) for column in metrics]
    jobs = {
        job.dedupe_key: job for job in Job.objects.filter(dedupe_key__in=keys, state__in=ACTIVE)
    }
    computed_names = {column["name"] for column in columns if column.get("computed")}
    return [
        {
            "metric": column.metric,
            "title": column.title,
            "column": column.column,
            "options": column.options,
            **progress_of(dataset, column, jobs.get(column.job_key(dataset)), computed_names),
        }
        for column in metrics
    ]


def progress_of(
    dataset: Dataset, column: MetricColumn, job: Job | None, computed: Collection[str]
) -> dict[str, Any]:
    if job is not None:
        return {"state": str(job.state), "progress": job.progress, "message": job.message}
    if column.error:
        return {"state": "failed", "progress": 0.0, "message": column.error}
    is_done = column.column in computed
    last_job = None if is_done else latest_job(column.job_key(dataset))
    if last_job is not None and last_job.is_over and last_job.state != Job.State.DONE:
        message = (
            last_job.message if last_job.state == Job.State.FAILED else "This work was stopped."
        )
        return {"state": "failed", "progress": 0.0, "message": message}
    return {"state": "done" if is_done else "queued", "progress": float(is_done), "message": ""}
