"""The two writes: whom the server trusts with advisories, and the advisories themselves."""

from pathlib import Path

from django.conf import settings

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.upkeep.supply.advisory_db import SIGNERS, Snapshot, import_records
from graphkeep.upkeep.supply.signature import PublicKey, read_keys


def trust_signer(file: Path, *, actor: Actor) -> list[PublicKey]:
    """From now on these keys, and no others, sign advisories for this server."""
    authorize(may_administer, actor, None)
    keys = read_keys(file)
    place = settings.DATA_DIR / SIGNERS
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    lines = [f'advisories namespaces="graphkeep-advisories" {one.line}\n' for one in keys]
    place.write_text("".join(lines))
    place.chmod(0o640)
    audit.record(
        "advisories.trusted", actor=actor, target=file.name, keys=[one.fingerprint for one in keys]
    )
    return keys


def import_advisories(
    files: list[Path], *, actor: Actor, accept_older: bool = False
) -> list[Snapshot]:
    authorize(may_administer, actor, None)
    found = import_records(files, settings.DATA_DIR, accept_older=accept_older)
    audit.record(
        "advisories.imported",
        actor=actor,
        target=", ".join(one.name for one in files),
        counts={one.ecosystem: one.count for one in found},
        signers=sorted({one.signer for one in found}),
    )
    return found
