"""Limits of the bare wing, part by part: the second table of the bring-up.

The steps stand in `dyadkit.devices.bench.bringup_steps`; `sim/bringup.py` carries every single
fault through the electrical ones.
"""

from hardware.sim import bringup as simulated


def bare_limits() -> list[tuple[str, str, str, str]]:
    """Part, between which nets, at which frequency, and its limits on the bare wing."""
    lines = []
    for ref in (*simulated.RESISTORS, *simulated.LARGE_CAPACITORS, *simulated.SMALL_CAPACITORS):
        part = simulated.design.part(ref)
        seen = simulated.healthy(ref)
        is_resistor = ref[0] == "R"
        share = simulated.RESISTOR_SHARE if is_resistor else simulated.CAPACITOR_SHARE
        low, high = (_amount(seen * (1 + side * share)) for side in (-1, 1))
        meter = "ohmmeter" if is_resistor else _meter(ref)
        unit = "ohm" if is_resistor else "F"
        lines.append((ref, f"{part.net('1')}, {part.net('2')}", meter, f"{low} to {high} {unit}"))
    return lines


def _meter(ref: str) -> str:
    return "100 kHz" if ref in simulated.SMALL_CAPACITORS else "1 kHz"


def _amount(value: float) -> str:
    for scale, letter in ((1e6, "M"), (1e3, "k"), (1, ""), (1e-6, "u"), (1e-9, "n")):
        if value >= scale:
            return f"{value / scale:.3g}{letter}"
    return f"{value / 1e-12:.3g}p"
