"""SH-09, 23-26, 59, 69-71, 74, AD-18: what ends a credential, and what it may never do."""

import time
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from graphkeep.accounts.actor import CONSOLE, EVERYDAY
from graphkeep.accounts.authentication import Credentials, authenticate
from graphkeep.accounts.credentials.errors import ExpiredTokenError, InvalidCredentialError
from graphkeep.accounts.credentials.sessions import SessionStore, active_sessions, device_name
from graphkeep.accounts.credentials.tokens import issue_token, read_token, refresh_token
from graphkeep.accounts.models import AuditEvent, BrowserSession, Instance, User
from graphkeep.accounts.operations.keys import create_key, revoke_key
from graphkeep.accounts.operations.organizations import (
    add_member,
    create_organization,
    remove_member,
)
from graphkeep.accounts.operations.people import create_service, set_password, set_role
from graphkeep.accounts.operations.sessions import end_everything, end_session
from graphkeep.graph.errors import NotAllowedError, UserInputError
from tests.people import PASSWORD, make, person

pytestmark = pytest.mark.django_db


def bearer(token, **more):
    return Credentials(authorization=f"Bearer {token}", **more)


def is_good(shown):
    try:
        return authenticate(shown).is_authenticated
    except InvalidCredentialError:
        return False


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client, BrowserSession.objects.filter(user=user).order_by("-created_at").first()


def test_ad18_a_revoked_key_takes_its_tokens_with_it_and_no_others():
    bob = make("bob")
    key, secret = create_key(bob, actor=person(bob))
    other, other_secret = create_key(bob, actor=person(bob))
    pair = Credentials(authorization=f"PersonalKey {key.key_id}:{secret}")
    token, other_token = bearer(issue_token(bob, key=key)), bearer(issue_token(bob, key=other))

    revoke_key(key, actor=person(bob))

    assert [is_good(one) for one in (pair, token, other_token)] == [False, False, True]
    assert is_good(Credentials(authorization=f"PersonalKey {other.key_id}:{other_secret}"))


def test_sh09_an_inactive_user_loses_every_way_in_at_once():
    bob = make("bob")
    key, secret = create_key(bob, actor=person(bob))
    client, row = signed_in(bob)
    ways = [
        bearer(issue_token(bob)),
        bearer(issue_token(bob, key=key)),
        bearer(issue_token(bob, session_id=row.public_id)),
        Credentials(authorization=f"PersonalKey {key.key_id}:{secret}"),
        Credentials(cookie_token=issue_token(bob, session_id=row.public_id)),
    ]
    assert [is_good(one) for one in ways] == [True] * 5

    set_role(bob, actor=CONSOLE, role="inactive")

    assert [is_good(one) for one in ways] == [False] * 5
    assert client.get("/datasets/").headers["Location"].startswith("/accounts/login/")


def test_sh26_a_session_ends_by_hand_by_idleness_by_age_and_by_number(settings):
    bob = make("bob")
    _, row = signed_in(bob)
    token = bearer(issue_token(bob, session_id=row.public_id))
    end_session(row, actor=person(bob))
    assert not is_good(token)

    settings.SESSION_IDLE_TIMEOUT, settings.SESSION_ABSOLUTE_MAX = 600, 3600
    for field, age in (("seen_at", 601), ("created_at", 3601), ("expire_date", 1)):
        client, row = signed_in(bob)
        token = bearer(issue_token(bob, session_id=row.public_id))
        assert is_good(token)
        assert client.get("/accounts/").status_code == 200
        BrowserSession.objects.filter(pk=row.pk).update(
            **{field: timezone.now() - timedelta(seconds=age)}
        )
        assert not is_good(token), field
        assert client.get("/accounts/").status_code == 302, field

    settings.SESSION_MAX_PER_USER = 3
    rows = [signed_in(bob)[1].public_id for _ in range(5)]
    assert {one.public_id for one in active_sessions(bob)} == set(rows[2:])


def test_sh26_only_the_owner_ends_a_session():
    bob, mallory = make("bob"), make("mallory")
    _, row = signed_in(bob)

    with pytest.raises(NotAllowedError):
        end_session(row, actor=person(mallory))
    assert BrowserSession.objects.filter(pk=row.pk).exists()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert device_name(agent) == "Firefox on Linux"


def test_sh24_refreshing_never_outlives_the_first_issue(settings):
    bob = make("bob")
    old = int(time.time()) - settings.JWT_REFRESH_EXPIRATION_DELTA + 5
    _, fresh = refresh_token(issue_token(bob, first_issued_at=old))
    assert read_token(fresh).issued_first_at == old

    settings.JWT_REFRESH_EXPIRATION_DELTA -= 10
    with pytest.raises(ExpiredTokenError):
        refresh_token(fresh)


def test_sh23_refresh_can_be_off_and_browsers_live_on(settings):
    bob = make("bob")
    client, _ = signed_in(bob)
    settings.JWT_ALLOW_REFRESH = False

    with pytest.raises(InvalidCredentialError):
        refresh_token(issue_token(bob))
    client.cookies.pop("graphistry_jwt", None)
    assert client.get("/datasets/").cookies["graphistry_jwt"].value


def test_sh25_a_token_lives_as_long_as_the_setting_says(settings):
    bob = make("bob")
    settings.JWT_EXPIRATION_DELTA = 1234
    claims = jwt.decode(issue_token(bob), options={"verify_signature": False})

    assert claims["exp"] - claims["iat"] == 1234
    settings.JWT_EXPIRATION_DELTA = -10
    with pytest.raises(ExpiredTokenError):
        read_token(issue_token(bob))


def test_several_programs_may_share_and_refresh_one_token():
    bob = make("bob")
    shared = issue_token(bob)
    fresh = [refresh_token(shared)[1] for _ in range(3)]

    assert all(is_good(bearer(one)) for one in (shared, *fresh))


def test_sh59_a_token_of_another_database_is_nothing_here():
    bob = make("bob")
    token = bearer(issue_token(bob))
    Instance.objects.update(instance_id="another")

    assert not is_good(token)


def test_a_token_for_an_organization_ends_with_the_membership():
    bob = make("bob")
    acme = create_organization("acme", actor=CONSOLE)
    add_member(acme, actor=CONSOLE, user=bob)
    mine, plain = bearer(issue_token(bob, organization=acme)), bearer(issue_token(bob))
    assert authenticate(mine).organization == acme

    remove_member(acme, actor=CONSOLE, user=bob)

    assert [is_good(mine), is_good(plain)] == [False, True]


def test_sh69_a_key_has_an_end_its_own_scopes_and_never_more_than_its_maker():
    bob = make("bob")
    key, secret = create_key(bob, actor=person(bob), scopes=["read"], days=1)
    pair = Credentials(authorization=f"PersonalKey {key.key_id}:{secret}")
    assert authenticate(pair).scopes == {"read"}

    key.expires_at = timezone.now()
    key.save()
    assert not is_good(pair)
    narrow = replace(person(bob), scopes=frozenset({"account", "read"}))
    with pytest.raises(NotAllowedError):
        create_key(bob, actor=narrow)
    with pytest.raises(NotAllowedError):
        create_key(bob, actor=person(bob), scopes=["admin"])
    for wrong in ({"scopes": ["everything"]}, {"days": 0}, {"days": 9999}, {"networks": ["x"]}):
        with pytest.raises(UserInputError):
            create_key(bob, actor=person(bob), **wrong)


def test_sh69_demoting_an_admin_shrinks_their_key_at_once():
    alice, root = make("alice", "admin"), make("root", "admin")
    key, secret = create_key(alice, actor=person(alice), scopes=["admin"])
    pair = Credentials(authorization=f"PersonalKey {key.key_id}:{secret}")
    assert authenticate(pair).is_admin

    set_role(User.objects.get(pk=alice.pk), actor=person(root), role="user")

    assert not authenticate(pair).is_admin


def test_sh69_a_key_is_bound_to_its_networks():
    bob = make("bob")
    key, secret = create_key(bob, actor=person(bob), networks=["10.1.0.0/16", "2001:db8::/32"])
    pair = f"PersonalKey {key.key_id}:{secret}"

    for address in ("10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7"):
        assert authenticate(Credentials(authorization=pair, address=address)).user == bob
    for address in ("10.2.0.1", "", "nonsense"):
        with pytest.raises(NotAllowedError):
            authenticate(Credentials(authorization=pair, address=address))
    with pytest.raises(NotAllowedError):
        authenticate(bearer(issue_token(bob, key=key), address="10.2.0.1"))


def test_sh74_a_server_only_key_is_refused_from_a_page():
    bob = make("bob")
    key, secret = create_key(bob, actor=person(bob), is_server_only=True)
    pair = f"PersonalKey {key.key_id}:{secret}"

    assert authenticate(Credentials(authorization=pair)).user == bob
    with pytest.raises(NotAllowedError):
        authenticate(Credentials(authorization=pair, is_page=True))


def test_sh71_a_service_account_has_no_password_and_ends_with_its_owner():
    bob, root = make("bob"), make("root", "admin")
    service = create_service("nightly", owner=bob, days=30, actor=person(root))
    key, secret = create_key(service, actor=person(root))
    pair = Credentials(authorization=f"PersonalKey {key.key_id}:{secret}")
    assert authenticate(pair).user == service
    assert not service.has_usable_password()

    with pytest.raises(UserInputError):
        set_role(service, actor=CONSOLE, role="admin")
    set_role(bob, actor=CONSOLE, role="inactive")
    assert not is_good(pair)
    set_role(bob, actor=CONSOLE, role="user")
    assert is_good(pair)
    User.objects.filter(pk=service.pk).update(ends_at=timezone.now())
    assert not is_good(pair)


def test_signing_out_everywhere_ends_keys_too():
    bob, mallory = make("bob"), make("mallory")
    key, secret = create_key(bob, actor=person(bob))
    pair, token = Credentials(authorization=f"PersonalKey {key.key_id}:{secret}"), issue_token(bob)

    with pytest.raises(NotAllowedError):
        end_everything(bob, actor=person(mallory))
    end_everything(bob, actor=person(bob))

    assert [is_good(pair), is_good(bearer(token))] == [False, False]


def test_a_password_given_by_an_admin_must_be_changed():
    bob, root = make("bob"), make("root", "admin")

    set_password(bob, actor=person(root), password="another-tram-09-meadow")
    assert User.objects.get(pk=bob.pk).must_change_password is True
    set_password(bob, actor=person(bob), password="yet-other-tram-11-lake")
    assert User.objects.get(pk=bob.pk).must_change_password is False


def test_the_session_store_keeps_its_facts_over_a_save():
    bob = make("bob")
    client, row = signed_in(bob)
    store = SessionStore(client.cookies["sessionid"].value)
    store["something"] = 1
    store.save()

    after = BrowserSession.objects.get(pk=row.pk)
    assert (after.user, after.public_id, after.device) == (bob, row.public_id, row.device)
    assert AuditEvent.objects.filter(event="sign-in", actor="bob").count() == 1


def test_sh86_who_reads_the_database_cannot_use_a_session_nor_read_it():
    client, row = signed_in(make("bob"))
    cookie = client.cookies["sessionid"].value
    store = SessionStore(cookie)
    store["mfa.totp.secret"] = "JBSWY3DPEHPK3PXP"
    store.save()

    row = BrowserSession.objects.get(pk=row.pk)
    assert cookie not in f"{row.session_key} {row.session_data}"
    assert row.session_data.startswith("gAAAA")
    assert SessionStore(cookie)["mfa.totp.secret"] == "JBSWY3DPEHPK3PXP"
    assert dict(SessionStore(row.session_key).items()) == {}
    stolen = Client()
    stolen.cookies["sessionid"] = row.session_key
    assert stolen.get("/accounts/").status_code == 302
    assert client.get("/accounts/").status_code == 200


def test_the_everyday_scopes_are_what_a_key_has_unasked():
    bob = make("bob")
    key, _ = create_key(bob, actor=person(bob))

    assert set(key.scopes) == EVERYDAY
    assert bob.check_password(PASSWORD)
