"""The deduplication keys of a dataset's jobs: two jobs of one key are never under way at once."""

import secrets

from django.db.models import Q


def prepare_key(dataset_id: str) -> str:
    return f"prepare:{dataset_id}"


def layout_run_key(dataset_id: str) -> str:
    """The key of a run of the force-directed layout."""
    return f"play:{dataset_id}"


def apply_layout_key(dataset_id: str) -> str:
    """The key of applying a layout, or undoing one."""
    return f"arrange:{dataset_id}"


def metric_key(dataset_id: str, request_id: str, version: int) -> str:
    """The key of one request and one version: work on former data does not count for new data."""
    return f"metric:{dataset_id}:{request_id}:{version}"


def invitation_mail_key(share_id: int) -> str:
    return f"invitation-mail:{share_id}"


def drop_column_key(dataset_id: str) -> str:
    """A unique key."""
    return f"metric:{dataset_id}:drop:{secrets.token_hex(8)}"


def repaint_key(dataset_id: str) -> str:
    """A unique key: a running job may have read the former encodings."""
    return f"looks:{dataset_id}:{secrets.token_hex(8)}"


def thumbnail_key(dataset_id: str) -> str:
    return f"thumbnail:{dataset_id}"


def samples_key(user_pk: int) -> str:
    return f"samples:{user_pk}"


def exclusive_keys(dataset_id: str) -> tuple[str, ...]:
    """The keys that allow at most one job per dataset."""
    return prepare_key(dataset_id), layout_run_key(dataset_id), apply_layout_key(dataset_id)


def is_on_page(dataset_id: str) -> Q:
    """The filter of jobs that change what the page of a dataset shows."""
    return (
        Q(dedupe_key__in=exclusive_keys(dataset_id))
        | Q(dedupe_key__startswith=f"metric:{dataset_id}:")
        | Q(dedupe_key__startswith=f"looks:{dataset_id}:")
    )
