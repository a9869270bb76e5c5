"""Change runtime settings: validated, audited, and never so that an Admin is locked out."""

from typing import Any

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.graph.errors import UserInputError
from graphkeep.site.models import SiteSetting
from graphkeep.site.networks import is_in_networks
from graphkeep.site.runtime_settings import declared_settings, forget_cached_values, runtime_setting

ADDRESS_LISTS = {"IP_ALLOWLIST", "ADMIN_IP_ALLOWLIST"}


@transaction.atomic
def change_setting(name: str, text: str, *, actor: Actor) -> Any:
    """Change a setting and return its new value.

    Raises:
        UserInputError: there is no such setting, the value is not valid, the environment locks it,
        or the actor would lock themselves out.
    """
    authorize(may_administer, actor, None)
    declaration = declared_settings().get(name)
    if declaration is None:
        raise UserInputError(f"{name} is not a setting that can be changed while the server runs.")
    if declaration.is_locked:
        raise UserInputError(
            f"{name} is set in {declaration.origin}; remove it there to change it on the running server."
        )
    try:
        value = declaration.read(text.strip())
    except ValueError as error:
        raise UserInputError(f"{name}: '{text}' is not a {declaration.kind}: {error}") from error
    if name in ADDRESS_LISTS and value and not actor.is_console_or_system:
        address = actor.address
        if not is_in_networks(address, value):
            raise UserInputError(
                f"{name} would lock you out: your own address {address} is not in it. Add it, or run "
                f"graphkeep config set {name} … on the console."
            )
    former_value = runtime_setting(name)
    if value != former_value:
        SiteSetting.objects.update_or_create(name=name, defaults={"value": text.strip()})
        forget_cached_values()
        audit.record("setting.changed", actor=actor, target=name, former=former_value, value=value)
    return value
