"""`graphkeep up`."""

import click

from graphkeep.server.cli.start import ready


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def up(host: str, port: int) -> None:
    """Start the server in the foreground."""
    ready()
    import uvicorn

    from graphkeep.accounts.operations.people import init_admin
    from graphkeep.accounts.tokens import instance

    init_admin()
    click.echo(f"Graphkeep serves http://{host}:{port}/  (Ctrl+C stops it)")
    if not instance().is_claimed:
        click.echo("There is no account yet: make one with  graphkeep user create --role admin …")
    uvicorn.run("graphkeep.server.asgi:application", host=host, port=port, log_level="warning")
