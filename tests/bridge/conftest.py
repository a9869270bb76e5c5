"""Properties of the bridge are tested without a deadline of each example: the machine may be busy."""

from hypothesis import settings

settings.register_profile("bridge", deadline=None)
settings.load_profile("bridge")
