"""Limits for what comes from outside: other programs' files, marks, names, archives.

Each is far above anything honest and far below what hurts; what passes one is refused or kept
aside with a sentence, never cut in silence.
"""

MAX_BLOCKS = 1 << 24
"""Of one stream in one boot: six weeks, if a block is closed five times a second."""

MAX_SAMPLES = 1 << 31
"""Of one stream in one boot: eight months at 100 Hz."""

MAX_STAMP_US = 1 << 53
"""Of a wearable's clock since its boot: three centuries, and exact as a float."""

MAX_HOST_NS = 1 << 62
"""Of the host's steady clock: 146 years."""

MAX_SAMPLE = 1 << 31
"""Of a sample either way: converters give 20 bits and a sign, and the wire holds 31."""

MAX_RUNS = 4096
"""Streams times boots of one wearable in a session: a reboot a minute for eight hours, twice."""

MAX_SESSION_S = 36 * 3600.0
"""Of one session: half as long again as a day, the longest that is recorded at once."""
