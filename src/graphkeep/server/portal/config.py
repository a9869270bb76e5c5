"""Settings pages of the portal: the site's domain, and the runtime settings."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from graphkeep.accounts.operations.runtime_settings import change_setting
from graphkeep.api.identity import actor_of
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.portal.site import portal
from graphkeep.site.runtime_settings import declared_settings, runtime_setting
from graphkeep.site.setting_declaration import RuntimeSetting

SITE = ("SITE_DOMAIN",)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "\n".join(value) if isinstance(value, list) else str(value)


def field_of(declared: RuntimeSetting) -> forms.Field:
    options: dict[str, Any] = {
        "label": declared.name,
        "help_text": declared.help,
        "required": False,
        "disabled": declared.is_locked,
    }
    if declared.is_locked:
        options["help_text"] += (
            f" It is set in {declared.origin}: remove it there to change it in the portal."
        )
    if declared.kind == "flag":
        return forms.BooleanField(**options)
    if " | " in declared.kind:
        return forms.ChoiceField(
            choices=[(choice, choice) for choice in declared.kind.split(" | ")], **options
        )
    if declared.kind.startswith("list"):
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **options)
    return forms.CharField(**options)


def settings_page(title: str, names: tuple[str, ...] | None) -> Any:
    def view(request: HttpRequest) -> HttpResponseBase:
        declared = {
            name: setting
            for name, setting in declared_settings().items()
            if (name in names if names else name not in SITE)
        }
        form = forms.Form(
            request.POST or None,
            initial={
                name: runtime_setting(name)
                if setting.kind == "flag"
                else as_text(runtime_setting(name))
                for name, setting in declared.items()
            },
        )
        form.fields = {name: field_of(setting) for name, setting in declared.items()}
        if request.method == "POST" and form.is_valid() and saved(request, form, declared):
            messages.success(request, "Saved. All processes apply it within five seconds.")
            return redirect(request.path)
        host = request.get_host()
        context = {
            "title": title,
            "form": form,
            "hint": "",
            "use_this": host if names == SITE and runtime_setting("SITE_DOMAIN") != host else "",
        }
        return TemplateResponse(
            request, "portal/form.html", {**portal.each_context(request), **context}
        )

    return view


def saved(request: HttpRequest, form: forms.Form, declared: dict[str, RuntimeSetting]) -> bool:
    actor = actor_of(request)
    for name, setting in declared.items():
        if setting.is_locked:
            continue
        try:
            change_setting(name, as_text(form.cleaned_data[name]), actor=actor)
        except GraphkeepError as error:
            form.add_error(name, error.message)
    return not form.errors


portal.page("Settings", "Site Settings", "settings/site/", settings_page("Site Settings", SITE))
portal.page("Settings", "Config", "settings/config/", settings_page("Config", None))
