"""Evidence for the design: what was compared with something published, where, and what was not.

`[K]` marks what is general knowledge: compare it with the maker's page before you rely on it.
Nothing here is a stock check, and no alternative was compared beyond its number.
"""

from typing import NamedTuple

RESISTOR = (
    "checked: size, tolerance and value by the ordering code (Yageo, RC_L series data sheet V.9, "
    "fdocument.org)"
)
PRECISION_RESISTOR = (
    "checked: B is 0.1 %, D is 25 ppm/K by the ordering code (Yageo, RT series data sheet V.4, "
    "pdf.datasheet.live)"
)
CAPACITOR = (
    "checked: size, dielectric, voltage, value, tolerance by the part numbering (Murata catalogue "
    "C02E, dtsheet.com/doc/238164); in public parts lists under the same value"
)
CAPACITOR_1U = (
    "checked: 1.0 uF, 10 %, 25 V, X5R, 1.6 x 0.8 mm (Murata catalogue, large capacitance type, "
    "pdf.datasheet.live)"
)
CAPACITOR_10U = (
    "checked: 10 uF, 10 %, 16 V, X5R, 0805 by the part numbering (Murata catalogue C02E, "
    "dtsheet.com/doc/238164); [K] what is left of 10 uF at 1.8 V; often out of stock"
)
AMPLIFIER = (
    "checked: pins (KiCad 6 library, MCP6004; MCP6054-E/SL in goldstar971/Movin_on), 1.2 MHz, "
    "150 uV, 19 nV per root Hz of its dual MCP6072 (parts list of J. N. Carvalho); [K] supply "
    "current, slew rate, swing"
)
CONVERTER = (
    "checked: ranges, gain error, offset, rate error, input impedance (Texas Instruments, "
    "ADS1115-Q1 data sheet); pins (KiCad 6 library, ADS1115IDGS)"
)
HEADER = (
    "checked: male, one row, 2.54 mm, through hole by the part numbering (Sullins, "
    "Cantara/lib-electronic-components); [K] the number itself in the maker's list"
)
GH = (
    "checked: footprint of this number from the KiCad 6 library (1.25 mm, locks); [K] its height "
    "when mated"
)
SH = (
    "checked: footprint of this number from the KiCad 6 library (1.0 mm; Qwiic and STEMMA QT use "
    "it with this order of pins); [K] its height when mated"
)
LEADS = (
    "[K]: sold as touch-proof lead wires for EEG; each sort of electrode cable with 1.5 mm "
    "touch-proof sockets fits; footprint from the KiCad 6 library, with holes against pull"
)
RELAY = (
    "checked: 350 V, 35 ohm at most, 100 mA, 1 uA off, pins, SOP-4 (Clare DS-CPC1035N-R09, "
    "pdf.datasheet.directory; novapart.co); [K] 2 mA are enough for its light, 100 pF across the "
    "open contact"
)
CLAMP = (
    "checked: two lines, both ways, SOT23, pins, 5 V, 75 pF, 26 V at 15 A, < 90 nA (NXP PESDxL2BT "
    "Rev. 02, pdf.support); [K] its leakage at 1.8 V, far below that at 5 V"
)
PMOS = "[K]: -20 V, threshold above -1.2 V, gate 1, source 2, drain 3 in SOT-23"
ACCELEROMETER = (
    "checked: pins (KiCad library symbol LIS3DH), address 0x18 with SA0 low (this firmware's "
    "driver); [K] 11 uA at 50 Hz"
)
SWITCHES = "checked: footprint of this number from the KiCad 6 library; [K] its life"


class Fact(NamedTuple):
    """Something the design takes for true, and how well that is known."""

    what: str
    known: str


FACTS = (
    Fact(
        "FeatherS3: order and places of the pins",
        "checked, was wrong and is mended: pin 3 of the long side is IO0, pin 16 is LDO2 (maker's "
        "KiCad symbol and footprint, UnexpectedMaker/esp32s3, kicad/)",
    ),
    Fact(
        "FeatherS3: SDA, SCL, LED, USB sensing",
        "checked: GPIO 8, 9, 13, 34 (micropython/micropython, boards/UM_FEATHERS3/feathers3.py)",
    ),
    Fact(
        "MAX30102: bus pins stand 6 V, core runs at 1.8 V",
        "checked (Maxim, MAX30102 data sheet Rev 0, hobbydocbox.com)",
    ),
    Fact(
        "MAX30102: its LEDs run from 3.3 V",
        "checked (Maxim, MAX30102 data sheet Rev 1 of 10/18, scribd.com/document/395490169; Rev 0 "
        "said 5.0 V)",
    ),
    Fact("MAX30102: 0.6 mA of its own", "[K]; looked for, not found in readable text"),
    Fact(
        "MAX30101: green light needs more than 4.5 V",
        "[K]; its data sheet gives all figures at 5.0 V (SparkFun SEN-15219)",
    ),
    Fact(
        "IEC 60601-1: direct current of 10 uA, 50 uA with a fault",
        "checked second-hand: so quoted for type CF (BLT M880, Mindray uMEC10 manuals); [K] the "
        "standard itself",
    ),
    Fact(
        "ESP32-S3: 45 mA",
        "guessed; a DevKitC without radio was measured at 32 mA from 3.3 V (ComNets-Bremen/WUSN)",
    ),
    Fact("ADS1115 module, MAX30102 breakout: pull-ups, regulators", "[K]; differ by seller"),
)
