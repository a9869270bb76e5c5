"""Old results and records of queries, and nonces that no longer matter."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from graphkeep.connectors.models import QueryRun, UsedNonce


def stored_result_ids() -> Iterable[str]:
    """The ids under which queries have rows in the graph store, or will have them."""
    runs = QueryRun.objects.filter(Q(has_result=True) | Q(state__in=QueryRun.ACTIVE))
    return runs.values_list("run_id", flat=True)


def delete_old_queries() -> int:
    """Delete results after QUERY_RESULT_HOURS and records after QUERY_HISTORY_DAYS; those of graphs stay."""
    # Not at the top: they load pyarrow, and every command loads this module.
    from graphkeep.connectors.execution.monitor import end_stale_runs
    from graphkeep.connectors.execution.results import delete_result

    now = timezone.now()
    end_stale_runs()
    UsedNonce.objects.filter(expires_at__lt=now).delete()
    results = QueryRun.objects.filter(
        has_result=True, finished_at__lt=now - timedelta(hours=settings.QUERY_RESULT_HOURS)
    )
    count = 0
    for run in results:
        QueryRun.objects.filter(pk=run.pk).update(has_result=False)
        delete_result(run.run_id)
        count += 1
    records = QueryRun.objects.filter(
        file__isnull=True,
        has_result=False,
        created_at__lt=now - timedelta(days=settings.QUERY_HISTORY_DAYS),
    )
    deleted, _ = records.exclude(state__in=QueryRun.ACTIVE).delete()
    return count + deleted
