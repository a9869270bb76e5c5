"""Heartbeats, which both sides send."""

PING_S = 3.0
DEAD_S = 9.0  # without a frame of the other side
