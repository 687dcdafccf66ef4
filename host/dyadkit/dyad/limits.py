"""Limits for what comes from outside: other programs' files, marks, names, archives.

Each is far above anything honest and far below what hurts; what passes one is refused or kept
aside with a sentence, never cut in silence.
"""

MAX_JSON_BYTES = 16 << 20
"""Of one `session.json`: a day's clock truth of a simulation is 2 MB, the largest thing in it."""

MAX_MARK_BYTES = 64 << 10
"""Of one line of `marks.jsonl`: a label is words, and one of 64 KiB is another program's file."""

MAX_LABEL_LETTERS = 1000
"""Of a mark's label: a note of a long paragraph."""

MAX_KEPT_LETTERS = 2000
"""Of a line that is no mark, as it is kept in the session; the whole stays in `marks.jsonl`."""

MAX_KEPT_LINES = 1000
"""Of such lines in one session; more are counted only."""

MAX_NEIGHBOURS = 5000
"""Of sessions beside one that are asked who wore what: ten a day for more than a year."""

MAX_SOURCE_BYTES = 2 << 30
"""Of one file of a foreign recording, unpacked: two weeks of an E4's fastest channel and more."""

MAX_PACKED_RATIO = 20
"""Of unpacked over packed size: text of numbers packs 3 to 10 times, a bomb a thousand."""

SMALL_BYTES = 12 << 20
"""Unpacked, below which a ratio does not matter: hours of a sensor that was off pack as a bomb.

Reading text takes some 13 times its size: 160 MB for so much."""

MAX_SOURCE_FILES = 10_000
"""Of one foreign recording."""

MAX_DYADS_BYTES = 4 << 20
"""Of a lab's list of dyads: some forty thousand."""

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
