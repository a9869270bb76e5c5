"""Job kinds of datasets, each with the operation that runs it."""

from typing import Any

from graphkeep.accounts.models import User
from graphkeep.datasets.job_keys import samples_key
from graphkeep.jobs.queue import latest_job, submit
from graphkeep.jobs.registry import JobContext, task


@task("prepare")
def prepare_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.operations.metrics.metric_columns import resubmit_metrics
    from graphkeep.datasets.operations.prepare import prepare_until_current
    from graphkeep.datasets.operations.thumbnail import submit_thumbnail

    prepare_until_current(context, dataset_id)
    resubmit_metrics(dataset_id)
    submit_thumbnail(dataset_id)


@task("thumbnail")
def thumbnail_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.operations.thumbnail import draw_thumbnail

    draw_thumbnail(dataset_id)


@task("play", is_preemptible=True)
def layout_run_job(context: JobContext, dataset_id: str, **arguments: Any) -> None:
    from graphkeep.datasets.layout.run_job import run_layout_job

    run_layout_job(context, dataset_id, **arguments)


@task("metric")
def metric_job(context: JobContext, dataset_id: str, request_id: str = "", ask: str = "") -> None:
    """`ask` is the request id of a job that the former release queued."""
    from graphkeep.datasets.operations.metrics.metric_jobs import compute_metric

    compute_metric(context, dataset_id, request_id or ask)


@task("drop-metric")
def drop_metric_job(context: JobContext, dataset_id: str, column: str) -> None:
    from graphkeep.datasets.operations.metrics.metric_jobs import drop_column

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
    from graphkeep.datasets.operations.garbage_collection import collect_garbage

    return {"removed": collect_garbage()}


@task("invitation-mail")
def invitation_mail_job(context: JobContext, share_id: int, sender: str, message: str) -> None:
    from graphkeep.datasets.sharing.invitation_mail import send_invitation_mail

    send_invitation_mail(share_id, sender=sender, message=message)


def create_samples_once(sender: object, *, user: User, **_: object) -> None:
    """Queue the sample graphs at the first sign-in in a browser; they are never made twice."""
    key = samples_key(user.pk)
    if latest_job(key) is None:
        submit("samples", {"user_id": user.pk}, dedupe_key=key)


@task("arrange")
def apply_layout_job(
    context: JobContext, dataset_id: str, layout: str, options: dict[str, Any]
) -> None:
    from graphkeep.datasets.layout.apply_layout import apply_layout
    from graphkeep.datasets.operations.thumbnail import submit_thumbnail

    apply_layout(context, dataset_id, layout, options)
    submit_thumbnail(dataset_id)


@task("undo-arranging")
def undo_layout_job(context: JobContext, dataset_id: str) -> None:
    from graphkeep.datasets.layout.apply_layout import undo_layout
    from graphkeep.datasets.operations.thumbnail import submit_thumbnail

    undo_layout(context, dataset_id)
    submit_thumbnail(dataset_id)
