"""`graphkeep sbom`, `advisories` and `bundle`: software bill of materials, advisories and the offline installer."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graphkeep.graph.errors import UserInputError
from graphkeep.server.config.env import home_folder
from graphkeep.server.process.start import set_up_django

if TYPE_CHECKING:
    from graphkeep.upkeep.supply.advisory_db import Match

ExistingPath = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Output file.")
def sbom(output: Path | None) -> None:
    """Print the software bill of materials of this install as CycloneDX 1.6."""
    from graphkeep.upkeep.supply.cyclonedx import as_document
    from graphkeep.upkeep.supply.inventory import components, own_version

    document = as_document(components(), own_version(), made_at=now().isoformat())
    text = json.dumps(document, indent=2)
    if output is None:
        click.echo(text)
        return
    output.write_text(text + "\n")
    click.echo(f"{output}: {len(document['components'])} components")


@click.group()
def advisories() -> None:
    """Advisories about the server's components, imported from signed files, never over the network."""


@advisories.command()
@click.argument("file", type=ExistingPath)
def trust(file: Path) -> None:
    """Set the public Ed25519 key that signs trusted advisories; it replaces former keys."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.supply.operations import trust_signer

    for key in trust_signer(file, actor=CONSOLE):
        click.echo(f"trusted: {key.fingerprint}")


@advisories.command("import")
@click.argument("files", nargs=-1, required=True, type=ExistingPath)
@click.option("--older", is_flag=True, help="Replace newer advisories, too.")
def import_files(files: tuple[Path, ...], *, older: bool) -> None:
    """Import zips or folders of OSV records, each signed by a trusted key; they replace earlier imports."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.supply.operations import import_advisories

    for snapshot in import_advisories(list(files), actor=CONSOLE, accept_older=older):
        click.echo(
            f"{snapshot.ecosystem}: {snapshot.count} advisories, newest of {snapshot.as_of:%Y-%m-%d}"
        )


@advisories.command("list")
def list_advisories() -> None:
    """Show the imported advisories, and every advisory about a component of this install."""
    from graphkeep.upkeep.supply.advisory_db import match_advisories, snapshots
    from graphkeep.upkeep.supply.inventory import components

    data = home_folder() / "data"
    for snapshot in snapshots(data):
        click.echo(
            f"{snapshot.ecosystem}: {snapshot.count} advisories, newest of {snapshot.as_of:%Y-%m-%d},"
            f" imported {snapshot.imported_at:%Y-%m-%d}, signed by {snapshot.signer}"
        )
    for match in match_advisories(components(), data):
        click.echo(
            f"{'AFFECTED' if match.is_affected else 'not affected':<12}  {match}  {match.advisory.summary}"
        )


@advisories.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check(form: str) -> None:
    """Check this install against the advisories; exit with 1 if it is affected, with 2 if advisories are missing."""
    from graphkeep.upkeep.supply.advisory_db import match_advisories, snapshots
    from graphkeep.upkeep.supply.inventory import components

    data = home_folder() / "data"
    installed = components()
    missing_ecosystems = sorted(
        {component.ecosystem for component in installed}
        - {snapshot.ecosystem for snapshot in snapshots(data)}
    )
    if missing_ecosystems:
        raise UserInputError(
            f"No advisories imported for {' and '.join(missing_ecosystems)}:  graphkeep advisories import FILE"
        )
    matches = [match for match in match_advisories(installed, data) if match.is_affected]
    if form == "json":
        click.echo(json.dumps([as_value(match) for match in matches], indent=2))
    else:
        for match in matches:
            note = (
                ""
                if match.component.is_shipped
                else "  (a tool that builds the page; in no server)"
            )
            click.echo(f"{match}  {match.advisory.summary}{note}")
        click.echo(f"{len(installed)} components, {len(matches)} findings")
    if any(match.component.is_shipped for match in matches):
        sys.exit(1)


def as_value(match: "Match") -> dict[str, Any]:
    return {
        "component": match.component.purl,
        "advisory": match.advisory.advisory_id,
        "aliases": list(match.advisory.aliases),
        "summary": match.advisory.summary,
        "severity": match.advisory.severity,
        "fixed_in": match.fixed,
        "is_shipped": match.component.is_shipped,
    }


@click.group()
def bundle() -> None:
    """Build and verify signed bundles for installation without internet access."""


@bundle.command()
@click.argument("file", type=click.Path(path_type=Path))
def keygen(file: Path) -> None:
    """Create the key that signs bundles, in OpenSSH's format; servers need only FILE.pub."""
    from graphkeep.upkeep.supply.signature import make_key

    click.echo(f"{file} (keep it secret) and {file}.pub: {make_key(file).fingerprint}")


@bundle.command()
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", required=True, type=ExistingPath, help="An OpenSSH Ed25519 key.")
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="3.11",
    help="Python version, may be repeated; default: the running one.",
)
@click.option(
    "--wheels",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the wheels; default: pip's index.",
)
@click.option(
    "--advisories", "files", multiple=True, type=ExistingPath, help="A signed zip of OSV records."
)
@click.option("--images", is_flag=True, help="Include the container images (docker save).")
def make(
    folder: Path, key: Path, pythons: tuple[str, ...], wheels: Path | None, files: tuple[Path, ...], *, images: bool,
) -> None:  # fmt: skip
    """Build a signed tar of wheels, inventory, docs, checksums and an installer."""
    from graphkeep.upkeep.supply.bundle import BundleRequest, make_bundle
    from graphkeep.upkeep.supply.inventory import CHECKOUT

    options = {"pythons": pythons} if pythons else {}
    request = BundleRequest(
        checkout=CHECKOUT,
        made_at=now(),
        wheels=wheels,
        advisories=files,
        with_images=images,
        **options,
    )
    bundle_file = make_bundle(folder, key=key, request=request)
    click.echo(
        f"{bundle_file} ({bundle_file.stat().st_size / 1e6:.0f} MB) and {bundle_file.name}.sig"
    )


@bundle.command()
@click.argument("file", type=ExistingPath)
@click.option("--pubkey", required=True, type=ExistingPath, help="The public key of the signer.")
def verify(file: Path, pubkey: Path) -> None:
    """Verify that a bundle, packed or unpacked, is exactly what that key signed."""
    from graphkeep.upkeep.supply.bundle import check_bundle
    from graphkeep.upkeep.supply.signature import read_keys

    signer = check_bundle(file, keys=read_keys(pubkey))
    click.echo(f"{file.name} is what {signer.fingerprint} signed")


def now() -> datetime:
    """The current time, or SOURCE_DATE_EPOCH for reproducible builds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return (
        datetime.fromtimestamp(int(epoch), UTC)
        if epoch
        else datetime.now(UTC).replace(microsecond=0)
    )
