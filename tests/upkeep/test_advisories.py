"""Advisories count only when a trusted key signed them, and for the versions that they speak of."""

import json
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from graphkeep.accounts.actor import ANONYMOUS, CONSOLE
from graphkeep.accounts.models import AuditEvent
from graphkeep.graph.errors import NotAllowedError, UserInputError
from graphkeep.server.cli import commands
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.upkeep.doctor.checks import CHECKS
from graphkeep.upkeep.doctor.run import run_check
from graphkeep.upkeep.supply.advisory_db import match_advisories, snapshots
from graphkeep.upkeep.supply.checksums import write_list
from graphkeep.upkeep.supply.component import Component
from graphkeep.upkeep.supply.operations import import_advisories, trust_signer
from graphkeep.upkeep.supply.osv import affects, fixed_in, read_advisory
from graphkeep.upkeep.supply.signature import SignatureError, make_key, sign_file, signature_of

PURPOSE = "graphkeep-advisories"
CHECK = next(one for one in CHECKS if one.check_id == "server.advisories")
NOW = datetime.now(UTC)


def record(name, *ranges, ecosystem="PyPI", versions=(), modified=NOW, **more):
    return {
        "id": f"TEST-{name}",
        "modified": modified.isoformat(),
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "versions": list(versions),
                "ranges": [{"type": "ECOSYSTEM", "events": list(one)} for one in ranges],
            }
        ],
        **more,
    }


def is_hit(said, version, ecosystem="PyPI"):
    part = Component(ecosystem=ecosystem, name="part", version=version)
    return any(affects(one, part) for one in read_advisory(said))


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "0"}, {"fixed": "2.0"}], ["0.1", "1.9.9", "2.0rc1"], ["2.0", "2.0.0", "2.0.post1", "3"]),
        ([{"introduced": "1.5"}, {"last_affected": "2.0"}], ["1.5", "2.0"], ["1.4", "2.0.1", "1.5b1"]),
        ([{"introduced": "1"}, {"fixed": "1.5"}, {"introduced": "2"}, {"fixed": "2.3"}], ["1.4", "2.2"], ["0.9", "1.5", "1.9", "2.3"]),
        ([{"introduced": "2"}, {"fixed": "2.3"}, {"introduced": "1"}, {"fixed": "1.5"}], ["1.4", "2.2"], ["1.5", "1.9", "2.3"]),
        ([{"introduced": "1.0"}], ["1.0", "99"], ["0.9"]),
        ([{"introduced": "0"}, {"fixed": "not a version"}], ["1", "99"], []),
        ([{"introduced": "not a version"}, {"fixed": "2"}], ["1"], ["2"]),
    ],
)  # fmt: skip
def test_sh17_a_range_holds_for_the_versions_within_it(events, inside, outside):
    assert {one: is_hit(record("part", events), one) for one in [*inside, *outside]} == {
        **dict.fromkeys(inside, True),
        **dict.fromkeys(outside, False),
    }


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.2.3", True), ("2.0.0-rc.1", True), ("2.0.0-alpha", True), ("2.0.0", False), ("2.0.0+build", False), ("10.0.0", False)],
)  # fmt: skip
def test_sh17_npm_counts_by_semver(version, expected):
    said = record("part", [{"introduced": "0"}, {"fixed": "2.0.0"}], ecosystem="npm")

    assert is_hit(said, version, "npm") is expected


def test_sh17_names_and_lists_are_read_as_their_makers_mean_them():
    listed = record("Part", versions=["1.0", "v2.0.0"])

    assert [is_hit(listed, one) for one in ("1.0.0", "2.0", "3.0")] == [True, True, False]
    assert (
        is_hit({**record("part", versions=["1.0"]), "withdrawn": NOW.isoformat()}, "1.0") is False
    )
    git = record("part")
    git["affected"][0]["ranges"] = [{"type": "GIT", "events": [{"introduced": "0"}]}]
    assert is_hit(git, "1.0") is False
    (one,) = read_advisory(record("part", [{"introduced": "0"}, {"fixed": "1.5"}], [{"introduced": "2"}, {"fixed": "2.3"}]))  # fmt: skip
    part = Component(ecosystem="PyPI", name="part", version="2.1")
    assert fixed_in(one, part) == "2.3"


@pytest.fixture
def desk(tmp_path, settings, monkeypatch, db):
    """A server's data folder, a trusted key, and that of a stranger."""
    monkeypatch.setenv("GRAPHISTRY_HOME", str(tmp_path))
    settings.HOME, settings.DATA_DIR = tmp_path, tmp_path / "data"
    settings.DATA_DIR.mkdir()
    for name in ("alice", "mallory"):
        make_key(tmp_path / name)
    trust_signer(tmp_path / "alice.pub", actor=CONSOLE)
    return tmp_path


def zipped(folder, *records, name="told.zip", key="alice"):
    place = folder / name
    with zipfile.ZipFile(place, "w") as archive:
        for number, one in enumerate(records):
            archive.writestr(f"{number}.json", one if isinstance(one, str) else json.dumps(one))
    if key:
        sign_file(place, key=folder / key, purpose=PURPOSE)
    return place


BOTH = (record("django", [{"introduced": "0"}, {"fixed": "999"}]), record("left-pad", [{"introduced": "0"}], ecosystem="npm"))  # fmt: skip


def test_sh17_what_openssh_signed_is_taken_and_told(desk):
    place = zipped(desk, *BOTH, key="")
    words = ["ssh-keygen", "-q", "-Y", "sign", "-f", desk / "alice", "-n", PURPOSE, place]
    subprocess.run(words, check=True, capture_output=True)

    import_advisories([place], actor=CONSOLE)

    assert [(one.ecosystem, one.count) for one in snapshots(desk / "data")] == [
        ("PyPI", 1),
        ("npm", 1),
    ]
    parts = [Component(ecosystem="PyPI", name="django", version="5.2"), Component(ecosystem="npm", name="svelte", version="5.0.0")]  # fmt: skip
    assert [str(one) for one in match_advisories(parts, desk / "data")] == [
        "django 5.2: TEST-django (fixed in 999)"
    ]
    line = AuditEvent.objects.get(event="advisories.imported")
    assert (line.target, line.details["counts"]) == ("told.zip", {"PyPI": 1, "npm": 1})


def test_sh17_what_is_not_signed_by_whom_one_trusts_changes_nothing(desk):
    import_advisories([zipped(desk, *BOTH)], actor=CONSOLE)
    stood = (desk / "data/advisories.sqlite3").read_bytes()
    tampered = zipped(desk, *BOTH, name="tampered.zip")
    flipped = bytearray(tampered.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    tampered.write_bytes(flipped)
    other = zipped(desk, *BOTH, name="other.zip", key="")
    sign_file(other, key=desk / "alice", purpose="graphkeep-bundle")
    old = record("django", [{"introduced": "0"}], modified=NOW - timedelta(days=3))

    refused = {
        "unsigned": (zipped(desk, *BOTH, name="unsigned.zip", key=""), r"unsigned\.zip\.sig is missing"),
        "stranger": (zipped(desk, *BOTH, name="stranger.zip", key="mallory"), "who is not trusted"),
        "tampered": (tampered, r"tampered\.zip is not what was signed"),
        "purpose": (other, "made for another purpose"),
        "broken": (zipped(desk, "{", name="broken.zip"), r"broken\.zip/0\.json: "),
        "no record": (zipped(desk, {"affected": [{}], "id": "x"}, name="no.zip"), "contains no advisory"),
        "older": (zipped(desk, old, name="old.zip"), "older than the imported ones"),
        "to come": (zipped(desk, record("a", modified=NOW + timedelta(days=9)), name="late.zip"), "in the future"),
    }  # fmt: skip

    for file, told in refused.values():
        with pytest.raises(UserInputError, match=told):
            import_advisories([file], actor=CONSOLE)
    with pytest.raises(NotAllowedError):
        import_advisories([zipped(desk, *BOTH)], actor=ANONYMOUS)
    assert (desk / "data/advisories.sqlite3").read_bytes() == stood


def test_sh17_a_folder_is_held_to_its_signed_list(desk):
    folder = desk / "records"
    folder.mkdir()
    for one in BOTH:
        (folder / f"{one['id']}.json").write_text(json.dumps(one))
    sign_file(write_list(folder), key=desk / "alice", purpose=PURPOSE)
    import_advisories([folder], actor=CONSOLE)
    (folder / "more.json").write_text(json.dumps(BOTH[0]))
    (folder / "TEST-django.json").write_text("{}")

    with pytest.raises(SignatureError) as refused:
        import_advisories([folder], actor=CONSOLE)

    assert str(refused.value) == (
        "records is not what was signed: TEST-django.json was changed; more.json was added."
    )
    assert signature_of(folder / "SHA256SUMS").exists()


def test_sh17_the_doctor_tells_what_is_affected_and_what_is_stale(desk):
    def asked(profile):
        found = run_check(CHECK, collect_deployment(profile=profile))
        return found.state, found.evidence

    assert [asked(one)[0] for one in ("laptop", "team-vpn", "air-gapped")] == ["skipped", "warning", "warning"]  # fmt: skip
    old = NOW - timedelta(days=31)
    harmless = [record("no-part", [{"introduced": "0"}], modified=old), record("no-part", ecosystem="npm")]  # fmt: skip
    import_advisories([zipped(desk, *harmless)], actor=CONSOLE)
    assert [asked(one)[0] for one in ("laptop", "team-vpn")] == ["ok", "warning"]
    assert f"advisory database of {old:%Y-%m-%d}" in asked("team-vpn")[1]
    harmless[0]["modified"] = NOW.isoformat()
    import_advisories([zipped(desk, *harmless)], actor=CONSOLE)
    assert asked("team-vpn")[0] == "ok"
    tool = record("vite", [{"introduced": "0"}, {"fixed": "999.0.0"}], ecosystem="npm")
    import_advisories([zipped(desk, *harmless, tool)], actor=CONSOLE)
    assert (asked("laptop")[0], "TEST-vite (fixed in 999.0.0)" in asked("laptop")[1]) == ("warning", True)  # fmt: skip
    import_advisories([zipped(desk, *BOTH)], actor=CONSOLE)
    assert (asked("laptop")[0], "TEST-django (fixed in 999)" in asked("laptop")[1]) == ("error", True)  # fmt: skip


def test_sh17_the_command_ends_with_one_where_it_is_affected(desk):
    def checked():
        return CliRunner().invoke(commands, ["advisories", "check"])

    assert isinstance(checked().exception, UserInputError)
    import_advisories([zipped(desk, *BOTH)], actor=CONSOLE)
    found = checked()
    assert (found.exit_code, "TEST-django (fixed in 999)" in found.output) == (1, True)
    harmless = [record("no-part"), record("no-part", ecosystem="npm")]
    import_advisories([zipped(desk, *harmless)], actor=CONSOLE)
    assert (checked().exit_code, checked().output.endswith(" components, 0 findings\n")) == (
        0,
        True,
    )
