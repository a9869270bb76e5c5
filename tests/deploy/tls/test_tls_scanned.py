"""testssl.sh looks at each way to TLS, for minutes: under `graphkeep prove tls`."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tls.authority import Authority
from tests.deploy.tls.stage import BALANCER_OUTSIDE, DOMAIN, HERE, a_stage
from tests.waiting import wait_for_value

ROOT = Path(__file__).parents[3]
URL = f"https://{DOMAIN}"
BAD = {"MEDIUM", "HIGH", "CRITICAL"}
pytestmark = pytest.mark.skipif(not os.environ.get("GRAPHKEEP_PROVE"), reason="takes minutes")


@pytest.fixture(scope="module")
def testssl():
    own = shutil.which("testssl")
    if own:
        return own
    folder = ROOT / ".cache/testssl"
    subprocess.run(
        [str(ROOT / "tests/deploy/tls/testssl.sh"), str(folder)], check=True, timeout=300
    )
    return str(folder / "x/usr/bin/testssl")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with a_stage(tmp_path_factory.mktemp("scan")) as made:
        made.begin_authority("12h")
        told = made.graphkeep("tls", "auto", DOMAIN)
        (made.caddyfile.parent / "authority").write_text(
            f"\tacme_ca https://ca.example.test/acme/local/directory\n\tacme_ca_root {made.root}\n"
        )
        made.graphkeep("up", "-d")
        made.begin_caddy(told)
        try:
            yield made
        finally:
            made.graphkeep("stop")


def scan(stage, testssl, address, root):
    """(grade, findings of MEDIUM and above)"""
    found = stage.folder / "found.json"
    found.unlink(missing_ok=True)
    env = {
        **stage.env,
        "TESTSSL_INSTALL_DIR": str(Path(testssl).parent.parent.parent / "etc/testssl"),
    }
    if not Path(env["TESTSSL_INSTALL_DIR"]).is_dir():
        env.pop("TESTSSL_INSTALL_DIR")
    stage.outside.run(
        testssl, "--quiet", "--color", "0", "--warnings", "off", "--add-ca", str(root), "--jsonfile", str(found),
        "--ip", address, f"{URL}:443", env=env, timeout_s=900,
    )  # fmt: skip
    lines = json.loads(found.read_text())
    (grade,) = [one["finding"] for one in lines if one["id"] == "overall_grade"]
    kept = os.environ.get("GRAPHKEEP_TEST_LOGS")
    if kept:
        (Path(kept) / f"testssl-{address}-{len(lines)}.json").write_text(found.read_text())
    return grade, {
        one["id"].split(" <")[0]: one["finding"] for one in lines if one["severity"] in BAD
    }


def of_the_authority(found):
    """What a certificate of twelve hours from an authority of an afternoon cannot help."""
    return {name: said for name, said in found.items() if "cert_" not in name}


def test_sh28_automatic_tls_has_no_finding(stage, testssl):
    assert wait_for_value(lambda: stage.status(f"{URL}/healthz"), 200) == 200

    grade, found = scan(stage, testssl, HERE, stage.root)

    assert of_the_authority(found) == {}
    assert grade in {"A", "A+"}


def test_sh28_an_own_certificate_has_no_finding(stage, testssl):
    authority = Authority()
    stage.root.write_bytes(authority.root_pem)
    chain, key = authority.write(stage.folder / "own", DOMAIN)
    stage.graphkeep("tls", "own", DOMAIN, "--certificate", str(chain), "--key", str(key))
    assert wait_for_value(lambda: stage.status(f"{URL}/healthz"), 200) == 200

    grade, found = scan(stage, testssl, HERE, stage.root)

    assert (grade, found) == ("A+", {})


def test_sh28_an_internal_authority_has_no_finding(stage, testssl):
    stage.graphkeep("tls", "internal", DOMAIN)
    root = stage.folder / "caddy/caddy/pki/authorities/local/root.crt"
    asked = ("--cacert", str(root))
    assert (
        wait_for_value(lambda: root.exists() and stage.status(f"{URL}/healthz", *asked), 200) == 200
    )

    grade, found = scan(stage, testssl, HERE, root)

    assert of_the_authority(found) == {}
    assert grade in {"A", "A+"}


def test_sh28_behind_a_balancer_there_is_no_finding(stage, testssl):
    authority = Authority()
    stage.root.write_bytes(authority.root_pem)
    stage.begin_balancer(authority)
    stage.graphkeep("tls", "offload", DOMAIN, "--proxies", "10.77.1.2/32")
    through = ("--resolve", f"{DOMAIN}:443:{BALANCER_OUTSIDE}")
    assert wait_for_value(lambda: stage.status(f"{URL}/accounts/login/", *through), 200) == 200

    grade, found = scan(stage, testssl, BALANCER_OUTSIDE, stage.root)

    assert (grade, found) == ("A+", {})
