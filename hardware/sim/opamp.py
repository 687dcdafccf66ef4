"""An operational amplifier of no particular maker, as a SPICE subcircuit.

It has: finite gain with one pole, a slew limit, an output that stops `SWING_LOSS_V` before its
rails, an output resistance, an input offset and noise of the right size. It has not: input bias
current (1 pA in CMOS parts, 2 uV over 2.2 Mohm), common-mode and supply rejection, output current
limit, temperature, second poles. What depends on these must be measured on a board.
"""

from dyadwire import frontend

GAIN = 3e5
BANDWIDTH_HZ = 1.2e6
SLEW_V_PER_S = 0.5e6
OUTPUT_OHM = 200.0
OFFSET_MAX_V = 150e-6
NOISE_V_PER_ROOT_HZ = 19e-9  # white part, as of the resistor that makes it

_POLE_FARAD = 1e-9
_SIEMENS = BANDWIDTH_HZ * 6.283185307 * _POLE_FARAD
_MAX_A = SLEW_V_PER_S * _POLE_FARAD
_NOISE_OHM = NOISE_V_PER_ROOT_HZ**2 / 1.6568e-20  # 4 k T at 300 K


def subcircuit() -> str:
    """`.subckt amplifier plus minus out vdd vss offset=0`, ready for a netlist."""
    loss = frontend.SWING_LOSS_V
    return f"""\
.subckt amplifier plus minus out vdd vss offset=0
Rnoise plus quiet {_NOISE_OHM:.1f}
Voffset input quiet {{offset}}
Bdrive 0 pole I = {_MAX_A:.3e}*tanh({_SIEMENS / _MAX_A:.6e}*(v(input)-v(minus)))
Cpole pole 0 {_POLE_FARAD:.3e}
Rpole pole middle {GAIN / _SIEMENS:.6e}
Emiddle middle 0 VALUE = {{(v(vdd)+v(vss))/2}}
Bhigh pole 0 I = max(0, v(pole)-v(vdd)+{loss})
Blow pole 0 I = min(0, v(pole)-v(vss)-{loss})
Ebuffer inside 0 pole 0 1
Rout inside out {OUTPUT_OHM}
.ends amplifier"""
