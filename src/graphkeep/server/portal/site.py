"""The Admin portal: Django's admin site, which changes data only through our operations."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import User
from graphkeep.api.identity import actor_of
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.http.headers import is_trustworthy

Do = Callable[[Actor, dict[str, Any]], str]


LONGEST_NUMBER = 9  # maximum digits of a number in a query string


class PortalSite(admin.AdminSite):
    site_header = "Graphkeep"
    site_title = "Admin portal"
    index_title = "Admin portal"
    site_url = "/datasets/"
    enable_nav_sidebar = False
    index_template = "portal/index.html"

    def __init__(self) -> None:
        super().__init__(name="admin")
        self.pages: list[tuple[str, str, str, Any]] = []

    def has_permission(self, request: HttpRequest) -> bool:
        """Repeats the check of AccessMiddleware for Django's admin."""
        user = request.user
        return isinstance(user, User) and user.is_active_now and user.role == User.Role.ADMIN

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirect to the portal: AccessMiddleware has already authenticated the user."""
        return redirect("/admin-portal/")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("/accounts/logout/")

    def page(self, group: str, title: str, address: str, view: Any) -> None:
        """Register a page; `group` is its menu heading, or empty for a page outside of the menu."""
        self.pages.append((group, title, address, view))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own_pages = [
            path(address, self.admin_view(view), name=address.strip("/").replace("/", "-"))
            for _, _, address, view in self.pages
        ]
        library_names = {
            "index",
            "jsi18n",
            "autocomplete",
            "view_on_site",
            "app_list",
            "login",
            "logout",
        }
        library_pages = [
            pattern
            for pattern in super().get_urls()
            if isinstance(pattern, URLResolver) or pattern.name in library_names
        ]
        return [*own_pages, *library_pages]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        menu: dict[str, list[tuple[str, str]]] = {}
        for group, title, address, _ in self.pages:
            if group:
                menu.setdefault(group, []).append((title, f"/admin-portal/{address}"))
        context = {"menu": menu, "is_in_the_clear": not is_trustworthy(request)}
        return {**super().each_context(request), **context}


portal = PortalSite()


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """A read-only list; changes are actions and pages that call operations."""

    list_per_page = 50
    show_full_result_count = False
    refused = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if any(
            text.isdigit() and len(text) > LONGEST_NUMBER for text in map(str, request.GET.values())
        ):
            return redirect(f"{request.path}?e=1")  # as Django does for an invalid filter
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {**(extra_context or {}), "title": title})

    def log_change(self, *args: Any) -> Any:
        """Disabled: the audit log replaces Django's admin log."""

    def log_addition(self, *args: Any) -> Any:
        """See `log_change`."""

    def log_deletion(self, *args: Any) -> Any:
        """See `log_change`."""

    def each(self, request: HttpRequest, rows: Any, do: Callable[[Actor, Any], None]) -> None:
        """Apply an operation to each selected row; errors are shown and do not stop the other rows."""
        actor = actor_of(request)
        success_count = 0
        for row in rows:
            try:
                do(actor, row)
                success_count += 1
            except GraphkeepError as error:
                self.message_user(request, f"{row}: {error.message}", messages.ERROR)
        if success_count:
            self.message_user(request, f"Done for {success_count}.")


def form_page(
    title: str, form_class: type[forms.Form], do: Do, *, after: str = "", hint: str = ""
) -> Callable[..., HttpResponseBase]:
    """A view with one form; the text that `do` returns is shown once."""

    def view(request: HttpRequest) -> HttpResponseBase:
        form = form_class(request.POST or None)
        context: dict[str, Any] = {"title": title, "form": form, "hint": hint, "after": after}
        if request.method == "POST" and form.is_valid():
            try:
                context["message"] = do(actor_of(request), form.cleaned_data)
            except GraphkeepError as error:
                form.add_error(None, error.message)
            else:
                if not context["message"]:
                    messages.success(request, "Saved.")
                    return redirect(after or request.path)
                context["form"] = form_class()
        return TemplateResponse(
            request, "portal/form.html", {**portal.each_context(request), **context}
        )

    return view
