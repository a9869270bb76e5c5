"""The form of a connector: settings and credentials of its kind, its policy and its limits."""

from dataclasses import fields as dataclass_fields
from typing import Any

from django import forms

from graphkeep.accounts.models import Organization
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.manage import ConnectorFields
from graphkeep.connectors.policy import ConnectorLimits, limits_of
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.query import MARKINGS

DAY_S = 86400
SETTING, SECRET, ALLOWED, LIMIT = "settings.", "secrets.", "policy.allowed.", "limits."
LIMIT_LABELS = {
    "max_rows": "Rows of a result",
    "max_bytes": "Bytes of a result",
    "max_seconds": "Seconds of a query",
    "parallel": "Queries at once",
    "parallel_per_person": "Queries at once of a person",
    "per_minute": "Queries in a minute",
    "per_day": "Queries in a day",
}


class ConnectorForm(forms.Form):
    """Fields are named as in the API (`settings.host`), so that an error of an operation finds its field."""

    def __init__(self, kind: ConnectorKind, connector: Connector | None, *args: Any) -> None:
        super().__init__(*args)
        self.kind = kind
        self.connector = connector
        self.fields["name"] = forms.CharField(label="Name", max_length=100)
        if connector is None:
            self.fields["organization"] = forms.ModelChoiceField(
                Organization.objects.filter(is_personal=False).order_by("slug"),
                required=False, empty_label="The whole site", label="For",
            )  # fmt: skip
        self.fields["is_enabled"] = forms.BooleanField(
            label="Enabled", required=False, help_text="Disabling ends the queries that run."
        )
        for field in kind.fields:
            prefix = SECRET if field.is_secret else SETTING
            self.fields[prefix + field.name] = form_field(field, self.secret_hint(field))
        self.add_policy_fields()
        self.add_limit_fields()
        self.initial = self.stored_values()

    def secret_hint(self, field: SettingField) -> str:
        if not field.is_secret:
            return ""
        secret = (
            self.connector and self.connector.secrets.filter(field=field.name, user=None).first()
        )
        if secret:
            return f"Set on {secret.changed_at:%Y-%m-%d}. Leave it empty to keep it."
        return "Stored encrypted, and never shown again."

    def add_policy_fields(self) -> None:
        for restriction in self.kind.restrictions:
            self.fields[ALLOWED + restriction] = forms.CharField(
                label=f"Allowed {restriction}", required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="One name a line; a name may end in *. Empty: all that the account can read.",
            )  # fmt: skip
        self.fields["policy.max_marking"] = forms.ChoiceField(
            label="Highest marking (TLP)", required=False,
            choices=[(marking, f"TLP:{marking.upper()}") for marking in MARKINGS],
            help_text="Values that are marked higher are not sent to this source.",
        )  # fmt: skip
        self.fields["policy.max_days"] = forms.IntegerField(
            label="Longest time range, in days", required=False, min_value=1, max_value=36_600,
            help_text="Empty: any.",
        )  # fmt: skip

    def add_limit_fields(self) -> None:
        for limit in dataclass_fields(ConnectorLimits):
            self.fields[LIMIT + limit.name] = forms.IntegerField(
                label=LIMIT_LABELS[limit.name], required=False, min_value=1,
                widget=forms.NumberInput(attrs={"placeholder": str(limit.default)}),
            )  # fmt: skip

    def stored_values(self) -> dict[str, Any]:
        if self.connector is None:
            defaults = {
                SETTING + field.name: as_text(field.default)
                for field in self.kind.fields
                if not field.is_secret
            }
            return {**defaults, "is_enabled": True, "policy.max_marking": "red"}
        policy = self.connector.policy
        seconds = policy.get("max_time_range_s")
        return {
            "name": self.connector.name,
            "is_enabled": self.connector.is_enabled,
            **{SETTING + name: as_text(value) for name, value in self.connector.settings.items()},
            **{ALLOWED + name: as_text(names) for name, names in policy.get("allowed", {}).items()},
            "policy.max_marking": policy.get("max_marking", "red"),
            "policy.max_days": seconds // DAY_S if seconds else None,
            **{
                LIMIT + name: value
                for name, value in vars(limits_of(self.connector)).items()
                if name in self.connector.limits
            },
        }

    def connector_fields(self) -> ConnectorFields:
        """What the form says; a credential that was left empty is not touched."""
        values = self.cleaned_data
        days = values["policy.max_days"]
        return ConnectorFields(
            name=values["name"],
            is_enabled=values["is_enabled"],
            settings=self.group(SETTING),
            secrets={name: value for name, value in self.group(SECRET).items() if value},
            policy={
                "allowed": {
                    name: lines(text) for name, text in self.group(ALLOWED).items() if lines(text)
                },
                "max_marking": values["policy.max_marking"] or None,
                "max_time_range_s": days * DAY_S if days else None,
            },
            limits=self.group(LIMIT),
        )

    def group(self, prefix: str) -> dict[str, Any]:
        kinds = {field.name: field.kind for field in self.kind.fields}
        group = {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }
        if prefix == SETTING:
            group = {
                name: lines(value) if kinds[name] == "list" else value
                for name, value in group.items()
            }
        return group

    def show_error(self, error: InvalidFieldError) -> None:
        """Show an operation's error beside its field, or above the form."""
        if error.field in self.fields:
            message = error.message.removeprefix(f"{error.field}: ")
            self.add_error(error.field, message[:1].upper() + message[1:])
            self.hide_user_info(error.field)
        else:
            self.add_error(None, error.message)

    def hide_user_info(self, name: str) -> None:
        """A host that was pasted with `user:password@` is shown again without them."""
        text = str(self.data.get(name, ""))
        if "@" in text:
            self.data = {**dict(self.data.items()), name: text.rpartition("@")[2]}

    def sections(self) -> list[tuple[str, str, list[Any]]]:
        """Title, hint and fields of each section of the page."""
        groups: dict[str, list[Any]] = {"": [], SETTING: [], ALLOWED: [], LIMIT: []}
        for name in self.fields:
            key = (
                LIMIT if name.startswith(LIMIT)
                else ALLOWED if name.startswith("policy.")
                else SETTING if name.startswith((SETTING, SECRET))
                else ""
            )  # fmt: skip
            groups[key].append(self[name])
        return [
            ("Connector", "", groups[""]),
            ("Source", self.kind.description, groups[SETTING]),
            (
                "Policy",
                "Checked before anything is sent. Every connector only reads; no switch changes that.",
                groups[ALLOWED],
            ),
            ("Limits", "Empty: the number shown in grey.", groups[LIMIT]),
        ]


def form_field(field: SettingField, hint: str) -> forms.Field:
    options: dict[str, Any] = {
        "label": field.label,
        "required": field.is_required and not field.is_secret,
        "help_text": " ".join(filter(None, (field.help, hint))),
    }
    if field.is_secret:
        attributes = {"autocomplete": "new-password", "spellcheck": "false"}
        return forms.CharField(
            widget=forms.PasswordInput(attrs=attributes, render_value=False), **options
        )
    if field.kind == "boolean":
        return forms.BooleanField(**{**options, "required": False})
    if field.kind == "integer":
        return forms.IntegerField(min_value=field.minimum, max_value=field.maximum, **options)
    if field.kind == "choice":
        choices = [(choice, choice) for choice in field.choices]
        return forms.ChoiceField(
            choices=choices if field.is_required or field.default else [("", ""), *choices],
            **options,
        )
    if field.kind in {"multiline", "list"}:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **options)
    return forms.CharField(**options)


def as_text(value: Any) -> Any:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
