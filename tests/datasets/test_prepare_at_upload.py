"""A dataset is counted and prepared when its data come, and not when somebody opens its page."""

import pytest

from graphkeep.datasets.operations.dataset_commands import attach_table, change_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.operations.prepare import prepare_until_current
from graphkeep.jobs.models import Job
from graphkeep.jobs.registry import JobContext
from graphkeep.jobs.worker import run_pending
from tests.datasets.graphs import described, edges, places  # noqa: F401
from tests.people import make, person

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def alice(db):
    return person(make("alice"))


def test_a_table_of_edges_is_counted_without_anybody_looking(alice):
    dataset = described(alice)

    attach_table(dataset, "edges", edges("ab", "bc"), actor=alice)
    run_pending()

    dataset.refresh_from_db()
    assert (dataset.node_count, dataset.edge_count, dataset.is_prepared) == (3, 2, True)


def test_a_dataset_without_edges_waits_for_them(alice):
    described(alice)

    assert Job.objects.filter(kind="prepare").count() == 0


def test_new_bindings_are_prepared_too(alice):
    dataset = described(alice)
    attach_table(dataset, "edges", edges("ab", "bc"), actor=alice)
    run_pending()
    dataset.refresh_from_db()

    turned = {"bindings": {"source": "d", "destination": "s"}}
    change_dataset(dataset, DatasetFields(edge_encodings=turned), actor=alice)
    run_pending()

    dataset.refresh_from_db()
    assert (dataset.is_prepared, dataset.version) == (True, 3)


def test_words_alone_prepare_nothing(alice):
    dataset = described(alice)
    attach_table(dataset, "edges", edges("ab"), actor=alice)
    run_pending()
    dataset.refresh_from_db()
    before = Job.objects.count()

    change_dataset(dataset, DatasetFields(name="another"), actor=alice)

    assert Job.objects.count() == before


def test_a_run_on_former_data_starts_over_with_what_came_meanwhile(alice):
    dataset = described(alice)
    attach_table(dataset, "edges", edges("ab"), actor=alice)
    job = Job.objects.get(kind="prepare")
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    context = Interrupted(
        job, lambda: attach_table(dataset, "edges", edges("ab", "cd"), actor=alice)
    )

    prepare_until_current(context, dataset.dataset_id)

    dataset.refresh_from_db()
    assert (dataset.edge_count, dataset.is_prepared) == (2, True)
    assert Job.objects.filter(kind="prepare").count() == 1


class Interrupted(JobContext):
    """The context of a run during whose first step something else happens."""

    def __init__(self, job, happens):
        super().__init__(job)
        self.happens = happens

    def progress(self, fraction, message=""):
        if self.happens is not None:
            happens, self.happens = self.happens, None
            happens()
        super().progress(fraction, message)
