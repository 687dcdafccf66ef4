"""The skin-conductance front end in numbers: one home for circuit, firmware, host and simulator.

A supply is divided into two levels. A driver holds one electrode at the high level through two
resistors that cap the current; a transimpedance amplifier holds the other at the low level and
turns the current into a voltage. The converter sees both against the low level, so that
G = I / V needs neither supply nor levels: only `CURRENT_OHM`, and what calibration corrects.
`hardware/design.py` builds the parts from these numbers.
"""

SUPPLY_V = 3.3
DIVIDER_OHM = (150_000, 49_900, 130_000)  # supply to high level, high to low, low to ground
DRIVER_OHM = (130_000, 130_000)
CURRENT_OHM = 150_000

CURRENT_FARAD = 220e-9  # across CURRENT_OHM
INPUT_OHM = 2_200  # before each converter input: little, because the converter's inputs load it
INPUT_FARAD = 10e-6
SWING_LOSS_V = 0.02  # an amplifier's output comes this close to its rails

# converter inputs, by what is on them
AIN_CURRENT = 0
AIN_ELECTRODE = 1
AIN_BATTERY = 2
AIN_LEVEL = 3
# ranges of the converter, in which calibration is made
CURRENT_FULL_SCALE_MV = 2048
VOLTAGE_FULL_SCALE_MV = 1024
BATTERY_DIVIDER_OHM = (1_000_000, 1_000_000)

# resistors of the calibration jig; None is an open circuit
JIG_OHM = (None, 10_000_000, 1_000_000, 100_000, 49_900, 10_000)
