"""An operational amplifier as a SPICE subcircuit, and the amplifiers that may be fitted.

It has: finite gain with two poles, a slew limit, an output that stops `SWING_LOSS_V` before its
rails, an output resistance, input capacitance, an input offset and noise of the right size. It has
not: input bias current (1 pA in CMOS parts, 2 uV over 2.2 Mohm), common-mode and supply rejection,
output current limit, temperature. What depends on these must be measured on a board.
"""

from math import pi, radians, tan
from typing import NamedTuple

from dyadwire import frontend

GAIN = 3e5
OUTPUT_OHM = 200.0
INPUT_FARAD = 6e-12  # common-mode and differential together, as data sheets of CMOS parts give
OFFSET_MAX_V = 150e-6
NOISE_V_PER_ROOT_HZ = 19e-9  # white part, as of the resistor that makes it

_POLE_FARAD = 1e-9
_NOISE_OHM = NOISE_V_PER_ROOT_HZ**2 / 1.6568e-20  # 4 k T at 300 K


class Amplifier(NamedTuple):
    """What of an amplifier decides whether a loop is stable. [K]: from its data sheet.

    bandwidth_hz : where the gain is one
    margin_deg : phase margin at gain one into a light load
    """

    mpn: str
    bandwidth_hz: float
    margin_deg: float
    slew_v_per_s: float

    @property
    def second_pole_hz(self) -> float:
        """The pole that leaves this margin."""
        return self.bandwidth_hz * tan(radians(self.margin_deg))


FITTED = Amplifier("MCP6074-E/SL", 1.2e6, 57, 0.5e6)
AMPLIFIERS = (
    FITTED,
    Amplifier("MCP6004-I/SL", 1.0e6, 90 - 5, 0.6e6),
    Amplifier("MCP6024-E/SL", 10e6, 65, 7e6),
    Amplifier("TLV9064IDR", 10e6, 55, 6.5e6),
)


def subcircuit(kind: Amplifier = FITTED) -> str:
    """`.subckt amplifier plus minus out vdd vss offset=0`, ready for a netlist."""
    loss = frontend.SWING_LOSS_V
    siemens = kind.bandwidth_hz * 2 * pi * _POLE_FARAD
    max_a = kind.slew_v_per_s * _POLE_FARAD
    second_farad = 1 / (2 * pi * kind.second_pole_hz * 1e3)
    return f"""\
.subckt amplifier plus minus out vdd vss offset=0
Rnoise plus quiet {_NOISE_OHM:.1f}
Voffset input quiet {{offset}}
Cplus plus 0 {INPUT_FARAD:g}
Cminus minus 0 {INPUT_FARAD:g}
Bdrive 0 pole I = {max_a:.3e}*tanh({siemens / max_a:.6e}*(v(input)-v(minus)))
Cpole pole 0 {_POLE_FARAD:.3e}
Rpole pole middle {GAIN / siemens:.6e}
Emiddle middle 0 VALUE = {{(v(vdd)+v(vss))/2}}
Bhigh pole 0 I = max(0, v(pole)-v(vdd)+{loss})
Blow pole 0 I = min(0, v(pole)-v(vss)-{loss})
Esecond second 0 pole 0 1
Rsecond second third 1k
Csecond third 0 {second_farad:.6e}
Ebuffer inside 0 third 0 1
Rout inside out {OUTPUT_OHM}
Bsource vdd 0 I = max(0, v(inside)-v(out))/{OUTPUT_OHM}
.ends amplifier"""
