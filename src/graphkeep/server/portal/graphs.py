"""Graphs and share links in the portal: who shares what with whom, without the content of graphs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from graphkeep.datasets.models import Dataset, ShareLink
from graphkeep.datasets.sharing.links import revoke_any_link
from graphkeep.datasets.sharing.share import visibility_summary
from graphkeep.server.portal.site import ReadOnly, portal


@admin.register(Dataset, site=portal)
class DatasetAdmin(ReadOnly):
    list_display = ("pk", "owner", "organization", "who", "node_count", "edge_count", "created_at")
    list_display_links = None
    list_filter = ("privacy",)
    search_fields = ("owner__username", "organization__slug")
    ordering = ("-pk",)

    @admin.display(description="Who can see it")
    def who(self, dataset: Dataset) -> str:
        return visibility_summary(dataset)


@admin.register(ShareLink, site=portal)
class ShareLinkAdmin(ReadOnly):
    list_display = (
        "pk",
        "created_by",
        "audience",
        "origin",
        "use_count",
        "expires_at",
        "revoked_at",
    )
    list_display_links = None
    search_fields = ("created_by__username",)
    ordering = ("-pk",)
    actions = ("revoke_it",)

    @admin.action(description="Revoke")
    def revoke_it(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, link: revoke_any_link(link, actor=actor))
