"""Requests that create and change files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.api.v2.requests.fields import Fields
from graphkeep.datasets.operations.file_fields import FileFields


@dataclass(frozen=True, kw_only=True)
class FileRequest:
    """A file as the clients describe it; fields that are not sent stay as they are."""

    fields: FileFields
    org_name: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "FileRequest":
        """Raises UserInputError: a field is of the wrong kind."""
        body_fields = Fields(body)
        options = body_fields.mapping("parser_options") if "parser_options" in body_fields else None
        fields = FileFields(
            name=body_fields.sent_text("name", max_length=500),
            description=body_fields.sent_text("description"),
            agent_name=body_fields.sent_text("agent_name", max_length=100),
            agent_version=body_fields.sent_text("agent_version", max_length=100),
            file_type=body_fields.sent_text("file_type", max_length=40),
            file_compression=body_fields.sent_text("file_compression", max_length=40),
            parser_options=options,
            sql_transforms=body_fields.any("sql_transforms") or None,
        )
        return cls(fields=fields, org_name=body_fields.text("org_name"))
