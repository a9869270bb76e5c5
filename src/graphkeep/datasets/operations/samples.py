"""Sample graphs at the first sign-in, made of tables like any upload."""

from graphkeep.accounts.actor import EVERYDAY, Actor
from graphkeep.accounts.models import User
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.operations.prepare import submit_prepare
from graphkeep.sources.samples.intrusion import intrusion
from graphkeep.sources.samples.machine import machine
from graphkeep.sources.samples.miserables import miserables
from graphkeep.sources.samples.sample import Sample


def create_samples(user: User) -> list[Dataset]:
    """Private copies for a new user; only the first Admin gets the one of the machine's packages."""
    actor = Actor(user=user, credential_kind="system", credential_id="samples", scopes=EVERYDAY)
    samples: list[Sample] = [miserables(), intrusion()]
    first_admin = User.objects.filter(role=User.Role.ADMIN).order_by("pk").first()
    if user == first_admin:
        samples.insert(1, machine())
    return [create_sample(sample, actor) for sample in reversed(samples)]


def create_sample(sample: Sample, actor: Actor) -> Dataset:
    dataset = create_dataset(
        DatasetFields(
            name=sample.title,
            description=sample.description,
            metadata={"agent": "graphkeep"},
            node_encodings=sample.node_encodings,
            edge_encodings=sample.edge_encodings,
        ),
        actor=actor,
        privacy=Dataset.Privacy.PRIVATE,
        sample=sample.name,
    )
    attach_table(dataset, "edges", sample.edges, actor=actor)
    attach_table(dataset, "nodes", sample.nodes, actor=actor)
    dataset.refresh_from_db()
    submit_prepare(dataset)
    return dataset
