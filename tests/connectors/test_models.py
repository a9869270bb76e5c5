"""Records of connectors: names, credentials that follow the server's keys, and what goes with an owner."""

import base64
import os

import pytest
from django.db import IntegrityError, transaction

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import Organization
from graphkeep.accounts.operations.organizations import delete_organization
from graphkeep.accounts.operations.reencrypt import check_keys, reencrypt_secrets
from graphkeep.accounts.secret_box import UnreadableSecretError, decrypt, encrypt
from graphkeep.connectors.models import Connector, ConnectorGrant, ConnectorSecret, QueryRun

pytestmark = pytest.mark.django_db
A, B = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))


def make_connector(**fields):
    return Connector.objects.create(**{"name": "siem", "kind": "example", **fields})


def test_a_name_is_unique_on_the_site_and_in_each_organization(bob):
    acme = Organization.objects.get(slug="acme")
    make_connector()
    make_connector(organization=acme)

    for organization in (None, acme):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_connector(organization=organization)


def test_credentials_and_query_texts_follow_the_rotation_of_keys(settings, alice):
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = A
    connector = make_connector()
    ConnectorSecret.objects.create(
        connector=connector, field="token", ciphertext=encrypt("canary-1")
    )
    run = QueryRun.objects.create(
        connector=connector, user=alice.user, asked=encrypt("asked"), sent=encrypt("sent")
    )
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = B
    with pytest.raises(UnreadableSecretError):
        check_keys()  # no key check is stored yet, and none of the keys decrypts what is

    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = f"{B},{A}"
    assert [reencrypt_secrets(actor=CONSOLE), reencrypt_secrets(actor=CONSOLE)] == [3, 0]

    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = B
    run.refresh_from_db()
    secret = ConnectorSecret.objects.get()
    texts = [decrypt(text) for text in (secret.ciphertext, run.asked, run.sent)]
    assert texts == ["canary-1", "asked", "sent"]


def test_connectors_go_with_their_organization_and_tokens_with_their_user(bob):
    acme = Organization.objects.get(slug="acme")
    site, of_acme = make_connector(), make_connector(organization=acme)
    for connector in (site, of_acme):
        ConnectorSecret.objects.create(connector=connector, field="token", ciphertext="1")
        ConnectorSecret.objects.create(
            connector=connector, field="token", user=bob.user, ciphertext="2"
        )
        ConnectorGrant.objects.create(connector=connector, user=bob.user, right="use")
        ConnectorGrant.objects.create(connector=connector, organization=acme, right="use")
    QueryRun.objects.create(connector=of_acme, connector_name="siem", user=bob.user)

    delete_organization(acme, actor=CONSOLE)

    assert list(Connector.objects.all()) == [site]
    assert ConnectorSecret.objects.count() == 2
    assert [grant.user for grant in ConnectorGrant.objects.all()] == [bob.user]
    assert [run.connector for run in QueryRun.objects.all()] == [None]

    bob.user.delete()
    assert [secret.user for secret in ConnectorSecret.objects.all()] == [None]
    assert (ConnectorGrant.objects.count(), QueryRun.objects.count()) == (0, 0)
