"""A viewer gets frames as fast as it sees them, never faster, and never more bytes than a socket may have."""

import pytest

from graphkeep.api.flow_control import FRAME_S, MAX_BYTES_PER_S, FlowControl


class Clock:
    now = 5.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def frames_in(
    seconds: float, flow: FlowControl, clock: Clock, *, size: int, sees_after: float
) -> int:
    """How many frames a viewer gets who sees each one some time after it was sent."""
    count, seen_at, number = 0, 0.0, 0
    end = clock.now + seconds
    while clock.now < end:
        if number and clock.now >= seen_at:
            flow.ack(number)
        if flow.may_send():
            number = flow.frame_sent(size)
            seen_at = clock.now + sees_after
            count += 1
        clock.now += 0.001
    return count


def test_a_fast_viewer_of_a_small_graph_is_bounded_by_the_rate(clock) -> None:
    count = frames_in(10, FlowControl(clock), clock, size=400, sees_after=0.005)

    assert count == pytest.approx(10 / FRAME_S, rel=0.02)


def test_a_fast_viewer_of_a_large_graph_is_bounded_by_bytes(clock) -> None:
    count = frames_in(10, FlowControl(clock), clock, size=4_000_000, sees_after=0.05)

    assert count * 4_000_000 == pytest.approx(10 * MAX_BYTES_PER_S, rel=0.1)


def test_a_slow_viewer_gets_as_many_as_it_sees(clock) -> None:
    assert frames_in(10, FlowControl(clock), clock, size=400_000, sees_after=2.0) == 5


def test_who_sees_nothing_gets_one_frame(clock) -> None:
    assert frames_in(60, FlowControl(clock), clock, size=400, sees_after=1e9) == 1


def test_only_the_frame_that_was_sent_last_counts_as_seen(clock) -> None:
    flow = FlowControl(clock)
    first = flow.frame_sent(8)
    flow.ack(first)
    clock.now += 1
    second = flow.frame_sent(8)
    clock.now += 1
    for word in (first, second + 1, None, "2", [second]):
        flow.ack(word)
    assert not flow.may_send()
    flow.ack(second)

    assert (first, second, flow.may_send()) == (1, 2, True)
