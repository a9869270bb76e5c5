"""`graphkeep sbom`, `advisories` and `bundle`: what the server is made of, what is known against it, how it travels."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click

ExistingPath = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write it there.")
def sbom(output: Path | None) -> None:
    """Tell everything that this install is made of, as CycloneDX 1.6."""
    from graphkeep.upkeep.supply.cyclonedx import as_document
    from graphkeep.upkeep.supply.inventory import components, own_version

    document = as_document(components(), own_version(), made_at=now().isoformat())
    text = json.dumps(document, indent=2)
    if output is None:
        click.echo(text)
        return
    output.write_text(text + "\n")
    click.echo(f"{output}: {len(document['components'])} components")


def now() -> datetime:
    """The time, or what SOURCE_DATE_EPOCH says for builds that can be repeated."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    return (
        datetime.fromtimestamp(int(said), UTC) if said else datetime.now(UTC).replace(microsecond=0)
    )
