"""Viewer presence: a graph is viewed while its file changes, by whatever clock."""

import os

import pytest

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.viewer_presence import POLL_S, TIMEOUT_S, ViewerPresence, heartbeat

FILES = DatasetFiles("0" * 32)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(tmp_path, settings):
    settings.FRAMES_DIR = tmp_path / "frames"
    return Clock()


def test_nobody_came_and_after_some_seconds_nobody_is_waited_for(clock) -> None:
    presence = ViewerPresence(FILES, clock=clock)
    clock.now += TIMEOUT_S
    before = presence.is_gone()
    clock.now += POLL_S

    assert (before, presence.is_gone()) == (False, True)


def test_who_stays_keeps_it_going_though_his_clock_is_a_year_behind(clock) -> None:
    presence = ViewerPresence(FILES, clock=clock)
    seen = []
    for pulse in range(20):
        heartbeat(FILES)
        os.utime(FILES.presence(), ns=(pulse, pulse + 1))
        clock.now += 1.0
        seen.append(presence.is_gone())
    clock.now += TIMEOUT_S + POLL_S

    assert seen == [False] * 20
    assert presence.is_gone()


def test_who_comes_back_in_time_goes_on(clock) -> None:
    heartbeat(FILES)
    presence = ViewerPresence(FILES, clock=clock)
    assert not presence.is_gone()
    clock.now += TIMEOUT_S - POLL_S
    assert not presence.is_gone()
    FILES.presence().unlink()
    heartbeat(FILES)
    clock.now += POLL_S

    assert not presence.is_gone()
    clock.now += TIMEOUT_S - POLL_S
    assert not presence.is_gone()


def test_a_run_in_parts_does_not_wait_anew_in_each(clock) -> None:
    heartbeat(FILES)
    presence = ViewerPresence(FILES, clock=clock)
    gone = []
    for _ in range(3):
        gone.append(presence.is_gone())
        clock.now += TIMEOUT_S / 2
        state = presence.state
        clock.now += 1000.0  # other work
        presence = ViewerPresence(FILES, state=state, clock=clock)

    assert gone == [False, False, False]
    clock.now += POLL_S
    assert presence.is_gone()
