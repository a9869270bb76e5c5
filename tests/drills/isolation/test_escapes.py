"""Sandbox escapes: somebody's Python tries hundreds of ways out, and none leads anywhere (AD-08).

Each attempt is a piece of code that sends back what it got. It must have got nothing: an error, or a value in
which no secret of the outside stands. Around them stands a world with things to find: a file with a canary in
the server's folder, a listening socket, a parent process.
"""

import json
import os
import shutil
import socket
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pytest

from graphkeep.graph.errors import GraphkeepError
from graphkeep.sandbox.isolation import require_full_isolation
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool

CANARY = "canary-7f3a51d0c9e24b68"
IN_THE_SUITE = 6  # every sixth of those that need a sandbox process of their own
HEAD = """
import ctypes, errno, os, signal, socket, struct, subprocess, sys, threading, time, mmap, select
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *words):
    got = libc.syscall(ctypes.c_long(number), *words)
    return "opened" if got >= 0 else "refused: " + errno.errorcode.get(ctypes.get_errno(), "?")
def task(g):
    return attempt(g)
def attempt(g):
"""


def attempt(name, code, *, may="refused"):
    return pytest.param(code, may, id=name)


def python(name, line):
    """A line that must raise."""
    return attempt(name, f"    {line}\n    return 'opened'")


def syscall(name, number, words="0, 0, 0, 0, 0"):
    return attempt(name, f"    return call({number}, {words})")


def reading(path):
    return python(
        f"read {path}", f"return open({path!r}, 'rb').read(64).decode('latin-1') or 'opened'"
    )


def listing(path):
    return python(f"list {path}", f"return os.listdir({path!r})[0:5] or 'opened'")


def writing(path):
    return python(f"write {path}", f"open({path!r}, 'w').write('x')")


FAMILIES = (
    "AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_BLUETOOTH", "AF_VSOCK", "AF_CAN",
    "AF_ALG", "AF_TIPC", "AF_RDS", "AF_KEY", "AF_X25", "AF_AX25", "AF_ROSE", "AF_QIPCRTR",
)  # fmt: skip
READ = (
    "/etc/shadow", "/etc/passwd", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/ssh/sshd_config",
    "/etc/environment", "/etc/machine-id", "/proc/self/environ", "/proc/1/environ", "/proc/self/mem",
    "/proc/self/maps", "/proc/self/status", "/proc/self/mountinfo", "/proc/self/fd/0", "/proc/self/root/etc/shadow",
    "/proc/1/root/etc/shadow", "/proc/self/cwd/etc/shadow", "/proc/cmdline", "/proc/kcore", "/proc/kallsyms",
    "/proc/version", "/proc/net/tcp", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper",
    "/sys/fs/cgroup/cgroup.procs", "/root/.ssh/id_rsa", "/root/.bash_history", "/var/run/docker.sock",
    "/run/secrets/kubernetes.io/serviceaccount/token", "/var/log/syslog", "/dev/mem", "/dev/kmem", "/dev/kmsg",
    "/dev/sda", "/dev/vda", "/dev/random", "/dev/urandom", "/dev/zero", "/dev/null", "/dev/tty", "/dev/ptmx", "/dev/fuse",
    "/dev/kvm", "/dev/shm/x", "/boot/vmlinuz", "/../../etc/shadow", "//etc//shadow", "/usr/lib/../../etc/shadow",
    "/lib/../etc/passwd", "/home", "/tmp", "/usr/bin/id", "/bin/sh",
)  # fmt: skip
HERE = (
    "data/config/custom.env",
    "data/db.sqlite3",
    "data/logs/server.log",
    "data/graphs/other.arrow",
    "outside.txt",
)
LIST = (
    "/",
    "/etc",
    "/proc",
    "/dev",
    "/home",
    "/root",
    "/tmp",
    "/var",
    "/run",
    "/sys",
    "/usr",
    "/opt",
    "/mnt",
)
WRITE = (
    "/x", "/tmp/x", "/var/tmp/x", "/dev/shm/x", "/usr/lib/x", "/lib/x", "/etc/x", "/proc/self/oom_score_adj",
    "/usr/share/zoneinfo/x", "/root/x", "/home/x", "/run/x",
)  # fmt: skip
# x86_64; elsewhere the same names are left out of the list that is let in
CALLS = {
    "socket": (41, "2, 1, 0"), "socketpair": (53, ""), "connect": (42, ""), "bind": (49, ""), "listen": (50, ""),
    "accept": (43, ""), "accept4": (288, ""), "sendto": (44, ""), "sendmsg": (46, ""), "sendmmsg": (307, ""),
    "fork": (57, ""), "vfork": (58, ""), "execve": (59, ""), "execveat": (322, ""), "kill": (62, "1, 9"),
    "tkill": (200, "1, 9"), "tgkill": (234, "1, 1, 9"), "rt_sigqueueinfo": (129, "1, 9, 0"), "ptrace": (101, ""),
    "process_vm_readv": (310, ""), "process_vm_writev": (311, ""), "process_madvise": (440, ""),
    "pidfd_open": (434, "1, 0"), "pidfd_getfd": (438, ""), "pidfd_send_signal": (424, ""), "kcmp": (312, ""),
    "mount": (165, ""), "umount2": (166, ""), "pivot_root": (155, ""), "chroot": (161, ""), "chdir": (80, ""),
    "fchdir": (81, ""), "open_tree": (428, ""), "move_mount": (429, ""), "fsopen": (430, ""), "fsmount": (432, ""),
    "fspick": (433, ""), "mount_setattr": (442, ""), "unshare": (272, "0x10000000"), "setns": (308, ""),
    "clone into a new world": (56, "0x10000000, 0, 0, 0, 0"), "clone a process": (56, "17, 0, 0, 0, 0"),
    "clone with the parent": (56, "0x8011, 0, 0, 0, 0"), "clone3": (435, "0, 0"), "setuid": (105, "0"),
    "setgid": (106, "0"), "setreuid": (113, "0, 0"), "setresuid": (117, "0, 0, 0"), "setgroups": (116, "0, 0"),
    "setfsuid": (122, "0"), "capset": (126, ""), "prctl": (157, "8, 0"), "prctl keeps caps": (157, "8, 1"),
    "seccomp": (317, "1, 0, 0"), "personality": (135, "0x0040000"), "bpf": (321, ""), "io_uring_setup": (425, "8, 0"),
    "io_uring_enter": (426, ""), "io_uring_register": (427, ""), "perf_event_open": (298, ""), "userfaultfd": (323, ""),
    "keyctl": (250, ""), "add_key": (248, ""), "request_key": (249, ""), "memfd_create": (319, ""),
    "memfd_secret": (447, ""), "init_module": (175, ""), "finit_module": (313, ""), "delete_module": (176, ""),
    "kexec_load": (246, ""), "kexec_file_load": (320, ""), "reboot": (169, ""), "swapon": (167, ""), "swapoff": (168, ""),
    "sethostname": (170, ""), "setdomainname": (171, ""), "iopl": (172, "3"), "ioperm": (173, ""), "quotactl": (179, ""),
    "acct": (163, ""), "settimeofday": (164, ""), "clock_settime": (227, ""), "adjtimex": (159, ""), "syslog": (103, "3, 0, 0"),
    "open_by_handle_at": (304, ""), "name_to_handle_at": (303, ""), "fanotify_init": (300, ""), "inotify_init1": (294, "0"),
    "lookup_dcookie": (212, ""), "chmod": (90, ""), "chown": (92, ""), "rename": (82, ""), "renameat2": (316, ""),
    "unlink": (87, ""), "link": (86, ""), "linkat": (265, ""), "symlink": (88, ""), "mkdir": (83, ""), "mknod": (133, ""),
    "mknodat": (259, ""), "truncate": (76, ""), "setxattr": (188, ""), "utimensat": (280, ""), "ioctl": (16, "0, 0x5412, 0"),
    "setsid": (112, ""), "setpgid": (109, ""), "setpriority": (141, ""), "sched_setaffinity": (203, ""),
    "sched_setscheduler": (144, ""), "mbind": (237, ""), "migrate_pages": (256, ""), "move_pages": (279, ""),
    "shmget": (29, "1, 4096, 0o1666"), "semget": (64, "1, 1, 0o1666"), "msgget": (68, "1, 0o1666"), "mq_open": (240, ""),
    "timer_create": (222, ""), "setitimer": (38, ""), "alarm": (37, "1"), "splice": (275, ""), "vmsplice": (278, ""),
    "tee": (276, ""), "mlock": (149, ""), "mlockall": (151, "3"), "modify_ldt": (154, "0, 0, 0"), "uselib": (134, ""),
    "vhangup": (153, ""), "ustat": (136, ""), "landlock_create_ruleset": (444, "0, 0, 1"), "openat2": (437, ""),
    "the x32 twin of socket": (0x40000029, "2, 1, 0"), "the x32 twin of execve": (0x40000208, ""),
}  # fmt: skip

ATTEMPTS = [
    *(python(f"socket {name}", f"socket.socket(getattr(socket, {name!r}, 99), socket.SOCK_DGRAM)") for name in FAMILIES),
    python("a raw socket", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    python("a socket pair", "socket.socketpair()"),
    python("connect to this machine", "socket.create_connection(('127.0.0.1', PORT), 2)"),
    python("look a name up", "return socket.getaddrinfo('example.org', 80)"),
    python("look this machine up", "return socket.gethostbyname('localhost')"),
    python("fetch by urllib", "import urllib.request; return urllib.request.urlopen('http://127.0.0.1:PORT', timeout=2).read()"),
    python("fetch by requests", "import requests; return requests.get('http://127.0.0.1:PORT', timeout=2).text"),
    python("fetch by pandas", "import pandas; return pandas.read_csv('http://127.0.0.1:PORT/').to_csv()"),
    python("read by pandas", "import pandas; return pandas.read_csv('HOME/outside.txt').to_csv()"),
    python("read by pyarrow", "import pyarrow as pa; return pa.OSFile('HOME/outside.txt').read().decode()"),
    python("map by pyarrow", "import pyarrow as pa; return pa.memory_map('HOME/outside.txt').read().decode()"),
    python("a file system of pyarrow's", "from pyarrow import fs; return fs.LocalFileSystem().open_input_file('HOME/outside.txt').read().decode()"),
    python("read by numpy", "import numpy; return numpy.fromfile('HOME/outside.txt', dtype='u1').tobytes().decode()"),
    python("read by polars", "import polars; return polars.read_csv('HOME/outside.txt').write_csv()"),
    python("read by threads of pyarrow's", "import pyarrow.csv as c; return str(c.read_csv('HOME/outside.txt', read_options=c.ReadOptions(use_threads=True)))"),
    *(reading(path) for path in READ),
    *(reading(f"HOME/{path}") for path in HERE),
    *(listing(path) for path in (*LIST, "HOME")),
    *(writing(path) for path in (*WRITE, "HOME/data/config/custom.env", "HOME/new.txt")),
    python("write into a library", "open(os.__file__, 'w')"),
    python("delete a library", "os.unlink(os.__file__)"),
    python("rename a library", "os.rename(os.__file__, os.__file__ + 'x')"),
    python("change a library's mode", "os.chmod(os.__file__, 0o777)"),
    python("truncate a library", "os.truncate(os.__file__, 0)"),
    python("a symbolic link to the outside", "os.symlink('/etc/shadow', '/tmp/link'); return open('/tmp/link').read()"),
    python("a hard link to the outside", "os.link('/etc/shadow', '/tmp/link'); return open('/tmp/link').read()"),
    python("a named pipe", "os.mkfifo('/tmp/pipe')"),
    python("a device", "os.mknod('/tmp/mem', 0o20666, os.makedev(1, 1))"),
    python("a folder", "os.mkdir('/tmp/folder')"),
    python("a temporary file", "import tempfile; tempfile.NamedTemporaryFile()"),
    python("a temporary folder", "import tempfile; tempfile.mkdtemp()"),
    python("a file without a name", "os.open('/usr/lib', os.O_TMPFILE | os.O_RDWR)"),
    python("a file in memory", "os.memfd_create('x')"),
    python("a file in memory that runs", "h = os.memfd_create('x'); os.write(h, b'#!/bin/sh'); os.execve(h, ['x'], {})"),
    python("os.fork", "return os.fork()"),
    python("fork a terminal", "import pty; return pty.fork()"),
    python("posix_spawn", "return os.posix_spawn('/bin/sh', ['sh'], {})"),
    python("a shell", "return subprocess.check_output('id', shell=True).decode()"),
    python("a program", "return subprocess.check_output(['/usr/bin/id']).decode()"),
    python("this Python anew", "return subprocess.check_output([sys.executable, '-c', 'print(1)']).decode()"),
    python("the loader as a program", "os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/sh'])"),
    attempt("os.system", "    return 'opened' if os.system('id') == 0 else 'refused'"),
    python("os.popen", "return os.popen('id').read() or 1 / 0"),
    python("multiprocessing", "import multiprocessing as m; m.Process(target=print).start()"),
    python("a pool of processes", "from concurrent.futures import ProcessPoolExecutor as P; return P(1).submit(os.getpid).result(5)"),
    attempt("a fork bomb", "    made = 0\n    for _ in range(1000):\n        try:\n            os.fork(); made += 1\n        except OSError:\n            pass\n    return 'opened' if made else 'refused'"),
    attempt("a fork bomb by the C library", "    return 'refused' if all(libc.fork() == -1 for _ in range(1000)) else 'opened'"),
    python("become root", "os.setuid(0)"),
    python("become root by all three", "os.setresuid(0, 0, 0)"),
    python("join the group of root", "os.setgroups([0])"),
    python("kill the parent", "os.kill(os.getppid(), 9)"),
    python("kill everybody", "os.kill(-1, 9)"),
    python("kill the first process", "os.kill(1, 0)"),
    python("signal its group", "os.killpg(0, 15)"),
    python("leave its session", "os.setsid()"),
    python("a daemon", "os.fork(); os.setsid(); os.fork()"),
    python("be nicer than others", "os.nice(-10)"),
    python("raise the memory's limit", "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1))"),
    python("raise the time's limit", "import resource as r; r.setrlimit(r.RLIMIT_CPU, (-1, -1))"),
    python("raise the files' limit", "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (-1, -1))"),
    python("dump its memory", "import resource as r; r.setrlimit(r.RLIMIT_CORE, (1, 1))"),
    python("another's limits", "import resource as r; return r.prlimit(30000, r.RLIMIT_AS)"),
    attempt("the environment", "    return 'CANARY' if 'canary' in repr(os.environ) or any('SECRET' in k or 'GRAPH' in k for k in os.environ) else 'refused'"),
    attempt("who else is here", "    return 'opened' if os.getppid() else 'refused'"),
    attempt("what is handed down", "    kinds = []\n    import stat\n    for h in range(256):\n        try:\n            kinds.append(stat.S_IFMT(os.fstat(h).st_mode))\n        except OSError:\n            pass\n    return 'opened' if stat.S_IFSOCK in kinds or stat.S_IFDIR in kinds else 'refused'"),
    attempt("write into the tables", "    got = []\n    for h in range(3, 256):\n        try:\n            if os.fstat(h).st_size and os.pwrite(h, b'x', 0): got.append(h)\n        except OSError:\n            pass\n    return 'refused' if len(got) <= 1 else got"),
    attempt("a folder that is open", "    for h in range(3, 256):\n        try:\n            return os.open('..', os.O_RDONLY, dir_fd=h) and 'opened'\n        except OSError:\n            pass\n    return 'refused'"),
    attempt("up from where it stands", "    try:\n        return [x for x in os.listdir('../../..') if x in ('etc', 'home', 'root')] and 'opened'\n    except OSError:\n        return 'refused'"),
    attempt("interfaces of the network", "    try:\n        return 'opened' if len(socket.if_nameindex()) else 'refused'\n    except OSError:\n        return 'refused'"),
    attempt("a library of its own making", "    try:\n        ctypes.CDLL('/tmp/x.so')\n    except OSError:\n        return 'refused'\n    return 'opened'"),
    attempt("a module of the server's", "    import importlib\n    try:\n        s = importlib.import_module('graphkeep.server.settings')\n        return 'CANARY' if getattr(s, 'SECRET_KEY', '') else 'refused'\n    except BaseException:\n        return 'refused'"),
    attempt("the server's database by Django", "    try:\n        import django\n        os.environ['DJANGO_SETTINGS_MODULE'] = 'graphkeep.server.settings'\n        django.setup()\n        from graphkeep.accounts.models import User\n        return list(User.objects.values_list('username'))\n    except BaseException:\n        return 'refused'"),
    attempt("what the runner holds", "    import gc, inspect\n    text = repr([f.frame.f_locals for f in inspect.stack()])\n    return 'CANARY' if '-'.join(['canary', '7f3a']) in text else 'refused'"),
    attempt("take a table by its number", "    found = []\n    for h in range(3, 64):\n        try:\n            if b'canary' in os.pread(h, 1 << 16, 0): found.append(h)\n        except OSError:\n            pass\n    return 'refused'"),
    # --- too much: the process ends, and nobody else feels it
    attempt("a memory bomb", "    x = bytearray(8 << 30)\n    return 'opened'", may="ended"),
    attempt("a slow memory bomb", "    x = []\n    while True: x.append(bytearray(64 << 20))", may="ended"),
    attempt("a memory bomb of pages", "    x = mmap.mmap(-1, 16 << 30)\n    return 'opened'"),
    attempt("a memory bomb of text", "    return 'x' * (4 << 30)", may="ended"),
    attempt("a bomb of threads", "    def rest(): time.sleep(600)\n    for _ in range(100000): threading.Thread(target=rest, daemon=True).start()", may="ended"),
    attempt("for ever", "    while True: pass", may="ended"),
    attempt("sleep for ever", "    time.sleep(1e6)", may="ended"),
    attempt("for ever in C", "    import re\n    re.match('(a+)+$', 'a' * 60 + 'b')", may="ended"),
    attempt("for ever, deaf to signals", "    for n in range(1, 65):\n        try: signal.signal(n, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n    while True: pass", may="ended"),
    attempt("a result too large", "    return 'x' * (40 << 20)", may="ended"),
    attempt("fill the place of the result", "    for h in range(3, 64):\n        try:\n            while True: os.write(h, bytes(1 << 20))\n        except OSError: pass\n    return 'refused'", may="any"),
    attempt("flood what it prints", "    for _ in range(300): sys.stdout.write('x' * (1 << 20)); sys.stderr.write('y' * (1 << 18))\n    return 'refused'"),
    attempt("deep recursion", "    sys.setrecursionlimit(10 ** 9)\n    def f(): return f()\n    return f()", may="ended"),
    attempt("crash", "    ctypes.string_at(0)", may="ended"),
    attempt("jump anywhere", "    ctypes.CFUNCTYPE(None)(0xdeadbeef)()", may="ended"),
    attempt("leave at once", "    os._exit(0)", may="ended"),
    attempt("leave politely", "    sys.exit(0)", may="ended"),
    attempt("an empty interpreter", "    import gc; gc.collect(); sys.modules.clear(); return 'refused'", may="any"),
    attempt("code that is none", "    return (", may="ended"),
    attempt("null bytes", "    return '\\0'", may="any"),
    # --- returns that lie
    attempt("a return that pickles", "    class Evil:\n        def __reduce__(self): return (os.system, ('id',))\n        def __str__(self): return 'refused'\n    return Evil()", may="any"),
    attempt("a return that is endless", "    x = []; x.append(x)\n    return x", may="ended"),
    attempt("a return that is deep", "    x = []\n    for _ in range(200000): x = [x]\n    return x", may="ended"),
    attempt("a return with an error in it", "    return {'error': 'refused'}", may="any"),
    attempt("a return that raises", "    class Evil(dict):\n        def items(self): raise SystemExit(0)\n    return Evil(a=1)", may="ended"),
    attempt("an answer of its own", "    import glob\n    for h in range(3, 64):\n        try:\n            os.lseek(h, 0, 0); os.ftruncate(h, 0); os.write(h, b'{\"media\": \"text/html\"}')\n        except OSError: pass\n    os._exit(0)", may="ended"),
    attempt("an answer that is none", "    for h in range(3, 64):\n        try:\n            os.ftruncate(h, 0); os.pwrite(h, b'[' * 1000000, 0)\n        except OSError: pass\n    os._exit(0)", may="ended"),
    attempt("a hook for imports", "    sys.meta_path.insert(0, type('F', (), {'find_spec': staticmethod(lambda *a: 1 / 0)}))\n    return 'refused'", may="any"),
    attempt("another json", "    import json\n    json.dumps = lambda *a, **k: 'CANARY'\n    return 'refused'", may="any"),
    *(syscall(name, number, words or "0, 0, 0, 0, 0") for name, (number, words) in CALLS.items()),
]  # fmt: skip
IS_PROVING = bool(os.environ.get("GRAPHKEEP_PROVE"))
REFUSED = [one for one in ATTEMPTS if one.values[1] == "refused"]
OTHERS = [one for one in ATTEMPTS if one.values[1] != "refused"]
CHOSEN = ATTEMPTS if IS_PROVING else OTHERS[::IN_THE_SUITE]


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is to be found outside."""

    home: Path
    port: int
    met: list
    pool: SandboxPool

    def attempt(self, code, seconds=3):
        """What somebody's code sends back, and whether it was stopped instead."""
        said = HEAD + code.replace("PORT", str(self.port)).replace("HOME", str(self.home))
        request = {
            "kind": "code",
            "dataset": {
                "edges": [0],
                "nodes": [],
                "node_encodings": {},
                "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
            },
            "execute": said,
            "output_type": "json",
            "format_name": "json",
            "most_rows": 100,
        }
        self.pool.limits = replace(self.pool.limits, seconds=seconds)
        try:
            with self.pool.run(
                request, [self.home / "edges"], require=require_full_isolation
            ) as result:
                text = result.files[0].read(1 << 16).decode("utf-8", "replace")
                is_stopped = result.answer.get("media") != "application/json"
                return text or str(result.answer), is_stopped
        except GraphkeepError as error:
            return error.message, True

    def is_untouched(self):
        return (
            self.met == []
            and all((self.home / name).read_text() == CANARY for name in HERE)
            and not (self.home / "new.txt").exists()
            and (self.home / "edges").stat().st_mtime_ns
            == self.home.joinpath("began").stat().st_mtime_ns
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    for name in HERE:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(CANARY)
        (home / name).chmod(0o644)  # its mode would let everybody in: the sandbox alone keeps it
    table = pa.table({"s": ["a", "b"], "d": ["b", "c"]})
    with pa.OSFile(str(home / "edges"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)
    (home / "began").touch()
    shutil.copystat(home / "edges", home / "began")
    listener = socket.create_server(("127.0.0.1", 0))
    met = []
    threading.Thread(target=listen, args=(listener, met), daemon=True).start()
    os.environ["SECRET_OF_THE_SERVER"] = CANARY
    limits = Limits(memory_bytes=256 << 20, seconds=3, result_bytes=16 << 20)
    pool = SandboxPool(
        "graphkeep.compute.sandbox_entry", scratch=home / "tmp", limits=limits, max_processes=1
    )
    yield World(home=home, port=listener.getsockname()[1], met=met, pool=pool)
    pool.close()
    listener.close()
    del os.environ["SECRET_OF_THE_SERVER"]


def listen(listener, met):
    while True:
        try:
            met.append(listener.accept())
        except OSError:
            return


def together():
    """All attempts that are refused at once, one after another in one process; returns those that did not fail."""
    parts = ["    kept = {}"]
    for number, one in enumerate(REFUSED):
        inner = "\n".join("    " + line for line in one.values[0].splitlines())
        parts += [
            f"    def attempt_{number}():",
            inner,
            "    try:",
            f"        got = attempt_{number}()",
            "    except BaseException:",
            "        got = 'refused'",
            "    if 'refused' not in str(got):",
            f"        kept[{one.id!r}] = str(got)[:80]",
        ]
    return "\n".join([*parts, f"    return {{'tried': {len(REFUSED)}, 'kept': kept}}"])


def test_ad08_there_are_two_hundred_attempts_or_more():
    names = [one.id for one in ATTEMPTS]

    assert len(names) == len(set(names)) >= 200


def test_ad08_a_sandbox_lets_its_code_work(world):
    found, is_stopped = world.attempt("    return [len(g._edges), sorted(g._nodes['id'])]")

    assert (json.loads(found), is_stopped) == ([2, ["a", "b", "c"]], False)


def test_ad08_no_way_of_hundreds_leads_out(world):
    found, _ = world.attempt(together(), seconds=60)

    assert json.loads(found) == {"tried": len(REFUSED), "kept": {}}
    assert world.is_untouched()


@pytest.mark.parametrize(("code", "may"), CHOSEN)
def test_ad08_no_way_leads_out(world, code, may):
    found, is_stopped = world.attempt(code)

    assert CANARY not in found
    assert "CANARY" not in found
    if may == "ended":
        assert is_stopped, found
    elif may == "refused":
        assert is_stopped or "refused" in found, found
    assert world.is_untouched()


def test_ad08_nothing_stays_behind(world):
    world.pool.warm()
    world.pool.close()

    left = [
        one
        for one in Path("/proc").iterdir()
        if one.name.isdigit() and str(world.home / "tmp") in command_of(one)
    ]
    assert left == []
    assert list((world.home / "tmp").iterdir()) == []
    assert str(world.home) not in Path("/proc/self/mountinfo").read_text()


def command_of(process):
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""
