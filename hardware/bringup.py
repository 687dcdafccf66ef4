"""Steps of the bring-up: what is done, with what, and what a good wearable shows.

The limits of electrical steps are those of `sim/bringup.py`, where every single fault is carried
through them. `bringup-checklist.md` is made from this table.
"""

from typing import NamedTuple

from hardware.sim import bringup as simulated

ELECTRICAL = ""  # expected follows from the limits of the step's measurements


class Step(NamedTuple):
    """One step. `guards` says that it protects the person, and is repeated after each repair."""

    name: str
    what: str
    expected: str = ELECTRICAL
    guards: bool = False


STEPS = (
    # the wing alone, off its Feather, no power
    Step("look", "the wing under a lens, before and after coating",
         "no flux, no bridge, each dot at its pin 1"),
    Step("short", "LDO2, 3V3, VFE to GND, ohmmeter", "> 10 kohm each"),
    Step("bare", "ohmmeter, and a capacitance meter at 100 kHz and 1 kHz, across each part of the "
                 "second table", "all within its limits"),
    Step("clamp", "12 V through 10 kohm at the upper end of C6, then of C7; minus at GND",
         f"{simulated.CLAMPED_V[0]:g} to {simulated.CLAMPED_V[1]:g} V at that end"),
    # 3.30 V at LDO2 and 3V3 of the wing alone
    Step("front-end-current", "3.30 V from a bench supply at LDO2, milliammeter in it"),
    Step("front-end-supply", "VFE (TP1) to GND"),
    Step("levels", "VL (TP3) and VH (TP2) to GND"),
    # on the Feather, on the cell, USB unplugged
    Step("current", "milliammeter in the cell's plus lead while recording: mean and peak of ten "
                    "minutes", "mean 45-105 mA, peak < 400 mA"),
    Step("supply", "3V3 to GND", "3.20-3.40 V"),
    Step("ripple", "oscilloscope, 20 MHz, on VFE and 3V3 while recording",
         "< 10 mV from peak to peak on VFE"),
    Step("bus-levels", "SDA and SCL to GND, nothing recorded"),
    Step("open-voltage", "lead A to lead B, nothing connected, 10 Mohm meter"),
    Step("lead-current", "**microammeter between the leads**", guards=True),
    Step("lead-to-supply", "**microammeter from each lead to GND, 3V3 and BAT**, cell full",
         guards=True),
    Step("loaded-voltage", "100 kohm between the leads, 10 Mohm meter over it"),
    Step("usb-parts-leads", "**USB plugged in: ohmmeter from each lead to GND**", guards=True),
    Step("off-parts-leads", "**front end off (no recording): ohmmeter from each lead to GND**",
         guards=True),
    Step("ac-leakage", "**USB plugged in, a charger without earth: each lead through 1 kohm and an "
                       "AC microammeter to earth**", "< 30 uA rms at 50 or 60 Hz", guards=True),
    Step("clip-insulation", "**cloth wet with salt water in the clip's bed, 10 minutes; ohmmeter "
                            "from it to 3V3, GND, SDA**", "> 100 Mohm", guards=True),
    Step("pull", "**2 kg on each lead and on the clip's cable for 10 s**",
         "nothing moves on the board; the touch-proof joint parts before", guards=True),
    Step("ringing", "oscilloscope on OUTB (TP6), 1 Mohm with 0, 1, 10, 30 nF put on the leads",
         "no ringing beyond 20 % of the step"),
    # with firmware
    Step("self-test", "`dyadkit devices` with the wearable in reach",
         "part ids, battery, accelerometer, no fault"),
    Step("battery-voltage", "battery by multimeter and by `dyadkit devices`"),
    Step("open-leads", "open leads", "no contact reported; below 0.05 uS"),
    Step("touching-leads", "touching leads", "leads shorted reported"),
    Step("calibration", "jig, all positions", "[calibration](calibration.md) accepts"),
    Step("usb-refused", "USB plugged in", "skin conductance refused (FeatherS3)"),
    Step("strap", "strap closed", "USB socket covered"),
    Step("drift", "one hour on 100 kohm, cell only", "drift < 5 nS"),
    Step("mains", "the same beside a mains lead", "no more than 1 nS rms more"),
    Step("sags", "ten minutes on 49.9 kohm, then on 25 kohm, streaming, cell at 4.2 V and at 3.4 V",
         "< 2 nS rms, no step above 10 nS"),
    Step("humidity", "10 Mohm at the leads in a box over a wet cloth (90 % humidity), one hour",
         "within 3 nS of dry"),
    Step("radio", "signal strength at 3 m, bare Feather, then with the wing, then on a wrist",
         "< 6 dB lost by the wing"),
    Step("ppg-light", "finger in the clip: LED current and signal as `dyadkit devices` tells",
         "LED < 20 mA; a pulse of > 0.2 % of the level, on a child's finger too"),
    Step("movement", "the wearable turned onto each side", "+-1 g on each axis within 5 %"),
    Step("temperature", "the probe in the palm, then beside a thermometer in water of 34 C",
         "within 0.3 C"),
    Step("battery-life", "a full cell until it stops", "hours, to replace the model in README.md"),
    Step("names", "`dyadkit devices`, both wearables",
         "names and addresses differ (the ESP32-C6 may tell only a part of its own)"),
    Step("sync", "SYNC (TP5) of both joined by a wire, GND too, oscilloscope",
         "falls together, 3.3 V to 0"),
    Step("ppg-interrupt", "oscilloscope on INT of the PPG sensor while recording",
         "falls five times a second and rises again"),
    Step("stuck-bus", "SDA to GND for 5 s while recording",
         "a `Fault`, the sensors back within 16 s, no restart"),
    Step("stopped-host", "recording over `--usb`, the host's program stopped (Ctrl-Z) for 5 s",
         "one gap of at most 0.5 s, no restart"),
    Step("pull-after-restart", "pull of an hour's recording after switching off and on",
         "no restart; nothing left to fetch"),
    Step("antenna", "XIAO ESP32-C6 and another board side by side, 3 m from the host",
         "the same signal strength within 10 dB"),
)  # fmt: skip


def expected(step: Step) -> str:
    """What a good wearable shows, in words."""
    if step.expected != ELECTRICAL:
        return step.expected
    found = [one for one in simulated.POWERED if one.step == step.name]
    return "; ".join(f"{one.figure} {_limits(one)}" for one in found)


def _limits(one: simulated.Measurement) -> str:
    if one.high == float("inf"):
        return f"> {one.low:g} {one.unit}"
    return f"{one.low:g} to {one.high:g} {one.unit}"


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
