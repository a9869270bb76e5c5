"""Users of the operating system that live as long as a test, and commands in their name."""

import grp
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = sysconfig.get_path("purelib")


def open_to_all(place: Path) -> bool:
    return all(one.stat().st_mode & 0o005 == 0o005 for one in (place, *place.parents))


def interpreter() -> Path | None:
    """This Python, or the system's of the same version where this one lies in somebody's own folder."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for one in (Path(sys.executable).resolve(), Path(f"/usr/bin/python{version}")):
        if one.exists() and open_to_all(one.resolve()):
            return one
    return None


GRAPHKEEP = (interpreter(), "-m", "graphkeep")


def can_make_users() -> bool:
    """Root, the tools, and a checkout that others may read."""
    readable = interpreter() is not None and open_to_all(ROOT) and open_to_all(Path(PACKAGES))
    return os.geteuid() == 0 and shutil.which("useradd") is not None and readable


@dataclass(frozen=True, kw_only=True)
class Member:
    name: str
    home: Path

    def start(self, *words: object, **more: object) -> subprocess.Popen[str]:
        who = pwd.getpwnam(self.name)
        env = {
            "PATH": "/usr/bin:/bin", "HOME": who.pw_dir, "PYTHONPATH": f"{ROOT / 'src'}:{PACKAGES}",
            "GRAPHISTRY_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", ""),
        }  # fmt: skip
        groups = [one.gr_gid for one in grp.getgrall() if self.name in one.gr_mem]
        return subprocess.Popen(
            [str(one) for one in words], env=env, cwd="/", user=who.pw_uid, group=who.pw_gid,
            extra_groups=groups, umask=0o022, text=True, **more,
        )  # type: ignore[call-overload] # fmt: skip

    def run(self, *words: object, said: str = "") -> subprocess.CompletedProcess[str]:
        pipe = subprocess.PIPE
        process = self.start(*words, stdin=pipe, stdout=pipe, stderr=pipe)
        out, error = process.communicate(said, timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, out, error)

    def graphkeep(self, *words: object, said: str = "") -> str:
        done = self.run(*GRAPHKEEP, *words, said=said)
        assert done.returncode == 0, f"{self.name}: {words}: {done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def two_members_and_a_stranger() -> Iterator[tuple[str, Member, Member, Member]]:
    """The group's name, two of its members and one who is none; gone afterwards."""
    tail = os.urandom(3).hex()
    group, names = f"gkadm{tail}", [f"gk{one}{tail}" for one in ("alice", "bob", "charlie")]
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-members-"))
    folder.chmod(0o755)
    run = ["--no-create-home", "--shell", "/bin/sh", "--home-dir"]
    subprocess.run(["groupadd", group], check=True)
    try:
        for name in names:
            more = ["--groups", group] if name != names[2] else []
            subprocess.run(["useradd", *run, str(folder / name), *more, name], check=True)
            (folder / name).mkdir(mode=0o700)
            shutil.chown(folder / name, name)
        home = folder / "graphs"
        home.mkdir(mode=0o755)
        shutil.chown(home, names[0], group)
        alice, bob, charlie = (Member(name=name, home=home) for name in names)
        yield group, alice, bob, charlie
    finally:
        for name in names:
            subprocess.run(["userdel", "--force", name], check=False, capture_output=True)
        subprocess.run(["groupdel", group], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
