"""Steps of the bring-up of new boards: what is done, by whom, and what a good board shows.

The only home of steps and limits: `dyadkit bringup` walks this table in order, and
`hardware/build.py` writes `hardware/bringup-checklist.md` from it. A step's `name` is its key in
every measured file: it is never changed and never used again. A figure's `model` is what the
documents say where nobody has measured, with the document that says it and how it was had.
"""

from dataclasses import dataclass
from enum import Enum


class Origin(Enum):
    """Origin of a figure."""

    MEASURED = "measured"
    SIMULATED = "simulated"
    COMPUTED = "computed"


class StepKind(Enum):
    """Who finds out how a step ends."""

    TYPED = "a person reads a meter and types the figures"
    CONFIRMED = "a person looks, and says whether it is so"
    ASKED = "dyadkit asks the wearable"
    RECORDED = "dyadkit records for a while and looks at the recording"


class Subject(Enum):
    """What a step is done with."""

    BOARD = "each board by itself"
    PAIR = "both boards together"


@dataclass(frozen=True, slots=True)
class ModelFigure:
    """Figure of a model that a measured one replaces: its value, origin, and where it stands."""

    value: float
    origin: Origin
    document: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a step, with its limits; a limit that is None does not bind."""

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    model: ModelFigure | None = None

    def is_within(self, value: float) -> bool:
        """Whether a value keeps the limits; one that is not a number does not."""
        low = float("-inf") if self.low is None else self.low
        high = float("inf") if self.high is None else self.high
        return low <= value <= high

    def limits(self) -> str:
        """The limits in words."""
        match self.low, self.high:
            case None, None:
                bounds = "noted in"
            case None, 0:
                return "none"
            case None, high:
                bounds = f"≤ {high:g}"
            case low, None:
                bounds = f"≥ {low:g}"
            case low, high:
                bounds = f"{low:g} to {high:g}"
        return f"{bounds} {self.unit}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, and what a good board shows.

    expected : in words, beside the figures' limits or instead of them
    guards_person : it protects the person who will wear the board, so it is repeated after repairs
    seconds : how long a step that records takes
    """

    name: str
    what: str
    kind: StepKind
    figures: tuple[Figure, ...] = ()
    expected: str = ""
    subject: Subject = Subject.BOARD
    guards_person: bool = False
    seconds: float = 0.0

    def expects(self) -> str:
        """What a good board shows, in words."""
        limits = [f"{one.name} {one.limits()}" for one in self.figures]
        return "; ".join([*limits, *([self.expected] if self.expected else [])])


def _simulated(value: float, document: str) -> ModelFigure:
    return ModelFigure(value, Origin.SIMULATED, document)


def _typed(name: str, what: str, *figures: Figure, expected: str = "") -> Step:
    return Step(name, what, StepKind.TYPED, figures, expected)


def _guarding(name: str, what: str, *figures: Figure) -> Step:
    """A step that protects the person who will wear the board."""
    return Step(name, what, StepKind.TYPED, figures, guards_person=True)


def _confirmed(name: str, what: str, expected: str, subject: Subject = Subject.BOARD) -> Step:
    return Step(name, what, StepKind.CONFIRMED, (), expected, subject)


def _recorded(name: str, what: str, seconds: float, *figures: Figure) -> Step:
    return Step(name, what, StepKind.RECORDED, figures, subject=Subject.PAIR, seconds=seconds)


def _radio(metres: int) -> Step:
    """Throughput and loss at a distance: what stays queued is throughput that was not there."""
    return _recorded(
        f"radio-{metres}m",
        f"both boards {metres} m from this computer, in sight of it",
        60.0,
        Figure("samples that came late", "%", high=5.0 if metres < 10 else 20.0),
        Figure(
            "samples lost in the end",
            "%",
            high=0.0,
            model=_simulated(0.0, "docs/accuracy/recording.md"),
        ),
        Figure("throughput", "kB/s", low=1.0),
    )


def _amps(lead: str, net: str, low: float, high: float) -> Figure:
    return Figure(f"{lead} to {net}", "uA", low, high)


def _parted(name: str, what: str) -> Step:
    return _guarding(
        name, what, *(Figure(f"lead {lead} to GND", "Mohm", low=100.0) for lead in "AB")
    )


STEPS: tuple[Step, ...] = (
    # the wing alone, off its Feather, no power
    _confirmed("look", "the wing under a lens, before and after coating",
               "no flux, no bridge, each dot at its pin 1"),
    _typed("short", "LDO2, 3V3, VFE to GND, ohmmeter: the smallest",
           Figure("resistance", "kohm", low=10.0)),
    _confirmed("bare", "ohmmeter, and a capacitance meter at 100 kHz and 1 kHz, across each part "
               "of the second table of hardware/bringup-checklist.md", "all within its limits"),
    _typed("clamp", "12 V through 10 kohm at the upper end of C6, then of C7; minus at GND",
           Figure("at C6", "V", 6.5, 9.5), Figure("at C7", "V", 6.5, 9.5)),
    # 3.30 V at LDO2 and 3V3 of the wing alone
    _typed("front-end-current", "3.30 V from a bench supply at LDO2, milliammeter in it",
           Figure("current", "mA", 4.2, 5.6)),
    _typed("front-end-supply", "VFE (TP1) to GND", Figure("VFE", "V", 3.1, 3.42)),
    _typed("levels", "VL (TP3) and VH (TP2) to GND",
           Figure("VL", "V", 1.24, 1.36), Figure("VH", "V", 1.72, 1.88)),
    # on the Feather, on the cell, USB unplugged
    _typed("current", "milliammeter in the cell's plus lead while recording, ten minutes",
           Figure("mean", "mA", 45.0, 105.0),
           Figure("peak", "mA", high=400.0)),
    _typed("supply", "3V3 to GND", Figure("3V3", "V", 3.2, 3.4)),
    _typed("ripple", "oscilloscope, 20 MHz, on VFE while recording",
           Figure("from peak to peak", "mV", high=10.0)),
    _typed("bus-levels", "SDA and SCL to GND, nothing recorded",
           Figure("SDA", "V", 3.1, 3.5), Figure("SCL", "V", 3.1, 3.5)),
    _typed("open-voltage", "lead A to lead B, nothing connected, 10 Mohm meter",
           Figure("voltage", "V", 0.46, 0.53, _simulated(0.5, "hardware/README.md"))),
    _guarding("lead-current", "microammeter between the leads",
              Figure("current", "uA", 7.1, 8.1, _simulated(7.98, "hardware/SAFETY.md"))),
    _guarding("lead-to-supply", "microammeter from each lead to GND, 3V3 and BAT, cell full",
              _amps("A", "GND", 11.5, 14.0), _amps("A", "3V3", 11.5, 14.0),
              _amps("A", "BAT", 14.0, 17.5), _amps("B", "GND", 20.0, 24.0),
              _amps("B", "3V3", 20.0, 24.0), _amps("B", "BAT", 26.0, 30.0)),
    _typed("loaded-voltage", "100 kohm between the leads, 10 Mohm meter over it",
           Figure("voltage", "V", 0.475, 0.525)),
    _parted("usb-parts-leads", "USB plugged in: ohmmeter from each lead to GND"),
    _parted("off-parts-leads", "front end off (no recording): ohmmeter from each lead to GND"),
    _guarding("ac-leakage", "USB plugged in, a charger without earth: each lead through 1 kohm "
              "and an AC microammeter to earth; the larger",
              Figure("at 50 or 60 Hz", "uA rms", high=30.0)),
    _guarding("clip-insulation", "cloth wet with salt water in the clip's bed, 10 minutes; "
              "ohmmeter from it to 3V3, GND, SDA; the smallest",
              Figure("resistance", "Mohm", low=100.0)),
    Step("pull", "2 kg on each lead and on the clip's cable for 10 s", StepKind.CONFIRMED, (),
         "nothing moves on the board; the touch-proof joint parts before", guards_person=True),
    _typed("ringing", "oscilloscope on OUTB (TP6), 1 Mohm with 0, 1, 10, 30 nF put on the leads",
           Figure("beyond the step", "%", high=20.0)),
    # with firmware
    Step("self-test", "the wearable tests itself at power-on", StepKind.ASKED,
         (Figure("checks failed, calibration apart", "", high=0.0),),
         "part ids, battery, accelerometer told, no fault"),
    _typed("battery-voltage", "battery by multimeter, minus what `dyadkit devices` tells",
           Figure("difference", "%", -3.0, 3.0)),
    _confirmed("open-leads", "open leads", "no contact reported; below 0.05 uS"),
    _confirmed("touching-leads", "touching leads", "leads shorted reported"),
    _confirmed("calibration", "`dyadkit calibrate`, all positions of the jig",
               "[calibration](calibration.md) accepts"),
    _confirmed("usb-refused", "USB plugged in", "skin conductance refused (FeatherS3)"),
    _confirmed("strap", "strap closed", "USB socket covered"),
    _typed("drift", "one hour on 100 kohm, cell only", Figure("drift", "nS", high=5.0)),
    _typed("mains", "the same beside a mains lead", Figure("more noise, rms", "nS", high=1.0,
           model=_simulated(0.027, "docs/accuracy/hardware.md"))),
    _typed("sags", "ten minutes on 49.9 kohm, then on 25 kohm, streaming, cell at 4.2 V and at "
           "3.4 V; the worst", Figure("noise, rms", "nS", high=2.0),
           Figure("largest step", "nS", high=10.0)),
    _typed("humidity", "10 Mohm at the leads in a box over a wet cloth (90 % humidity), one hour",
           Figure("off from dry", "nS", -3.0, 3.0)),
    _typed("radio", "signal strength at 3 m: bare Feather, less with the wing on a wrist",
           Figure("lost by the wing", "dB", high=6.0)),
    _typed("ppg-light", "finger in the clip, a child's too, as `dyadkit devices` tells",
           Figure("LED current", "mA", high=20.0), Figure("pulse of the level", "%", low=0.2)),
    _confirmed("movement", "the wearable turned onto each side", "+-1 g on each axis within 5 %"),
    _typed("temperature", "the probe beside a thermometer in water of 34 C",
           Figure("difference", "C", -0.3, 0.3)),
    _typed("battery-life", "a full cell of 500 mAh until it stops",
           Figure("hours", "h", low=4.0), expected="replaces the range in README.md"),
    _confirmed("names", "`dyadkit devices`, both wearables", "names and addresses differ "
               "(the ESP32-C6 may tell only a part of its own)", Subject.PAIR),
    _confirmed("sync", "SYNC (TP5) of both joined by a wire, GND too, oscilloscope",
               "falls together, 3.3 V to 0", Subject.PAIR),
    _confirmed("ppg-interrupt", "oscilloscope on INT of the PPG sensor while recording",
               "falls five times a second and rises again"),
    _confirmed("stuck-bus", "SDA to GND for 5 s while recording",
               "a `Fault`, the sensors back within 16 s, no restart"),
    _confirmed("stopped-host",
               "recording over `--usb`, the host's program stopped (Ctrl-Z) for 5 s",
               "one gap of at most 0.5 s, no restart"),
    _confirmed("pull-after-restart",
               "pull of an hour's recording after the wearable was switched off and on",
               "no restart; nothing left to fetch"),
    _typed("antenna", "XIAO ESP32-C6 and another board side by side, 3 m from the host",
           Figure("difference of signal", "dB", -10.0, 10.0)),
    _radio(1),
    _radio(5),
    _radio(10),
    _recorded(
        "bus-timing", "both boards at rest on the table, sensors wired", 60.0,
        Figure("PPG rate off its nominal", "%", -3.0, 3.0),
        Figure("skin conductance that bridges a pause", "%", high=10.0),
        Figure("samples lost at the sensors", "per 1000", high=1.0),
    ),
    _recorded(
        "alignment",
        "`sync` pins and grounds of both boards joined ([how](../docs/clock-bench.md))", 1800.0,
        Figure("map minus wire, p95", "ms", high=5.0,
               model=_simulated(0.005, "docs/clock-bench.md")),
        Figure("falls within the stated bound", "%", low=80.0),
    ),
    _recorded(
        "soak", "both boards record for 12 hours, cells fed from a charger", 43_200.0,
        Figure("samples missing in the end", "per million", high=0.0,
               model=_simulated(0.0, "docs/accuracy/soak.md")),
        Figure("restarts", "", high=0.0),
        Figure("faults", "", high=0.0),
    ),
)  # fmt: skip
