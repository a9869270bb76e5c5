"""A graph is watched while its file changes; by whose clock the file says so does not matter."""

import os

import pytest

from graphkeep.datasets.layout.viewer_presence import POLL_S, TIMEOUT_S, ViewerPresence, heartbeat
from graphkeep.datasets.storage import presence_path

ID = "0" * 32


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(tmp_path, settings):
    settings.FRAMES_DIR = tmp_path / "frames"
    return Clock()


def test_nobody_came_and_after_some_seconds_nobody_is_waited_for(clock) -> None:
    audience = ViewerPresence(ID, clock=clock)
    clock.now += TIMEOUT_S
    before = audience.is_gone()
    clock.now += POLL_S

    assert (before, audience.is_gone()) == (False, True)


def test_who_stays_keeps_it_going_though_his_clock_is_a_year_behind(clock) -> None:
    audience = ViewerPresence(ID, clock=clock)
    seen = []
    for pulse in range(20):
        heartbeat(ID)
        os.utime(presence_path(ID), ns=(pulse, pulse + 1))
        clock.now += 1.0
        seen.append(audience.is_gone())
    clock.now += TIMEOUT_S + POLL_S

    assert seen == [False] * 20
    assert audience.is_gone()


def test_who_comes_back_in_time_goes_on(clock) -> None:
    heartbeat(ID)
    audience = ViewerPresence(ID, clock=clock)
    assert not audience.is_gone()
    clock.now += TIMEOUT_S - POLL_S
    assert not audience.is_gone()
    presence_path(ID).unlink()
    heartbeat(ID)
    clock.now += POLL_S

    assert not audience.is_gone()
    clock.now += TIMEOUT_S - POLL_S
    assert not audience.is_gone()


def test_a_run_in_parts_does_not_wait_anew_in_each(clock) -> None:
    heartbeat(ID)
    audience = ViewerPresence(ID, clock=clock)
    gone = []
    for _ in range(3):
        gone.append(audience.is_gone())
        clock.now += TIMEOUT_S / 2
        memory = audience.memory
        clock.now += 1000.0  # other work
        audience = ViewerPresence(ID, memory=memory, clock=clock)

    assert gone == [False, False, False]
    clock.now += POLL_S
    assert audience.is_gone()
