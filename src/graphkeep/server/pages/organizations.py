"""Organization pages: the user's organizations, and members and invitations of one organization."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from graphkeep.accounts.authorize import may_manage_organization
from graphkeep.accounts.models import Invitation, Membership, Organization, User
from graphkeep.accounts.operations.invitations import (
    create_invitation,
    invitation_path,
    withdraw_invitation,
)
from graphkeep.accounts.operations.organizations import (
    add_member,
    create_organization,
    remove_member,
    switch_organization,
)
from graphkeep.accounts.queries import active_organization, organizations_of
from graphkeep.api.identity import actor_of
from graphkeep.graph.errors import GraphkeepError, UserInputError
from graphkeep.server.pages.accounts import user_of
from graphkeep.server.pages.invitation_mail import submit_invitation_mail
from graphkeep.server.pages.spa_pages import not_found, page


@require_http_methods(["GET", "POST"])
def organizations_page(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method == "POST":
        actor = actor_of(request)
        try:
            if request.POST.get("new"):
                organization = create_organization(
                    request.POST["new"].strip(), actor=actor, name=request.POST.get("name", "")
                )
                add_member(organization, actor=actor, user=user, role=Membership.Role.ADMIN)
                return redirect(f"/organizations/{organization.slug}/")
            switch_organization(request.POST.get("switch", ""), actor=actor)
        except GraphkeepError as error:
            messages.error(request, error.message)
        return redirect("/organizations/")
    memberships = user.memberships.select_related("organization").order_by("organization__slug")
    return page(
        request,
        "organizations",
        title="Organizations",
        section="organizations",
        memberships=memberships,
        active=active_organization(user),
    )


@require_http_methods(["GET", "POST"])
def organization_page(request: HttpRequest, slug: str) -> HttpResponse:
    user, actor = user_of(request), actor_of(request)
    visible = Organization.objects if actor.is_admin else organizations_of(user)
    organization = visible.filter(slug=slug, is_personal=False).first()
    if organization is None:
        return not_found(request)
    context: dict[str, Any] = {"title": organization.name or slug, "section": "organizations"}
    if request.method == "POST":
        try:
            link = change_organization(request, organization)
        except GraphkeepError as error:
            messages.error(request, error.message)
        else:
            if link:
                context["new_link"] = request.build_absolute_uri(link)
                return render_organization(request, organization, context)
        is_member = organization.memberships.filter(user=user).exists()
        return redirect(request.path if is_member or actor.is_admin else "/organizations/")
    return render_organization(request, organization, context)


def render_organization(
    request: HttpRequest, organization: Organization, context: dict[str, Any]
) -> HttpResponse:
    may_manage = may_manage_organization(actor_of(request), organization)
    invitations = (
        organization.invitations.order_by("-pk") if may_manage else Invitation.objects.none()
    )
    return page(
        request,
        "organization",
        organization=organization,
        memberships=organization.memberships.select_related("user").order_by("user__username"),
        invitations=[invitation for invitation in invitations if invitation.is_open],
        manages=may_manage,
        **context,
    )


def change_organization(request: HttpRequest, organization: Organization) -> str:
    """Apply the submitted form; returns the path of a new invitation, or an empty string.

    Raises:
        GraphkeepError: the change is not allowed or not valid.
    """
    actor, form = actor_of(request), request.POST
    if form.get("withdraw"):
        invitation = next(
            (row for row in organization.invitations.all() if str(row.pk) == form["withdraw"]), None
        )
        if invitation is not None:
            withdraw_invitation(invitation, actor=actor)
        return ""
    if "invite" in form:
        email = form.get("email", "").strip()
        _, token = create_invitation(
            actor=actor,
            email=email,
            organization=organization,
            organization_role=form.get("role", "member"),
        )
        if email:
            target = organization.name or organization.slug
            submit_invitation_mail(token, email, sender=str(actor), target=target)
        return invitation_path(token)
    member = User.objects.filter(username=form.get("member", "").strip()).first()
    if member is None or not may_see_user(request, organization, member):
        raise UserInputError("There is no such member. To add a user, send an invitation.")
    if form.get("deed") == "remove":
        remove_member(organization, actor=actor, user=member)
    else:
        add_member(organization, actor=actor, user=member, role=form.get("role", "member"))
    return ""


def may_see_user(request: HttpRequest, organization: Organization, member: User) -> bool:
    """Whether the form may name this user: an Admin may name all, others only current members."""
    is_member = organization.memberships.filter(user=member).exists()
    return is_member or actor_of(request).is_admin
