"""Audited operations: trust advisory signers, and import advisories."""

from pathlib import Path

from django.conf import settings

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.upkeep.supply.advisory_db import SIGNERS, Snapshot, import_records
from graphkeep.upkeep.supply.signature import PublicKey, read_keys


def trust_signer(file: Path, *, actor: Actor) -> list[PublicKey]:
    """Replace the trusted advisory signers with the keys of this file."""
    authorize(may_administer, actor, None)
    keys = read_keys(file)
    path = settings.DATA_DIR / SIGNERS
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    lines = [f'advisories namespaces="graphkeep-advisories" {key.line}\n' for key in keys]
    path.write_text("".join(lines))
    path.chmod(0o640)
    audit.record(
        "advisories.trusted", actor=actor, target=file.name, keys=[key.fingerprint for key in keys]
    )
    return keys


def import_advisories(
    files: list[Path], *, actor: Actor, accept_older: bool = False
) -> list[Snapshot]:
    authorize(may_administer, actor, None)
    snapshots = import_records(files, settings.DATA_DIR, accept_older=accept_older)
    audit.record(
        "advisories.imported",
        actor=actor,
        target=", ".join(file.name for file in files),
        counts={snapshot.ecosystem: snapshot.count for snapshot in snapshots},
        signers=sorted({snapshot.signer for snapshot in snapshots}),
    )
    return snapshots
