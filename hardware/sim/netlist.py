"""SPICE netlists of the front end, made from the parts list and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dyadkit.sim.device.circuit import CONVERTING_SHARE, CURRENT_LOAD_OHM, VOLTAGE_LOAD_OHM
from dyadwire import frontend
from hardware import design
from hardware.sim import opamp

CURRENT = "v(AIN3)-v(AIN0)"
VOLTAGE = "v(AIN1)-v(AIN3)"


# The clamp, a PESD5V0L2BT: 5 V stand-off, 26 V at 15 A of an 8/20 us pulse (data sheet). A shorter
# pulse heats it less, so that its true resistance to a discharge is smaller.
CLAMP_FIRST_V = 7.5
CLAMP_OHM = round((26 - CLAMP_FIRST_V) / 15, 3)
CLAMP_FARAD = 75e-12
CONTACT_OHM = 30.0  # of a closed relay: typical, 35 at most
CONTACT_OPEN_OHM = 350e9  # 1 nA at the rated voltage, as relays of this kind have
CONTACT_OPEN_FARAD = 100e-12
LIGHT_A = 0.8e-3  # closes it
_CHANNEL_OHM = 0.1
_CHANNEL_OPEN_OHM = 1e10
_THRESHOLD_V = 1.0
_TITLE = "* dyadkit front end, generated from hardware/design.py"
_MODELS = ".model infrared D(IS=1e-20 N=1.35)"


@dataclass(frozen=True)
class CircuitSetup:
    """The circuit on the bench: what differs from the design, and what is connected.

    values : by reference, instead of the design's
    offsets_v : of the amplifiers, by letter
    supply_v : at LDO2, and at 3V3
    battery_v : of the cell
    usb_v : at VBUS; 0 is unplugged
    supply : how it comes up, as a SPICE source; empty for a steady one
    skin : lines between LEAD_A, LEAD_B and GND
    removed : references that are not there
    extra : lines more
    amplifier : kind of operational amplifier
    opened : letter of the amplifier whose loop is open, its input driven by 1 V of AC at `probe`
    is_bare : no supply, no amplifiers, no converter: a wing off its Feather
    """

    values: Mapping[str, float] = field(default_factory=dict)
    offsets_v: Mapping[str, float] = field(default_factory=dict)
    supply_v: float = frontend.SUPPLY_V
    battery_v: float = 3.9
    usb_v: float = 0.0
    supply: str = ""
    skin: tuple[str, ...] = ("Vcurrent LEAD_A skin 0", "Rskin skin LEAD_B 100k")
    removed: frozenset[str] = frozenset()
    extra: tuple[str, ...] = ()
    amplifier: opamp.Amplifier = opamp.FITTED
    opened: str = ""
    is_bare: bool = False


def netlist(bench: CircuitSetup) -> str:
    """The circuit, without commands."""
    lines = [_TITLE, opamp.subcircuit(bench.amplifier)]
    lines.append(_MODELS)
    lines += [] if bench.is_bare else _supplies(bench)
    lines += [line for part in design.PARTS for line in _lines(part, bench)]
    lines += [] if bench.is_bare else _converter_load()
    lines += [*bench.skin, *bench.extra]
    return "\n".join(_ground(line) for line in lines)


def _supplies(bench: CircuitSetup) -> list[str]:
    return [
        f"VDD LDO2 0 {bench.supply or f'DC {bench.supply_v:.9g}'}",
        f"V3V3 3V3 0 DC {bench.supply_v:.9g}",
        f"Vbattery BAT 0 {bench.battery_v:g}",
        f"VUSB VBUS 0 {bench.usb_v:g}",
    ]


def _lines(part: design.Part, bench: CircuitSetup) -> list[str]:
    if part.ref in bench.removed or (bench.is_bare and part.value == "MCP6074"):
        return []
    if part.kind in ("resistor", "capacitor"):
        amount = bench.values.get(part.ref, part.amount)
        return [f"{part.ref} {part.net('1')} {part.net('2')} {amount:.9g}"]
    if part.value == "MCP6074":
        return [line for letter in design.AMPLIFIERS for line in _amplifier(part, letter, bench)]
    return _SWITCHING[part.value](part) if part.value in _SWITCHING else []


def _amplifier(part: design.Part, letter: str, bench: CircuitSetup) -> list[str]:
    pins = [part.net(name) for name in (f"+{letter}", f"-{letter}", f"OUT{letter}", "VDD", "VSS")]
    opening = []
    if letter == bench.opened:
        opening = [
            f"Lprobe {pins[1]} probe 1e6", "Cprobe probe driven 1", "Vprobe driven 0 DC 0 AC 1",
            f"Cprobed {pins[1]} 0 {opamp.INPUT_FARAD:g}",
        ]  # fmt: skip
        pins[1] = "probe"
    offset = bench.offsets_v.get(letter, 0.0)
    return [f"X{letter} {' '.join(pins)} amplifier offset={offset:.9g}", *opening]


def _transistor(part: design.Part) -> list[str]:
    """Conducts when its gate is well below its source."""
    gate, source, drain = (part.net(name) for name in "GSD")
    driven = f"(v({source},{gate})-{_THRESHOLD_V})/0.1"
    return [_switch(f"B{part.ref}", (source, drain), driven, (_CHANNEL_OHM, _CHANNEL_OPEN_OHM))]


def _relay(part: design.Part) -> list[str]:
    """A light, and a contact that closes at a current of the light."""
    ref, ends = part.ref, (part.net("OUTER"), part.net("INNER"))
    driven = f"(i(V{ref})-{LIGHT_A})/{0.1 * LIGHT_A:g}"
    return [
        f"D{ref} {part.net('LED+')} {ref}_light infrared",
        f"V{ref} {ref}_light {part.net('LED-')} 0",
        _switch(f"B{ref}", ends, driven, (CONTACT_OHM, CONTACT_OPEN_OHM)),
        f"C{ref} {ends[0]} {ends[1]} {CONTACT_OPEN_FARAD:g}",
    ]


def _switch(name: str, ends: tuple[str, str], driven: str, ohms: tuple[float, float]) -> str:
    """A resistance that goes from open to closed where `driven` goes through zero.

    Smooth, where SPICE's own switches have no state in an AC analysis.
    """
    on_ohm, off_ohm = ohms
    across = f"v({ends[0]},{ends[1]})"
    siemens = f"{1 / off_ohm:g}+{0.5 / on_ohm:.9g}*(1+tanh({driven}))"
    return f"{name} {ends[0]} {ends[1]} I = {across}*({siemens})"


def _clamp(part: design.Part) -> list[str]:
    """Two lines that conduct beyond a voltage, either way."""
    first_v, ohm, farad = CLAMP_FIRST_V, CLAMP_OHM, CLAMP_FARAD
    return [
        line
        for name in "AB"
        for line in (
            f"B{part.ref}{name} {part.net(name)} 0 I = (max(0,v({part.net(name)})-{first_v})"
            f"+min(0,v({part.net(name)})+{first_v}))/{ohm}",
            f"C{part.ref}{name} {part.net(name)} 0 {farad:g}",
        )
    ]


_SWITCHING: dict[str, Callable[[design.Part], list[str]]] = {
    "PMOS": _transistor,
    "RELAY": _relay,
    "CLAMP": _clamp,
}


def _converter_load() -> list[str]:
    """What the converter's inputs draw, as resistors; the same as in the simulator's circuit."""
    lines = []
    for net, (ground, pair) in (("AIN0", CURRENT_LOAD_OHM), ("AIN1", VOLTAGE_LOAD_OHM)):
        lines += [
            f"R{net}_ground {net} 0 {ground / CONVERTING_SHARE:g}",
            f"R{net}_level AIN3 0 {ground / CONVERTING_SHARE:g}",
            f"R{net}_pair {net} AIN3 {pair / CONVERTING_SHARE:g}",
        ]
    return lines


def _ground(line: str) -> str:
    """SPICE calls ground 0."""
    return " ".join("0" if word == "GND" else word for word in line.split(" "))
