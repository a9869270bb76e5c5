"""Uploaded files, the datasets made of them, their pins, shares and share links."""

import secrets

from django.db import models
from django.utils import timezone

from graphkeep.accounts.models import Organization, User


def new_id() -> str:
    """128 random bits: the address of a public graph must not be guessed."""
    return secrets.token_hex(16)


class File(models.Model):
    file_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="files")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    file_type = models.CharField(max_length=10)
    file_compression = models.CharField(max_length=10, blank=True)
    parser_options = models.JSONField(default=dict)
    sql_transforms = models.JSONField(default=list)
    agent_name = models.CharField(max_length=100, blank=True)
    agent_version = models.CharField(max_length=100, blank=True)
    is_direct = models.BooleanField(default=False, help_text="Sent straight to a dataset.")
    is_uploaded = models.BooleanField(default=False)
    is_valid = models.BooleanField(default=False)
    bytes_count = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    tables = models.JSONField(default=list)
    repairs = models.JSONField(default=list)
    interpretations = models.JSONField(
        default=list, help_text="What the file's format says of its tables as a graph."
    )
    shape = models.CharField(
        max_length=64, blank=True, help_text="Digest of its columns as first read."
    )
    errors = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name or self.file_id


class RememberedReading(models.Model):
    """How a user last read files of one shape: their columns and types, as read without options."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="remembered_readings")
    shape = models.CharField(max_length=64)
    reading = models.JSONField(
        help_text="A table interpretation; its tables are shapes, by number."
    )
    parser_options = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "shape"], name="one_reading_of_a_shape")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.shape[:8]}"


class Dataset(models.Model):
    class Privacy(models.TextChoices):
        PRIVATE = "private"
        ORGANIZATION = "organization"
        PUBLIC = "public"

    dataset_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="datasets")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="datasets"
    )
    name = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    privacy = models.CharField(max_length=12, choices=Privacy.choices)
    privacy_action = models.CharField(max_length=2, default="10")
    metadata = models.JSONField(default=dict)
    node_encodings = models.JSONField(default=dict)
    edge_encodings = models.JSONField(default=dict)
    extras = models.JSONField(default=dict, help_text="Transforms and keys stored by clients.")
    edge_files = models.JSONField(default=list)
    node_files = models.JSONField(default=list)
    edge_data = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")
    node_data = models.ForeignKey(File, null=True, on_delete=models.SET_NULL, related_name="+")
    sample = models.CharField(max_length=30, blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text="Grows with each change of its data."
    )
    prepared_version = models.PositiveIntegerField(default=0)
    has_final_layout = models.BooleanField(default=False)
    pins_version = models.PositiveIntegerField(
        default=0, help_text="Grows with each change of its pins."
    )
    failed_version = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    repairs = models.JSONField(default=list)
    node_count = models.PositiveIntegerField(default=0)
    edge_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="dataset_of_owner")]

    def __str__(self) -> str:
        return self.name or self.dataset_id

    @property
    def has_edges(self) -> bool:
        return bool(self.edge_files) or self.edge_data_id is not None

    @property
    def is_prepared(self) -> bool:
        return self.prepared_version == self.version

    @property
    def has_given_positions(self) -> bool:
        bindings = self.node_encodings.get("bindings") or {}
        return bool(bindings.get("node_x") and bindings.get("node_y"))


class Pin(models.Model):
    """A node with a position that a user chose. A released pin keeps it until the next run stores its own."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="pins")
    row = models.PositiveIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    is_held = models.BooleanField(default=True)
    version = models.PositiveIntegerField(help_text="Of the dataset's pins, when it was put there.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "row"], name="one_pin_of_a_node")]

    def __str__(self) -> str:
        return f"{self.dataset_id}: {self.row}"


class Share(models.Model):
    """An invited person: a user, or an e-mail address that no account had yet."""

    class Action(models.TextChoices):
        VIEW = "10"
        EDIT = "20"
        SHARE = "30"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    action = models.CharField(max_length=2, choices=Action.choices, default=Action.VIEW)

    def __str__(self) -> str:
        return f"{self.email}: {self.action}"


class ShareLink(models.Model):
    """A link that grants its bearer access to one dataset; its token is stored as a hash and shown once."""

    class Audience(models.TextChoices):
        ANYONE = "anyone"
        SIGNED_IN = "signed-in"
        PERSON = "person"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.ANYONE)
    email = models.EmailField(blank=True, help_text="Whom the audience `person` means.")
    origin = models.CharField(
        max_length=255, blank=True, help_text="The one site that may show it in a frame."
    )
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    use_count = models.PositiveIntegerField(default=0)
    max_uses = models.PositiveIntegerField(null=True, blank=True, db_column="most_uses")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or f"link {self.pk}"

    @property
    def is_active_now(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
