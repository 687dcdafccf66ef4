"""The `os` module with random bytes that are the same in each run with one seed."""

import random

from uos import *  # noqa: F403 - everything else stays as it is


def urandom(count):
    return bytes(random.getrandbits(8) for _ in range(count))
