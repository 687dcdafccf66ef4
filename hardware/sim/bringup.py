"""The bring-up's electrical steps, carried out on the simulated wing, whole or broken.

Each measurement is a row: its step, what is connected, what the meter shows, and its limits. The
limits are those a good wing of real parts keeps; a test breaks every part in turn and asks that at
least one row notices.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from dyadkit.devices.calibration import FITTED_OHM, checks, constants
from dyadkit.errors import SignalError
from dyadwire import frontend
from hardware import design
from hardware.sim import direct, spice
from hardware.sim.netlist import CircuitSetup

OPEN_OHM, METER_OHM, AMMETER_OHM = 1e13, 10e6, 100.0
FULL_CELL_V, USB_V, OHMMETER_V = 4.2, 5.0, 0.3
CLAMP_TEST_V, CLAMP_TEST_OHM = 12.0, 10e3
_METERS = {f"{lead}_{net}": (f"LEAD_{lead}", net) for lead in "AB" for net in ("GND", "3V3", "BAT")}


class Measurement(NamedTuple):
    """One reading of a step, with the limits of a good wing.

    changes : what is connected or switched, as SPICE elements and their values
    shows : what the meter reads, as an expression of voltages and currents
    """

    step: str
    figure: str
    unit: str
    low: float
    high: float
    changes: dict[str, float]
    shows: str
    scale: float = 1.0


def _lead(lead: str, net: str, low_ua: float, high_ua: float) -> Measurement:
    meter = f"{lead}_{net}"
    return Measurement(
        "lead-to-supply", f"{lead} to {net}", "uA", low_ua, high_ua,
        {f"Rm{meter}": AMMETER_OHM, "Vbattery": FULL_CELL_V}, f"abs(i(Vm{meter}))", 1e6,
    )  # fmt: skip


def _parted(step: str, changes: dict[str, float], lead: str) -> Measurement:
    """Resistance from a lead to ground where the relays should be open."""
    shows = f"{AMMETER_OHM}*v(LEAD_{lead})/(v(ohm)-v(LEAD_{lead})+1e-12)"
    return Measurement(
        step, f"lead {lead} to GND", "Mohm", 100.0, float("inf"),
        {**changes, f"Rohm{lead}": AMMETER_OHM}, shows, 1e-6,
    )  # fmt: skip


POWERED = (
    Measurement("front-end-supply", "VFE", "V", 3.1, 3.42, {}, "v(VFE)"),
    Measurement("front-end-current", "current", "mA", 4.2, 5.6, {}, "-i(VDD)", 1e3),
    Measurement("levels", "VL", "V", 1.24, 1.36, {}, "v(VL)"),
    Measurement("levels", "VH", "V", 1.72, 1.88, {}, "v(VH)"),
    Measurement("open-voltage", "voltage", "V", 0.46, 0.53, {"Rskin": METER_OHM},
                "v(LEAD_A)-v(LEAD_B)"),
    Measurement("lead-current", "current", "uA", 7.1, 8.1, {"Rskin": AMMETER_OHM},
                "abs(i(Vcurrent))", 1e6),
    _lead("A", "GND", 11.5, 14.0), _lead("A", "3V3", 11.5, 14.0), _lead("A", "BAT", 14.0, 17.5),
    _lead("B", "GND", 20.0, 24.0), _lead("B", "3V3", 20.0, 24.0), _lead("B", "BAT", 26.0, 30.0),
    Measurement("loaded-voltage", "voltage", "V", 0.475, 0.525, {"Rskin": 99_010},
                "v(LEAD_A)-v(LEAD_B)"),
    Measurement("battery-voltage", "difference", "%", -3.0, 3.0, {"Vbattery": FULL_CELL_V},
                f"2*v(AIN2)/{FULL_CELL_V}-1", 100.0),
    _parted("usb-parts-leads", {"VUSB": USB_V}, "A"),
    _parted("usb-parts-leads", {"VUSB": USB_V}, "B"),
    _parted("off-parts-leads", {"VDD": 0.0}, "A"),
    _parted("off-parts-leads", {"VDD": 0.0}, "B"),
    Measurement("bus-levels", "SDA", "V", 3.1, 3.5, {}, "v(SDA)"),
    Measurement("bus-levels", "SCL", "V", 3.1, 3.5, {}, "v(SCL)"),
)  # fmt: skip

# What no reading under power shows is measured on the bare wing, off its Feather
RESISTORS = ("R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R17", "R18",
             "R19", "R20", "R21", "R22", "R23", "R24")  # fmt: skip
SMALL_CAPACITORS = ("C1", "C2", "C6", "C7", "C8", "C9", "C13", "C14", "C15", "C17")
LARGE_CAPACITORS = ("C3", "C4", "C5", "C10", "C11", "C12", "C16")
RESISTOR_SHARE, CAPACITOR_SHARE = 0.05, 0.25
_SMALL_HZ, _LARGE_HZ = 100e3, 1e3


def failures(bench: CircuitSetup) -> Iterator[str]:
    """The steps that this wing fails, the quickest to find first."""
    yield from _powered_failures(bench)
    if not _is_calibrated(bench):
        yield "calibration"
    yield from (f"bare {ref}" for ref in _bare_failures(bench))


def _powered_failures(bench: CircuitSetup) -> Iterator[str]:
    on_bench = replace(bench, skin=_meters(), extra=(*bench.extra, *_sources()))
    resting = {"Rskin": OPEN_OHM, "RohmA": OPEN_OHM, "RohmB": OPEN_OHM, "VUSB": 0.0,
               "VDD": bench.supply_v, "Vbattery": bench.battery_v,
               **{f"Rm{name}": OPEN_OHM for name in _METERS}}  # fmt: skip
    asked = [
        [f"{name} = {value:.9g}" for name, value in {**resting, **one.changes}.items()]
        for one in POWERED
    ]
    wanted = list(dict.fromkeys(one.shows for one in POWERED))
    found = spice.operating_points(on_bench, asked, wanted)
    for row, one in zip(found, POWERED, strict=True):
        if not one.low <= one.scale * row[wanted.index(one.shows)] <= one.high:
            yield f"{one.step}, {one.figure}"


def _meters() -> tuple[str, ...]:
    lines = ["Vcurrent LEAD_A skin 0", f"Rskin skin LEAD_B {OPEN_OHM:g}"]
    for name, (lead, net) in _METERS.items():
        lines += [f"Vm{name} {lead} m{name} 0", f"Rm{name} m{name} {net} {OPEN_OHM:g}"]
    return tuple(lines)


def _sources() -> tuple[str, ...]:
    return (
        f"Vohm ohm 0 {OHMMETER_V}",
        f"RohmA ohm LEAD_A {OPEN_OHM:g}",
        f"RohmB ohm LEAD_B {OPEN_OHM:g}",
    )


def _is_calibrated(bench: CircuitSetup) -> bool:
    """Whether the jig's resistors give constants that hold for those not used."""
    on_jig = replace(bench, skin=CircuitSetup().skin)
    ohms = [None if one is None else float(one) for one in frontend.JIG_OHM]
    try:
        seen = direct.readings(on_jig, ohms)
        fitted = [one for one in seen if one.ohms in FITTED_OHM]
        found = constants(fitted, day=1, jig=1)
    except (SignalError, ValueError, OverflowError):
        return False
    return all(one.is_within_limits for one in checks(seen, found))


def _bare_failures(bench: CircuitSetup) -> Iterator[str]:
    for ref in (*RESISTORS, *LARGE_CAPACITORS, *SMALL_CAPACITORS):
        share = RESISTOR_SHARE if ref[0] == "R" else CAPACITOR_SHARE
        if abs(bare(ref, bench) / healthy(ref) - 1) > share:
            yield ref
    low_v, high_v = CLAMPED_V
    for lead in "AB":
        if not low_v <= clamped_v(lead, bench) <= high_v:
            yield f"D1 at lead {lead}"


@cache
def healthy(ref: str) -> float:
    """What a meter shows across a part of a good wing."""
    return bare(ref, CircuitSetup())


def bare(ref: str, bench: CircuitSetup) -> float:
    """What a meter shows across a part of the bare wing: ohms, or farads at its frequency."""
    part = design.part(ref)
    ends = part.net("1"), part.net("2")
    meter = f"Imeter minus plus DC {'1n' if ref[0] == 'R' else '0'} AC 1"
    probes = (f"Vplus plus {ends[0]} 0", f"Vminus minus {ends[1]} 0")
    unpowered = _bare(bench, (meter, *probes))
    across = "v(plus)-v(minus)"
    if ref[0] == "R":
        return float(spice.operating_points(unpowered, [[]], [across])[0, 0] / 1e-9)
    hertz = _SMALL_HZ if ref in SMALL_CAPACITORS else _LARGE_HZ
    commands = [f"ac lin 1 {hertz:g} {hertz:g}", f"let seen = 1/({across})",
                "let value = imag(seen)", "echo row $&value"]  # fmt: skip
    admittance = spice.rows(spice.run(unpowered, ["set numdgt=12", *commands]))[0, 0]
    return float(admittance / (2 * np.pi * hertz))


CLAMPED_V = (6.5, 9.5)


def clamped_v(lead: str, bench: CircuitSetup) -> float:
    """Voltage at an inner lead of the bare wing with 12 V through 10 kohm at it."""
    source = (f"Vtest test 0 {CLAMP_TEST_V}", f"Rtest test ELEC_{lead} {CLAMP_TEST_OHM:g}")
    return float(spice.operating_points(_bare(bench, source), [[]], [f"v(ELEC_{lead})"])[0, 0])


def _bare(bench: CircuitSetup, lines: tuple[str, ...]) -> CircuitSetup:
    """The wing without supplies, amplifiers and person; what leaks across a board remains."""
    floating = tuple(f"Rbare{net} {net} 0 1e12" for net in design.nets() if net != "GND")
    return replace(bench, is_bare=True, skin=(*lines, *floating))
