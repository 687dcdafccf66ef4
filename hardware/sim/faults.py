"""Every single fault of the front end, and the current it drives through a person."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from dyadwire import frontend
from hardware import design
from hardware.sim.direct import CURRENT_A, strongest, worst
from hardware.sim.netlist import CircuitSetup

LIMIT_NORMAL_A = 8.5e-6
LIMIT_ACTIVE_A = 10e-6
LIMIT_ANY_A = 50e-6
NORMAL, ACTIVE, PASSIVE = "normal", "active part", "wiring, passive part or supply"
FINGER = "insulation of the finger clip"
_SHORT = "1m"
_FAILED_REGULATOR_V = 4.35
_LEAD_FAULTS = ("3V3", "GND", "BAT")


class CircuitFault(NamedTuple):
    """One thing broken, on an otherwise worst-case circuit."""

    name: str
    kind: str
    bench: CircuitSetup
    currents: tuple[str, ...] = (CURRENT_A,)  # of every contact with the person


class FaultOutcome(NamedTuple):
    """What a fault does at its worst skin resistance."""

    name: str
    kind: str
    current_a: float
    skin_v: float


def all_faults() -> Iterator[CircuitFault]:
    """Each single fault once."""
    yield from _resistor_faults()
    yield from _capacitor_faults()
    yield from _amplifier_faults()
    yield from _bridges()
    yield from _lead_faults()
    yield from _supply_faults()
    yield from _switch_faults()
    yield from _clamp_faults()
    yield from _finger_faults()


def outcomes(faults: Iterable[CircuitFault] | None = None) -> list[FaultOutcome]:
    """Each fault's worst electrode current and skin voltage, the strongest current first."""
    found = [
        FaultOutcome(one.name, one.kind, *worst(one.bench, currents=one.currents))
        for one in faults or all_faults()
    ]
    return sorted(found, key=lambda one: -one.current_a)


def weakened(fault: CircuitFault, values: Mapping[str, float]) -> CircuitFault:
    """The same fault in a circuit with these values."""
    bench = replace(fault.bench, values={**values, **_broken_values(fault.bench)})
    return fault._replace(bench=bench)


def _broken_values(bench: CircuitSetup) -> dict[str, float]:
    """The values a fault has changed: those far from every tolerance."""
    return {
        ref: amount
        for ref, amount in bench.values.items()
        if not 0.5 < amount / design.part(ref).amount < 2
    }


def normal() -> dict[str, FaultOutcome]:
    """Nothing broken: as designed, with all parts at their worst, and with shorted leads."""
    short = replace(strongest(), skin=("Vcurrent LEAD_A skin 0", "Rskin skin LEAD_B 1"))
    return {
        "nominal parts": FaultOutcome("nominal parts", NORMAL, *worst(CircuitSetup())),
        "worst parts": FaultOutcome("worst parts", NORMAL, *worst(strongest())),
        "leads shorted": FaultOutcome("leads shorted", NORMAL, *worst(short, (1.0,))),
    }


def _passive(kind: str) -> list[design.Part]:
    return [one for one in design.PARTS if one.kind == kind]


def _with(name: str, line: str, kind: str = PASSIVE) -> CircuitFault:
    base = strongest()
    return CircuitFault(name, kind, replace(base, extra=(*base.extra, line)))


def _without(name: str, ref: str) -> CircuitFault:
    return CircuitFault(name, PASSIVE, replace(strongest(), removed=frozenset({ref})))


def _short(name: str, one: str, other: str) -> CircuitFault:
    return _with(name, f"Rfault {one} {other} {_SHORT}")


def _resistor_faults() -> Iterator[CircuitFault]:
    for part in _passive("resistor"):
        yield CircuitFault(f"{part.ref} shorted", PASSIVE, strongest({part.ref: 1e-3}))
        yield CircuitFault(f"{part.ref} open", PASSIVE, strongest({part.ref: 1e12}))


def _capacitor_faults() -> Iterator[CircuitFault]:
    for part in _passive("capacitor"):
        if part.net("1") not in ("3V3", "VDIG", "VFE"):  # else no supply, no current anywhere
            yield _short(f"{part.ref} shorted", part.net("1"), part.net("2"))
        yield _without(f"{part.ref} open", part.ref)


def _amplifier_faults() -> Iterator[CircuitFault]:
    part = design.part("U3")
    for letter in design.AMPLIFIERS:
        out = part.net(f"OUT{letter}")
        for rail in ("VFE", "GND"):
            yield _with(f"U3{letter} output stuck at {rail}", f"Rfault {out} {rail} 1", ACTIVE)
            for sign in "+-":
                pin = part.net(f"{sign}{letter}")
                yield _with(
                    f"U3{letter} {sign} input leaks to {rail}",
                    f"Rfault {pin} {rail} 1k",
                    ACTIVE,
                )
    for level in ("VH", "VL"):
        for rail in ("VFE", "GND"):
            yield _with(f"{level} stuck at {rail}", f"Rfault {level} {rail} 1", ACTIVE)


def _bridges() -> Iterator[CircuitFault]:
    """Solder between neighbouring pins of the two chips."""
    for ref in ("U3", "U1"):
        pins = design.part(ref).pins
        half = len(pins) // 2
        for number in range(1, len(pins)):
            one, other = pins[str(number)], pins[str(number + 1)]
            nets = {one[1], other[1]}
            if (
                number == half
                or "" in nets
                or len(nets) == 1
                or nets <= {"3V3", "VFE", "VDIG", "GND"}
            ):
                continue
            if nets & {"SDA", "SCL"}:
                continue  # digital: no path to the electrodes
            name = f"{ref} pins {number} and {number + 1} bridged ({one[0]}, {other[0]})"
            yield _with(name, f"Rfault {one[1]} {other[1]} {_SHORT}")


def _lead_faults() -> Iterator[CircuitFault]:
    for lead in design.ELECTRODE_LEADS:
        for net in _LEAD_FAULTS:
            yield _with(f"lead {lead[-1]} touches {net}", f"Rfault {lead} {net} {_SHORT}")


def _supply_faults() -> Iterator[CircuitFault]:
    base = strongest()
    high = replace(base, supply_v=_FAILED_REGULATOR_V)
    yield CircuitFault("regulator passes the full battery (4.35 V)", PASSIVE, high)
    low = replace(base, supply_v=1.8)
    yield CircuitFault("regulator sags to 1.8 V", PASSIVE, low)


def _switch_faults() -> Iterator[CircuitFault]:
    """The transistor and the relays: they fail shorted, open, and at what drives them."""
    for ref in ("K1", "K2"):
        part = design.part(ref)
        yield _short(f"{ref} contact shorted", part.net("OUTER"), part.net("INNER"))
        yield _short(f"{ref} light shorted", part.net("LED+"), part.net("LED-"))
        yield _without(f"{ref} open", ref)
    gate, source, drain = (design.part("Q1").net(name) for name in "GSD")
    yield _short("Q1 shorted", source, drain)
    yield _short("Q1 gate shorted to source", gate, source)
    yield _short("Q1 gate shorted to drain", gate, drain)
    yield _without("Q1 open", "Q1")


def _clamp_faults() -> Iterator[CircuitFault]:
    part = design.part("D1")
    for one, other in (("A", "GND"), ("B", "GND"), ("A", "B")):
        yield _short(f"D1 shorted, {one} to {other}", part.net(one), part.net(other))
    yield _without("D1 open", "D1")


def _finger_faults() -> Iterator[CircuitFault]:
    """The finger touches the sensor's supply or ground through its clip, electrodes attached."""
    for net in ("3V3", "GND"):
        for finger_ohm in (1e3, 30e3, 300e3):
            person = (
                "Vcurrent LEAD_A skin 0",
                "Rskin skin person 100k",
                "Rother person back 10k",
                "Vback back LEAD_B 0",
                f"Rfinger {net} finger {finger_ohm:g}",
                "Vfinger finger person 0",
            )
            name = f"clip leaks at {net}, finger of {finger_ohm / 1e3:g} kohm"
            bench = replace(strongest(), skin=person)
            yield CircuitFault(name, FINGER, bench, (CURRENT_A, "i(Vback)", "i(Vfinger)"))


def nominal(fault: CircuitFault) -> CircuitFault:
    """The same fault in a circuit whose other parts are as designed."""
    broken = _broken_values(fault.bench)
    supply_v = fault.bench.supply_v
    is_supply = supply_v not in (frontend.SUPPLY_V, strongest().supply_v)
    bench = replace(
        fault.bench,
        values=broken,
        supply_v=supply_v if is_supply else frontend.SUPPLY_V,
        battery_v=CircuitSetup().battery_v,
    )
    return fault._replace(bench=bench)
