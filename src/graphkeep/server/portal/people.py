"""Portal lists of users, organizations, invitations, sessions and keys, with their actions."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse

from graphkeep.accounts.models import (
    BrowserSession,
    Invitation,
    Organization,
    PersonalKey,
    User,
)
from graphkeep.accounts.operations.invitations import withdraw_invitation
from graphkeep.accounts.operations.keys import revoke_key
from graphkeep.accounts.operations.organizations import (
    delete_organization,
)
from graphkeep.accounts.operations.people import (
    set_role,
)
from graphkeep.accounts.operations.permissions import PERMISSIONS, set_permission
from graphkeep.accounts.operations.profile import change_profile, confirm_email
from graphkeep.accounts.operations.sessions import (
    end_everything,
    end_session,
    forget_second_factor,
)
from graphkeep.accounts.operations.sign_in import has_second_factor
from graphkeep.api.identity import actor_of
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.portal.site import ReadOnly, portal


@admin.register(User, site=portal)
class UserAdmin(ReadOnly):
    list_display = ("username", "name", "email", "role", "kind", "email_verified",
                    "second_factor", "last_login")  # fmt: skip
    list_filter = ("role", "kind", "must_change_password", "may_run_python")
    search_fields = ("username", "name", "email")
    ordering = ("username",)
    fields = ("username", "name", "email", "role", "may_query", "may_run_python", "kind", "owner",
              "ends_at", "date_joined")  # fmt: skip
    readonly_fields = ("username", "kind", "owner", "ends_at", "date_joined")
    actions = ("make_inactive", "make_user", "sign_out", "confirm_email", "forget_second_factor")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    @admin.display(description="Second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        return has_second_factor(user)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        stored = User.objects.get(pk=obj.pk)
        actor = actor_of(request)
        try:
            if obj.role != stored.role:
                set_role(stored, actor=actor, role=obj.role)
            for permission, field in PERMISSIONS.items():
                is_given = getattr(obj, field)
                if is_given != getattr(stored, field):
                    set_permission(stored, actor=actor, permission=permission, is_given=is_given)
            if (obj.name, obj.email) != (stored.name, stored.email):
                change_profile(stored, actor=actor, name=obj.name, email=obj.email)
        except GraphkeepError as error:
            request.refusal = error.message  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        refusal = getattr(request, "refusal", "")
        if refusal:
            self.message_user(request, refusal, messages.ERROR)
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)

    @admin.action(description="Make inactive: sessions, tokens and keys end at once")
    def make_inactive(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, user: set_role(user, actor=actor, role="inactive"))

    @admin.action(description="Make User")
    def make_user(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, user: set_role(user, actor=actor, role="user"))

    @admin.action(description="Sign out everywhere and revoke all keys")
    def sign_out(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, user: end_everything(user, actor=actor))

    @admin.action(description="Confirm the e-mail address: it then names the person")
    def confirm_email(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, user: confirm_email(user, actor=actor))

    @admin.action(description="Remove the second factor of a user who has lost it")
    def forget_second_factor(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, user: forget_second_factor(user, actor=actor))


@admin.register(Organization, site=portal)
class OrganizationAdmin(ReadOnly):
    list_display = ("slug", "name", "is_personal", "created_at")
    list_filter = ("is_personal",)
    search_fields = ("slug", "name")
    ordering = ("slug",)
    actions = ("delete_it",)

    @admin.action(description="Delete: only without graphs and files")
    def delete_it(self, request: HttpRequest, rows: Any) -> None:
        self.each(
            request,
            rows,
            lambda actor, organization: delete_organization(organization, actor=actor),
        )


@admin.register(Invitation, site=portal)
class InvitationAdmin(ReadOnly):
    list_display = ("__str__", "role", "organization", "invited_by", "expires_at", "used_at",
                    "revoked_at")  # fmt: skip
    fields = ("email", "role", "organization", "invited_by", "created_at", "expires_at", "used_at")
    ordering = ("-pk",)
    actions = ("withdraw_it",)

    @admin.action(description="Withdraw")
    def withdraw_it(self, request: HttpRequest, rows: Any) -> None:
        self.each(
            request, rows, lambda actor, invitation: withdraw_invitation(invitation, actor=actor)
        )


@admin.register(BrowserSession, site=portal)
class SessionAdmin(ReadOnly):
    list_display = ("user", "device", "address", "created_at", "seen_at", "expire_date")
    list_display_links = None
    search_fields = ("user__username", "address")
    ordering = ("-seen_at",)
    actions = ("end_it",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(user=None)

    @admin.action(description="End")
    def end_it(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, session: end_session(session, actor=actor))


@admin.register(PersonalKey, site=portal)
class KeyAdmin(ReadOnly):
    list_display = ("key_id", "user", "name", "scopes", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("key_id", "user__username", "name")
    fields = ("key_id", "user", "name", "scopes", "networks", "is_server_only", "created_at",
              "expires_at", "last_used_at", "revoked_at")  # fmt: skip
    ordering = ("-pk",)
    actions = ("revoke_it",)

    @admin.action(description="Revoke")
    def revoke_it(self, request: HttpRequest, rows: Any) -> None:
        self.each(request, rows, lambda actor, key: revoke_key(key, actor=actor))
