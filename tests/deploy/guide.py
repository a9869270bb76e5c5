"""Type docs/how-to/deploy/harden-a-new-server.md, block by block as it stands: guide.py file|portal CLONE USER.

What the page does in a browser is done in one, between the blocks. `file` and `portal` are the two ways into air gap.
"""

import os
import pwd
import re
import subprocess
import sys
import time
from pathlib import Path

import requests
from playwright.sync_api import Page, expect

from tests.chromium import new_page, running_chromium

PAGE = "docs/how-to/deploy/harden-a-new-server.md"
PASSWORD = "violet-tram-07-harbour"  # of an account that lives for a minute
PASSED_ON = ("PIP_", "NPM_", "npm_", "SSL_", "REQUESTS_", "NODE_")


def blocks(clone: Path) -> dict[str, str]:
    """What is typed under each heading."""
    text = (clone / PAGE).read_text()
    return {
        part.partition("\n")[0]: "\n".join(
            re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
        )
        for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    }


def typed(clone: Path, user: str, text: str) -> str:
    """What the shell of that user answers; it stops at the first command that fails."""
    who = pwd.getpwnam(user)
    kept = {name: said for name, said in os.environ.items() if name.startswith(PASSED_ON)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail"], input=text, cwd=clone, text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, user=who.pw_uid, group=who.pw_gid, extra_groups=os.getgrouplist(user, who.pw_gid),
        umask=0o022, timeout=1200,
        env={**kept, "HOME": who.pw_dir, "USER": user, "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )  # fmt: skip
    sys.stdout.write("".join(f"    {line}\n" for line in done.stdout.splitlines()[-12:]))
    assert done.returncode == 0, f"ended with {done.returncode}: {text}\n{done.stdout[-3000:]}"
    return done.stdout


def main() -> None:
    way, clone, user = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    steps = blocks(clone)
    first, start, tokens, portal, network, left, end = steps
    assert not steps[portal], "step 4 is done in the portal"
    text = steps[first]
    typed(clone, user, text if way == "file" else text.replace("AIR_GAPPED=1\n", ""))
    custom = clone / "data/config/custom.env"
    assert (oct(custom.stat().st_mode & 0o777), custom.group()) == ("0o660", "graphkeep")
    try:
        said = typed(clone, user, steps[start])
        url = re.search(r"http://[\d.]+:\d+", said)
        assert url is not None, said
        with running_chromium() as browser:
            page = new_page(browser)
            sign_up(page, url[0])
            assert "applies it" in typed(clone, user, steps[tokens])
            assert life(url[0]) == 900
            air_gap(page, url[0], is_locked=way == "file")
        assert air_gapped(clone, user)
        typed(clone, user, steps[network])
        strange = requests.get(f"{url[0]}/healthz", headers={"Host": "evil.example"}, timeout=10)
        assert strange.status_code == 400, strange.status_code
        typed(clone, user, steps[left])
        assert list((clone / "data/backups").glob("*.backup"))
    finally:
        typed(clone, user, steps[end])


def sign_up(page: Page, url: str) -> None:
    page.goto(url)
    for name, word in (
        ("username", "alice"),
        ("email", "alice@example.org"),
        ("password", PASSWORD),
    ):
        page.fill(f"input[name={name}]", word)
    page.fill("input[name=password_again]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/datasets/")


def life(url: str) -> int:
    import jwt

    said = {"username": "alice", "password": PASSWORD}
    token = requests.post(f"{url}/api-token-auth/", json=said, timeout=30).json()["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    return int(claims["exp"] - claims["iat"])


def air_gap(page: Page, url: str, *, is_locked: bool) -> None:
    """User menu, Admin portal, Settings, Config, IS_AIR_GAPPED, Save."""
    page.goto(f"{url}/datasets/")
    page.get_by_role("navigation", name="User menu").get_by_role("button").click()
    page.get_by_role("link", name="Admin portal").click()
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    page.get_by_role("main").get_by_role("link", name="Config").click()
    field = page.get_by_label("IS_AIR_GAPPED")
    if is_locked:
        expect(field).to_be_checked()
        expect(field).to_be_disabled()
        return
    field.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    time.sleep(5)


def air_gapped(clone: Path, user: str) -> bool:
    told = typed(clone, user, "./graphkeep egress list")
    return "air gap" in told.lower()


if __name__ == "__main__":
    main()
