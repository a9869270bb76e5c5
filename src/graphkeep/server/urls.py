"""URL configuration: every route with its access policy."""

from collections.abc import Sequence

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.http import require_safe

from graphkeep.api import import_file, view
from graphkeep.api.error_response import error_response
from graphkeep.api.identity import endpoint
from graphkeep.api.policy import (
    BROWSER,
    BROWSER_EARLY,
    OBJECT,
    OPEN,
    PORTAL,
    Policy,
)
from graphkeep.api.v2 import (
    auth,
    compute,
    connectors,
    datasets,
    files,
    formats,
    gateway,
    layouts,
    metrics,
    queries,
    share,
)
from graphkeep.server.http.health import HEALTH, answer_health
from graphkeep.server.pages import accounts, forward_auth, manual, organizations, spa_pages
from graphkeep.server.pages.page_policy import with_policy
from graphkeep.server.portal import (  # noqa: F401  # imported to register their pages
    audit_log,
    config,
    doctor,
    graphs,
    health,
    people,
    people_forms,
    support,
)
from graphkeep.server.portal import connectors as portal_connectors  # noqa: F401  # likewise
from graphkeep.server.portal.site import portal
from graphkeep.site.mail import can_send_mail


@endpoint(OPEN, "GET", "POST")
def former_api(request: HttpRequest) -> HttpResponseBase:
    """API version 1, removed because its URLs contained a key: answer 410."""
    text = "The first API is gone: use /api/v2/, and a client with api=3."
    return error_response(410, text)


def apply_policy(policy: Policy, patterns: Sequence[URLPattern | URLResolver]) -> None:
    """Set this policy on every route of a library, recursively."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            apply_policy(policy, pattern.url_patterns)
        else:
            pattern.callback = with_policy(policy, pattern.callback)


def password_reset_page(request: HttpRequest) -> HttpResponseBase:
    """Password reset by a mailed link; without mail, a page that refers to an Admin."""
    if not can_send_mail():
        return spa_pages.page(
            request,
            "message",
            title="New password",
            heading="This server sends no mail",
            text="Ask an Admin of this server for a new password.",
        )
    response: HttpResponseBase = account.password_reset(request)
    return response


portal_urls, portal_name, portal_namespace = portal.urls
apply_policy(PORTAL, portal_urls)

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(
        f"^{HEALTH.pattern.removeprefix('/')}$",
        with_policy(OPEN, require_safe(answer_health)),
    ),
    *auth.urlpatterns,
    *files.urlpatterns,
    *share.urlpatterns,
    *gateway.urlpatterns,
    *compute.urlpatterns,
    *formats.urlpatterns,
    *layouts.urlpatterns,
    *metrics.urlpatterns,
    *connectors.urlpatterns,
    *queries.urlpatterns,
    *datasets.urlpatterns,
    *view.urlpatterns,
    *import_file.urlpatterns,
    re_path(r"^(?:etl|api/check|api/v1/.*)/?$", former_api),
    re_path(r"^auth/verify/?$", forward_auth.verify),
    re_path(r"^auth/enter/?$", with_policy(BROWSER, forward_auth.enter)),
    re_path(r"^$", with_policy(OPEN, spa_pages.home)),
    re_path(r"^datasets/?$", with_policy(BROWSER, spa_pages.gallery)),
    re_path(r"^graph/graph\.html$", with_policy(OBJECT, spa_pages.graph)),
    re_path(r"^share/?$", with_policy(OPEN, spa_pages.shared)),
    re_path(r"^embed/?$", with_policy(OPEN, spa_pages.embedded)),
    re_path(
        r"^accounts/signup/?$", with_policy(OPEN, accounts.sign_up_page), name="account_signup"
    ),
    re_path(
        r"^accounts/invitation/(?P<token>[\w-]{10,100})/?$",
        with_policy(OPEN, accounts.invitation_page),
    ),
    re_path(
        r"^accounts/single-use/(?P<token>[\w.-]{10,2000})/?$",
        with_policy(OPEN, accounts.single_use_page),
    ),
    re_path(r"^accounts/?$", with_policy(BROWSER, accounts.account_page)),
    re_path(r"^accounts/sessions/?$", with_policy(BROWSER, accounts.sessions_page)),
    re_path(r"^users/personal/key/?$", with_policy(BROWSER, accounts.keys_page)),
    re_path(r"^organizations/?$", with_policy(BROWSER, organizations.organizations_page)),
    re_path(
        r"^organizations/(?P<slug>[^/]+)/?$",
        with_policy(BROWSER, organizations.organization_page),
    ),
    re_path(r"^docs(?:/(?P<path>[\w/-]*))?$", with_policy(BROWSER_EARLY, manual.manual_page)),
    re_path(
        r"^docs/images/(?P<name>[\w-]+\.png)$", with_policy(BROWSER_EARLY, manual.manual_picture)
    ),
    # allauth's pages, each listed: new pages of its releases stay unreachable until they are added.
    path("accounts/login/", with_policy(OPEN, account.login), name="account_login"),
    path("accounts/logout/", with_policy(OPEN, account.logout), name="account_logout"),
    path(
        "accounts/inactive/", with_policy(OPEN, account.account_inactive), name="account_inactive"
    ),
    path(
        "accounts/reauthenticate/",
        with_policy(BROWSER_EARLY, account.reauthenticate),
        name="account_reauthenticate",
    ),
    path(
        "accounts/password/change/",
        with_policy(BROWSER_EARLY, account.password_change),
        name="account_change_password",
    ),
    path(
        "accounts/password/set/",
        with_policy(BROWSER, account.password_set),
        name="account_set_password",
    ),
    path(
        "accounts/password/reset/",
        with_policy(OPEN, password_reset_page),
        name="account_reset_password",
    ),
    path(
        "accounts/password/reset/done/",
        with_policy(OPEN, account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        with_policy(OPEN, account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        with_policy(OPEN, account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/", with_policy(BROWSER_EARLY, second_factor.index), name="mfa_index"),
    path(
        "accounts/2fa/authenticate/",
        with_policy(OPEN, second_factor.authenticate),
        name="mfa_authenticate",
    ),
    path(
        "accounts/2fa/reauthenticate/",
        with_policy(BROWSER_EARLY, second_factor.reauthenticate),
        name="mfa_reauthenticate",
    ),
    path(
        "accounts/2fa/totp/activate/",
        with_policy(BROWSER_EARLY, totp.activate_totp),
        name="mfa_activate_totp",
    ),
    path(
        "accounts/2fa/totp/deactivate/",
        with_policy(BROWSER, totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "accounts/2fa/recovery-codes/",
        with_policy(BROWSER, recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/generate/",
        with_policy(BROWSER, recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        with_policy(BROWSER, recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path(
        "accounts/2fa/webauthn/",
        with_policy(BROWSER_EARLY, webauthn.list_webauthn),
        name="mfa_list_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/add/",
        with_policy(BROWSER_EARLY, webauthn.add_webauthn),
        name="mfa_add_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        with_policy(BROWSER, webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/keys/<int:pk>/edit/",
        with_policy(BROWSER, webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/reauthenticate/",
        with_policy(BROWSER_EARLY, webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/login/",
        with_policy(OPEN, webauthn.login_webauthn),
        name="mfa_login_webauthn",
    ),
    path("admin-portal/", (portal_urls, portal_name, portal_namespace)),
]
handler404 = "graphkeep.server.pages.spa_pages.not_found"
handler500 = "graphkeep.server.pages.spa_pages.server_error"
