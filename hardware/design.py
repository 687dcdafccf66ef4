"""The single source of the hardware: every part with its pins on nets, and every board's pads.

Drawings, netlists, simulation, circuit board, parts list and tables are made from this file.
Numbers that firmware, host and simulator need too come from `dyadwire.frontend`.
"""

from collections import defaultdict
from typing import NamedTuple

from dyadwire import frontend
from hardware.catalogue import Item, capacitor_item, item, resistor_item

REVISION = "A3"
TITLE = "dyadkit EDA/PPG wing"

Pins = dict[str, tuple[str, str]]  # number: (name, net); an empty net is not connected


class Part(NamedTuple):
    """One part: what it is, what it is worth, and which pin is on which net."""

    ref: str
    kind: str
    value: str
    amount: float  # ohms or farads; 0 for everything else
    tolerance: float  # as a share; 0 where it has no meaning
    item: Item
    pins: Pins
    purpose: str

    def net(self, name: str) -> str:
        """The net of the pin with this name."""
        return next(net for label, net in self.pins.values() if label == name)


def resistor(
    ref: str, ohms: float, ends: tuple[str, str], purpose: str, tolerance: float = 0.01
) -> Part:
    """A resistor between two nets."""
    return Part(
        ref, "resistor", _short(ohms), ohms, tolerance, resistor_item(ohms, tolerance),
        {"1": ("1", ends[0]), "2": ("2", ends[1])}, purpose,
    )  # fmt: skip


def capacitor(ref: str, farads: float, ends: tuple[str, str], purpose: str) -> Part:
    """A capacitor between two nets."""
    found = capacitor_item(farads)
    return Part(
        ref, "capacitor", _short(farads), farads, found.tolerance, found,
        {"1": ("1", ends[0]), "2": ("2", ends[1])}, purpose,
    )  # fmt: skip


def chip(ref: str, value: str, pins: str, purpose: str, kind: str = "chip") -> Part:
    """A part with named pins, given in order as `name=net` or `name` alone."""
    table: Pins = {}
    for number, word in enumerate(pins.split(), start=1):
        name, _, net = word.partition("=")
        table[str(number)] = (name, net)
    return Part(ref, kind, value, 0.0, 0.0, item(value), table, purpose)


def _short(amount: float) -> str:
    """An amount as it is written in a drawing: 49.9k, 2.2M, 220n."""
    for scale, letter in (
        (1e6, "M"), (1e3, "k"), (1, ""), (1e-6, "u"), (1e-9, "n"), (1e-12, "p"),
    ):  # fmt: skip
        if amount >= scale * 0.999:
            return f"{amount / scale:.4g}{letter}"
    raise ValueError(f"{amount} is too small to be written")


_HIGH, _STEP, _LOW = frontend.DIVIDER_OHM
_UPPER, _LOWER = frontend.BATTERY_DIVIDER_OHM
SENSE_OHM = 2_200_000
# the voltage gets the pole that the current has (R6 and C3), or a sag of the supply would reach one
# of them before the other and look like a response of the skin
LEVELLING_FARAD = 15e-9
CALMING_OHM = 1_000  # R18: the current passes it, too, so that it counts with R6

ELECTRODE_LEADS = ("LEAD_A", "LEAD_B")
# Nodes of so high an impedance that a film of dirt moves them, and what is kept at the same voltage
GUARDS = {"SENSE_A": "VH", "SENSE_B": "VL", "BUFFER_A": "OUTC"}

PARTS = (
    # the front end's supply: LDO2 as the firmware says, and never while USB is plugged in
    chip("Q1", "PMOS", "G=USB_GATE S=LDO2 D=VFE", "parts the front end from its supply on USB"),
    resistor("R21", 10_000, ("VBUS", "USB_GATE"), "lets USB's 5 V open Q1"),
    resistor("R22", 100_000, ("USB_GATE", "GND"), "closes Q1 without USB"),
    # the relays: without the front end's supply the person is connected to nothing
    chip("K1", "RELAY", "LED+=LED_A LED-=GND INNER=ELEC_A OUTER=LEAD_A", "parts lead A", "relay"),
    chip("K2", "RELAY", "LED+=LED_B LED-=GND OUTER=LEAD_B INNER=ELEC_B", "parts lead B", "relay"),
    resistor("R19", 820, ("VFE", "LED_A"), "current of K1"),
    resistor("R20", 820, ("VFE", "LED_B"), "current of K2"),
    # the two levels
    resistor("R1", _HIGH, ("VFE", "VH"), "upper arm of the levels"),
    resistor("R2", _STEP, ("VH", "VL"), "sets the skin voltage"),
    resistor("R3", _LOW, ("VL", "GND"), "lower arm of the levels"),
    capacitor("C4", 1e-6, ("VH", "GND"), "quiets the high level"),
    capacitor("C5", 1e-6, ("VL", "GND"), "quiets the low level"),
    # the amplifiers: A drives electrode A, B receives at electrode B, C and D are buffers
    chip(
        "U3", "MCP6074",
        "OUTA=OUTA -A=SENSE_A +A=VH VDD=VFE +B=VL -B=SENSE_B OUTB=OUTB "
        "OUTC=OUTC -C=OUTC +C=BUFFER_A VSS=GND +D=VL -D=OUTD OUTD=OUTD",
        "four operational amplifiers",
    ),
    resistor("R4", frontend.DRIVER_OHM[0], ("OUTA", "MIDDLE"), "caps the electrode current"),
    resistor("R5", frontend.DRIVER_OHM[1], ("MIDDLE", "ELEC_A"), "caps the electrode current"),
    resistor("R7", SENSE_OHM, ("ELEC_A", "SENSE_A"), "senses electrode A"),
    capacitor("C1", 1e-9, ("OUTA", "SENSE_A"), "keeps the driver stable"),
    resistor("R17", 4_700, ("ELEC_A", "AHEAD"), "keeps static charge out of the driver"),
    capacitor("C8", 10e-9, ("AHEAD", "SENSE_A"), "keeps the driver from overshooting"),
    resistor(
        "R6", frontend.CURRENT_OHM - CALMING_OHM, ("OUTB", "INNER_B"), "turns current to voltage",
        0.001,
    ),
    capacitor("C3", frontend.CURRENT_FARAD, ("OUTB", "INNER_B"), "limits the bandwidth"),
    resistor("R18", CALMING_OHM, ("INNER_B", "ELEC_B"), "keeps the receiver stable, charge out"),
    resistor("R8", SENSE_OHM, ("ELEC_B", "SENSE_B"), "senses electrode B"),
    capacitor("C2", 100e-12, ("OUTB", "SENSE_B"), "keeps the receiver stable"),
    resistor("R9", SENSE_OHM, ("ELEC_A", "BUFFER_A"), "senses electrode A for the voltage"),
    capacitor("C9", LEVELLING_FARAD, ("BUFFER_A", "VL"), "slows the voltage as C3 the current"),
    capacitor("C6", 1e-9, ("ELEC_A", "GND"), "takes up radio"),
    capacitor("C7", 1e-9, ("ELEC_B", "GND"), "takes up radio"),
    chip("D1", "CLAMP", "A=ELEC_A B=ELEC_B GND=GND", "takes up static charge"),
    # the converter and what is before its inputs
    chip(
        "U1", "ADS1115",
        "ADDR=GND ALERT GND=GND AIN0=AIN0 AIN1=AIN1 AIN2=AIN2 AIN3=AIN3 VDD=VDIG SDA=SDA SCL=SCL",
        "16-bit converter at I2C address 0x48",
    ),
    resistor("R10", frontend.INPUT_OHM, ("OUTB", "AIN0"), "current, before the converter"),
    resistor("R11", frontend.INPUT_OHM, ("OUTC", "AIN1"), "electrode A, before the converter"),
    resistor("R24", 4_700_000, ("OUTB", "AIN1"), "takes the relays' resistance out again"),
    resistor("R12", frontend.INPUT_OHM, ("OUTD", "AIN3"), "low level, before the converter"),
    capacitor("C10", frontend.INPUT_FARAD, ("AIN0", "GND"), "takes out mains"),
    capacitor("C11", frontend.INPUT_FARAD, ("AIN1", "GND"), "takes out mains"),
    capacitor("C12", frontend.INPUT_FARAD, ("AIN3", "GND"), "takes out mains"),
    resistor("R13", _UPPER, ("BAT", "AIN2"), "upper arm of the battery divider"),
    resistor("R14", _LOWER, ("AIN2", "GND"), "lower arm of the battery divider"),
    capacitor("C13", 100e-9, ("AIN2", "GND"), "holds the battery voltage for the converter"),
    # movement
    chip(
        "U4", "LIS3DH",
        "VDD_IO=VDIG NC2 NC3 SCL=SCL GND=GND SDA=SDA SA0=GND CS=VDIG INT2 RES=GND INT1 GND12=GND "
        "ADC3 VDD=VDIG ADC2 ADC1",
        "accelerometer at I2C address 0x18",
    ),
    # supply and bus
    resistor("R23", 22, ("3V3", "VDIG"), "keeps the sensor's pulses from the converter"),
    capacitor("C14", 100e-9, ("VDIG", "GND"), "supply of U1"),
    capacitor("C17", 100e-9, ("VDIG", "GND"), "supply of U4"),
    capacitor("C15", 100e-9, ("VFE", "GND"), "supply of U3"),
    capacitor("C16", 10e-6, ("3V3", "GND"), "supply of the PPG sensor"),
    resistor("R15", 4_700, ("3V3", "SDA"), "bus pull-up"),
    resistor("R16", 4_700, ("3V3", "SCL"), "bus pull-up"),
    # to the outside
    chip(
        "J1", "HEADER-16",
        "RST 3V3=3V3 IO0=IO0 GND=GND IO17 IO18 IO14 IO12 IO6 IO5 IO36 IO35 IO37 RX TX LDO2=LDO2",
        "to the FeatherS3, long side; soldered from the back", "connector",
    ),
    chip(
        "J2", "HEADER-12",
        "VBAT=BAT EN=EN VBUS=VBUS IO11=SYNC IO10=PPG_INT IO7 IO3 IO1 IO38 IO33 IO9=SCL IO8=SDA",
        "to the FeatherS3, short side; soldered from the back", "connector",
    ),
    chip("J3", "LEADS", "A=LEAD_A B=LEAD_B", "electrode leads, soldered", "connector"),
    chip("J4", "GH-5", "3V3=3V3 GND=GND SDA=SDA SCL=SCL INT=PPG_INT", "PPG sensor", "connector"),
    chip("J5", "SH-4", "GND=GND 3V3=3V3 SDA=SDA SCL=SCL", "skin temperature", "connector"),
    chip("SW1", "BUTTON", "1=IO0 2=GND", "the button", "switch"),
    chip("SW2", "SLIDE", "1=GND 2=EN 3", "off: holds the FeatherS3's regulator down", "switch"),
    *(
        chip(f"TP{number}", "PAD", f"1={net}", f"test point of {net}", "pad")
        for number, net in enumerate(("VFE", "VH", "VL", "GND", "SYNC", "OUTB"), start=1)
    ),
)  # fmt: skip

SUPPLIES = ("3V3", "GND", "BAT", "LDO2", "VBUS")
BARE_COPPER = "pad"  # kind of what is part of the board itself: nothing to order or to place
AMPLIFIERS = "ABCD"


def part(ref: str) -> Part:
    """The part with this reference."""
    return next(one for one in PARTS if one.ref == ref)


def ordered() -> list[Part]:
    """The parts that are bought and placed: all but bare copper."""
    return [one for one in PARTS if one.kind != BARE_COPPER]


def nets(parts: tuple[Part, ...] = PARTS) -> dict[str, list[tuple[str, str]]]:
    """Each net's (reference, pin number), in the order of the parts."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in parts:
        for number, (_, net) in one.pins.items():
            if net:
                found[net].append((one.ref, number))
    return dict(found)


class Pad(NamedTuple):
    """Pad of a role in the firmware's pin table on a board: GPIO number and printed label."""

    gpio: int
    label: str


ON_BOARD = Pad(-1, "on board")
"""What is connected already needs no wire."""


class DevelopmentBoard(NamedTuple):
    """A development board the wearable can be built on.

    On the FeatherS3 GPIO 39 switches its second regulator, LDO2. Elsewhere the pin itself is the
    switched supply: the front end without relays takes 0.5 mA, of the 20 mA a pin can give.
    """

    title: str
    flash_mb: int
    carries_wing: bool
    pads: dict[str, Pad]
    front_end: Pad  # what switches the front end's supply: high for on, floating at reset for off
    cell: str  # where the cell is connected
    remark: str


BOARDS = {
    "feathers3": DevelopmentBoard(
        "Unexpected Maker FeatherS3", 16, carries_wing=True, pads={
            "scl": Pad(9, "SCL"), "sda": Pad(8, "SDA"), "ppg_interrupt": Pad(10, "IO10"),
            "button": Pad(0, "BOOT"), "led": Pad(13, "on board"),
            "usb_sense": Pad(34, "on board"), "battery_adc": Pad(2, "on board"),
            "sync": Pad(11, "IO11"),
        },
        front_end=Pad(39, "LDO2"), cell="in the board's battery socket",
        remark="charger on board; the primary board",
    ),
    "xiao_esp32s3": DevelopmentBoard(
        "Seeed XIAO ESP32-S3", 8, carries_wing=False, pads={
            "scl": Pad(6, "D5"), "sda": Pad(5, "D4"), "ppg_interrupt": Pad(2, "D1"),
            "button": Pad(0, "BOOT"), "led": Pad(21, "on board"),
            "battery_adc": Pad(1, "D0"), "sync": Pad(3, "D2"),
        },
        front_end=Pad(4, "D3"), cell="on the BAT pads of the board's back",
        remark="small; the battery divider is wired to D0",
    ),
    "xiao_esp32c6": DevelopmentBoard(
        "Seeed XIAO ESP32-C6", 4, carries_wing=False, pads={
            "scl": Pad(23, "D5"), "sda": Pad(22, "D4"), "ppg_interrupt": Pad(1, "D1"),
            "button": Pad(9, "BOOT"), "led": Pad(15, "on board"),
            "battery_adc": Pad(0, "D0"), "sync": Pad(2, "D2"),
        },
        front_end=Pad(21, "D3"), cell="on the BAT pads of the board's back",
        remark="small; the battery divider is wired to D0",
    ),
    "esp32s3": DevelopmentBoard(
        "any ESP32-S3 board", 8, carries_wing=False, pads={
            "scl": Pad(9, "IO9"), "sda": Pad(8, "IO8"), "ppg_interrupt": Pad(10, "IO10"),
            "button": Pad(0, "BOOT"), "sync": Pad(11, "IO11"),
        },
        front_end=Pad(12, "IO12"), cell="as the board has it",
        remark="for the bench only: it cannot sense USB power",
    ),
}  # fmt: skip
