"""Commands for developers in a checkout: tests, formatting, locks and a server that reloads."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
BIN = Path(sys.executable).parent
Words = list[str | Path]


def checkout_env() -> dict[str, str]:
    """The environment of tools and tests: the checkout's own programs first, a separate data folder.

    Sets the umask so that files are readable by every user, as in any checkout, unlike a server's own files.
    """
    os.umask(0o022)
    test_folder = ROOT / ".cache/test-home"
    (test_folder / "data").mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_SECRET_KEY": os.urandom(32).hex(),
        "GRAPHISTRY_HOME": str(test_folder),
    }
