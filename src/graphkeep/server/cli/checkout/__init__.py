"""Commands for whoever works on a checkout: tests, formatting, locks, a server that reloads."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
BIN = Path(sys.executable).parent
Words = list[str | Path]


def checkout_env() -> dict[str, str]:
    """The environment of tools and tests: the checkout's own programs first, a home of their own.

    What they write may be read by every user, as in any checkout, whatever a server's own files are kept from.
    """
    os.umask(0o022)
    home = ROOT / ".cache/test-home"
    (home / "data").mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_SECRET_KEY": os.urandom(32).hex(),
        "GRAPHISTRY_HOME": str(home),
    }
