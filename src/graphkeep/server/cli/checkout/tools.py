"""Install programs that tests need and pip does not provide."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from graphkeep.server.cli.checkout import BIN, ROOT, Words

TOOLS = {  # program, and the Debian package that provides it
    "curl": "curl",
    "jq": "jq",
    "chromium": "chromium",
    "nft": "nftables",
    "ip": "iproute2",
    "initdb": "postgresql",
    "mariadbd": "mariadb-server",
    "pebble": "pebble",
    "certbot": "certbot",
    "restic": "restic",
}


def install_python_packages() -> None:
    pip: Words = [BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    pip += ["--require-hashes", "-r", ROOT / "requirements/test.txt"]
    subprocess.run(pip, check=True)
    subprocess.run(["chmod", "-R", "go+rX", BIN.parent], check=True)  # as ./graphkeep does


def install_clients(env: dict[str, str]) -> None:
    """Install the JavaScript clients that the tests use."""
    folder = ROOT / "tests/clients"
    names = json.loads((folder / "package.json").read_text())["dependencies"]
    if not all((folder / "node_modules" / name).exists() for name in names):
        command: Words = [BIN / "npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, env=env, check=True)


def install_page_modules(env: dict[str, str]) -> None:
    """Install the npm packages that build, check and format the page."""
    if not (ROOT / "workbench/node_modules/.bin/vite").exists():
        command: Words = [BIN / "npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=ROOT / "workbench", env=env, check=True)


def install_tools() -> list[str]:
    """Install missing tools as root, and return the names of those still missing."""
    missing = [tool for tool in TOOLS if find_tool(tool) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = [TOOLS[tool] for tool in missing]
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    return [tool for tool in TOOLS if find_tool(tool) is None]


def find_tool(tool: str) -> str | None:
    if tool == "initdb":
        paths = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        return str(paths[-1]) if paths else shutil.which(tool)
    if tool == "chromium":
        names = ("chromium", "chromium-browser", "google-chrome")
        return next(filter(None, map(shutil.which, names)), None)
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
