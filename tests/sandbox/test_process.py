"""A sandbox answers only when nothing inside it can write any more."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from graphkeep.graph.errors import DiskFullError, LimitExceededError, UnavailableError
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool
from graphkeep.sandbox.process import SandboxProcess
from tests.waiting import wait_until

RUNNER = """
import json, os, time

def run(request, handles):
    output, answer = handles[0], handles[0] - 1
    if request["answers_early"]:
        os.write(answer, json.dumps({"early": True}).encode())
    os.write(output, b"started")
    try:
        while request.get("fills_disk"):
            os.write(output, bytes(4096))
    except OSError:
        return {"early": False}
    time.sleep(request["seconds"])
    os.write(output, b", ended")
    if request["answers_early"]:
        os._exit(0)
    return {"early": False}
"""


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    folder = tmp_path / "runners"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "slow_runner.py").write_text(RUNNER)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return tmp_path / "scratch"


def limits(seconds=30):
    return Limits(memory_bytes=256 << 20, seconds=seconds, result_bytes=1 << 20)


@pytest.fixture
def pool(scratch):
    sandbox_pool = SandboxPool(
        "slow_runner", scratch=scratch, limits=limits(), max_processes=None, warm_count=1
    )
    yield sandbox_pool
    sandbox_pool.close()


def run(pool, *, seconds=0.0, answers_early=False, fills_disk=False):
    request = {"seconds": seconds, "answers_early": answers_early, "fills_disk": fills_disk}
    with pool.run(request, [], require=lambda report: None) as result:
        return result.answer, result.files[0].read()


def test_an_answer_comes_with_everything_that_was_written(pool):
    assert run(pool) == ({"early": False}, b"started, ended")


def test_an_answer_that_is_written_before_the_end_waits_for_the_last_write(pool):
    assert run(pool, seconds=0.3, answers_early=True) == ({"early": True}, b"started, ended")


def test_what_answers_but_does_not_end_in_time_is_too_slow(scratch):
    pool = SandboxPool(
        "slow_runner",
        scratch=scratch,
        limits=limits(seconds=1),
        max_processes=None,
        warm_count=0,
    )

    with pytest.raises(LimitExceededError, match="takes longer than 1 s"):
        run(pool, seconds=30, answers_early=True)


def test_without_the_process_that_reports_the_end_no_answer_counts(scratch):
    process = SandboxProcess("slow_runner", scratch)
    if not process.report.namespaces:
        process.end()
        pytest.skip("this machine offers no namespaces")
    output_path = scratch / "output"

    def kill_the_outer_process():
        wait_until(lambda: output_path.read_bytes() == b"started")
        os.kill(process.process.pid, signal.SIGKILL)

    with output_path.open("w+b") as output:
        killer = threading.Thread(target=kill_the_outer_process)
        killer.start()
        with pytest.raises(UnavailableError, match="has ended"):
            process.run({"seconds": 30, "answers_early": True}, [], [output], limits())
        killer.join()
    process.end()


def test_a_closed_pool_starts_no_process_in_advance(pool):
    pool.warm()
    pool.close()
    pool.warm()

    assert run(pool) == ({"early": False}, b"started, ended")
    assert not pool._warm


def test_as_many_requests_as_processes_wait_are_answered_by_these(scratch):
    pool = SandboxPool(
        "slow_runner", scratch=scratch, limits=limits(), max_processes=None, warm_count=2
    )
    pool.warm()
    waiting = {process.process.pid for process in pool._warm}

    with pool._process() as first, pool._process() as second:
        taken = {first.process.pid, second.process.pid}

    wait_until(lambda: len(pool._warm) == 2)
    pool.close()
    assert len(waiting) == 2
    assert taken == waiting


def test_nothing_of_an_ended_process_stays(scratch):
    process = SandboxProcess("slow_runner", scratch)
    assert process.report.seccomp
    process.end()
    process.end()

    assert list(scratch.iterdir()) == []
    assert not Path(f"/proc/{process.process.pid}").exists()


@pytest.mark.skipif(
    os.geteuid() != 0, reason="LEFT OUT: needs root, to mount a disk that runs full"
)
def test_an_answer_that_does_not_fit_on_the_disk_is_reported_as_a_full_disk(pool, scratch):
    scratch.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "graphkeep-test", str(scratch)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("LEFT OUT: no disk can be mounted here, so none could run full")
    try:
        with pytest.raises(DiskFullError, match="disk is full"):
            run(pool, fills_disk=True)
        pool.close()
    finally:
        subprocess.run(["umount", "-l", str(scratch)], check=True)
