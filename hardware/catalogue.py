"""Catalogue of what to order: manufacturer numbers, alternatives, footprints, and what was checked.

`checked` says what of it was compared with which source (`evidence.py`), and what was not: `[K]`.
Resistor and capacitor numbers follow their makers' codes.
"""

from typing import NamedTuple

from hardware import evidence


class Item(NamedTuple):
    """Item to order. `footprint` is library:name of KiCad's own footprints.

    height_mm : above the board, mated where it is a connector
    mates : family and pins of what fits into it; empty where nothing is plugged
    """

    mpn: str
    maker: str
    alternatives: tuple[str, ...]
    footprint: str
    tolerance: float
    checked: str
    height_mm: float = 1.0
    mates: str = ""


_0603 = "Resistor_SMD:R_0603_1608Metric"


def resistor_item(ohms: float, tolerance: float) -> Item:
    """An 0603 resistor of 1 % (thick film) or 0.1 % (thin film)."""
    letters, digits = _letter_code(ohms), _digit_code(ohms)
    if tolerance <= 0.001:
        others = [f"TNPW0603{letters}BEEA"]
        if digits[2] == "0":
            others.append(f"ERA-3AEB{digits[:2]}{int(digits[3]) + 1}V")
        mpn = f"RT0603BRD07{letters}L"
        return Item(mpn, "Yageo", tuple(others), _0603, 0.001, evidence.PRECISION_RESISTOR, 0.6)
    usual = (f"ERJ-3EKF{digits}V", f"CRCW0603{letters}FKEA")
    return Item(f"RC0603FR-07{letters}L", "Yageo", usual, _0603, 0.01, evidence.RESISTOR, 0.6)


def _letter_code(ohms: float) -> str:
    """150K, 49K9, 2M2: the unit stands where the decimal point would."""
    scale, letter = next(
        (size, letter) for size, letter in ((1e6, "M"), (1e3, "K"), (1, "R")) if ohms >= size
    )
    whole, _, rest = f"{ohms / scale:.4g}".partition(".")
    return f"{whole}{letter}{rest}"


def _digit_code(ohms: float) -> str:
    """1503 for 150 kohm: three digits and the number of zeros; 22R0 below 100 ohm."""
    if ohms < 100:
        return f"{ohms:.1f}".replace(".", "R")
    exponent = len(str(round(ohms))) - 3
    return f"{round(ohms / 10**exponent)}{exponent}"


def _ceramic(
    mpn: str, others: str, tolerance: float, checked: str = evidence.CAPACITOR,
    footprint: str = "Capacitor_SMD:C_0603_1608Metric",
) -> Item:  # fmt: skip
    height_mm = 1.4 if "0805" in footprint else 0.9
    return Item(mpn, "Murata", tuple(others.split()), footprint, tolerance, checked, height_mm)


_CAPACITORS = {
    100e-12: _ceramic("GRM1885C1H101JA01D", "CL10C101JB8NNNC C0603C101J5GACTU", 0.05),
    1e-9: _ceramic("GRM1885C1H102JA01D", "CL10C102JB8NNNC C0603C102J5GACTU", 0.05),
    10e-9: _ceramic("GRM1885C1H103JA01D", "C1608C0G1H103J080AA C0603C103J5GACTU", 0.05),
    15e-9: _ceramic("GRM1885C1H153JA01D", "C1608C0G1H153J080AA C0603C153J5GACTU", 0.05),
    100e-9: _ceramic("GRM188R71H104KA93D", "CL10B104KB8NNNC C0603C104K5RACTU", 0.10),
    220e-9: _ceramic("GRM188R71E224KA88D", "CL10B224KA8NNNC C0603C224K3RACTU", 0.10),
    1e-6: _ceramic(
        "GRM188R61E105KA12D", "CL10A105KA8NNNC C0603C105K3PACTU", 0.10, evidence.CAPACITOR_1U
    ),
    10e-6: _ceramic(
        "GRM21BR61C106KE15L", "CL21A106KAYNNNE C0805C106K4PACTU", 0.10, evidence.CAPACITOR_10U,
        "Capacitor_SMD:C_0805_2012Metric",
    ),
}  # fmt: skip


def capacitor_item(farads: float) -> Item:
    """The 0603 or 0805 capacitor of exactly this size, in farads."""
    return _CAPACITORS[farads]


def _header(pins: int) -> Item:
    return Item(
        f"PRPC{pins:03}SAAN-RC", "Sullins", (f"TSW-{100 + pins}-07-T-S",),
        f"Connector_PinHeader_2.54mm:PinHeader_1x{pins}_P2.54mm_Vertical", 0.0, evidence.HEADER,
        1.5, f"2.54 mm socket {pins}",
    )  # fmt: skip


# What cells of this size end in, and the socket it fits on a FeatherS3. No lead may fit it.
CELL_PLUG = "JST PH 2"

_ITEMS = {
    # alternatives keep their phase margin in this circuit (`sim/stability.py`)
    "MCP6074": Item(
        "MCP6074-E/SL", "Microchip", ("MCP6004-I/SL", "MCP6024-E/SL", "TLV9064IDR"),
        "Package_SO:SOIC-14_3.9x8.7mm_P1.27mm", 0.0, evidence.AMPLIFIER, 1.8,
    ),
    "ADS1115": Item(
        "ADS1115IDGSR", "Texas Instruments", ("ADS1115IDGST", "ADS1115BQDGSRQ1"),
        "Package_SO:VSSOP-10_3x3mm_P0.5mm", 0.0, evidence.CONVERTER, 1.1,
    ),
    "LIS3DH": Item(
        "LIS3DHTR", "STMicroelectronics", (), "Package_LGA:LGA-16_3x3mm_P0.5mm", 0.0,
        evidence.ACCELEROMETER, 1.0,
    ),
    "RELAY": Item(
        "CPC1035NTR", "Littelfuse", ("CPC1035N",), "Package_SO:SOP-4_3.8x4.1mm_P2.54mm", 0.0,
        evidence.RELAY, 2.2,
    ),
    "CLAMP": Item(
        "PESD5V0L2BT,215", "Nexperia", (), "Package_TO_SOT_SMD:SOT-23", 0.0, evidence.CLAMP, 1.1,
    ),
    "PMOS": Item(
        "DMG2301L-7", "Diodes", ("AO3401A", "SI2301CDS-T1-GE3"), "Package_TO_SOT_SMD:SOT-23", 0.0,
        evidence.PMOS, 1.1,
    ),
    "BUTTON": Item(
        "B3U-1000P", "Omron", (), "Button_Switch_SMD:SW_SPST_B3U-1000P", 0.0, evidence.SWITCHES,
        1.6,
    ),
    "SLIDE": Item(
        "PCM12SMTR", "C&K", (), "Button_Switch_SMD:SW_SPDT_PCM12", 0.0, evidence.SWITCHES, 1.5,
    ),
    "HEADER-16": _header(16),
    "HEADER-12": _header(12),
    # nothing is plugged on the board: each wire ends in a touch-proof pin that fits no supply
    "LEADS": Item(
        "2 x 10 cm lead, male 1.5 mm touch-proof (DIN 42802)", "any", (),
        "Connector_Wire:SolderWire-0.1sqmm_1x02_P3.6mm_D0.4mm_OD1mm_Relief", 0.0, evidence.LEADS,
        2.0, "DIN 42802 touch-proof 1",
    ),
    "GH-5": Item(
        "SM05B-GHS-TB(LF)(SN)", "JST", (),
        "Connector_JST:JST_GH_SM05B-GHS-TB_1x05-1MP_P1.25mm_Horizontal", 0.0, evidence.GH, 4.3,
        "JST GH 5",
    ),
    "SH-4": Item(
        "SM04B-SRSS-TB(LF)(SN)", "JST", (),
        "Connector_JST:JST_SH_SM04B-SRSS-TB_1x04-1MP_P1.00mm_Horizontal", 0.0, evidence.SH, 3.0,
        "JST SH 4",
    ),
    "PAD": Item("", "", (), "TestPoint:TestPoint_Pad_D1.0mm", 0.0, "", 0.0),
}  # fmt: skip


def item(value: str) -> Item:
    """Item to order for a part that is known by its name."""
    return _ITEMS[value]
