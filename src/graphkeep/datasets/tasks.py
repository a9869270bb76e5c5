"""Which operation does which kind of job."""

from typing import Any

from graphkeep.accounts.models import User
from graphkeep.jobs.queue import latest_job, submit
from graphkeep.jobs.registry import JobContext, task


@task("prepare")
def prepare_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.operations.metric_columns import resubmit_metrics
    from graphkeep.datasets.operations.prepare import prepare

    prepare(context, dataset_id)
    resubmit_metrics(dataset_id)
    submit("thumbnail", {"dataset_id": dataset_id}, dedupe_key=f"thumbnail:{dataset_id}")


@task("thumbnail")
def thumbnail_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.operations.thumbnail import draw_thumbnail

    draw_thumbnail(dataset_id)


@task("play", is_preemptible=True)
def play_job(context: JobContext, dataset_id: str, **said: Any) -> None:
    from graphkeep.datasets.layout.run_job import run_layout_job

    run_layout_job(context, dataset_id, **said)


@task("metric")
def metric_job(context: JobContext, dataset_id: str, ask: str) -> None:
    from graphkeep.datasets.operations.metric_columns import compute_metric

    compute_metric(context, dataset_id, ask)


@task("drop-metric")
def drop_metric_job(context: JobContext, dataset_id: str, column: str) -> None:
    from graphkeep.datasets.operations.metric_columns import drop_column

    drop_column(dataset_id, column)


@task("repaint")
def repaint_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.operations.appearance import repaint

    repaint(dataset_id)


@task("samples")
def samples_job(context: JobContext, user_id: int) -> None:
    from graphkeep.datasets.operations.samples import create_samples

    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        create_samples(user)


@task("sweep")
def sweep_job(context: JobContext) -> dict[str, Any]:
    from graphkeep.datasets.operations.sweep import sweep

    return {"removed": sweep()}


def create_samples_once(sender: object, *, user: User, **_: object) -> None:
    """A first sign-in in a browser finds sample graphs; who deletes them is left in peace."""
    key = f"samples:{user.pk}"
    if latest_job(key) is None:
        submit("samples", {"user_id": user.pk}, dedupe_key=key)


@task("arrange")
def arrange_job(context: JobContext, dataset_id: str, layout: str, options: dict[str, Any]) -> None:
    from graphkeep.datasets.layout.apply_layout import apply_layout

    apply_layout(context, dataset_id, layout, options)
    submit("thumbnail", {"dataset_id": dataset_id}, dedupe_key=f"thumbnail:{dataset_id}")


@task("undo-arranging")
def undo_arranging_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.layout.apply_layout import undo_layout

    undo_layout(context, dataset_id)
    submit("thumbnail", {"dataset_id": dataset_id}, dedupe_key=f"thumbnail:{dataset_id}")
