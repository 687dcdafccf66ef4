"""Catalogue of what to order: manufacturer numbers, alternatives, footprints, and what was checked.

`checked` says what of it was compared with which source (`evidence.py`), and what was not: `[K]`.
Resistor and capacitor numbers follow their makers' codes.
"""

from typing import NamedTuple

from hardware import evidence


class Item(NamedTuple):
    """Item to order. `footprint` is library:name of KiCad's own footprints."""

    mpn: str
    maker: str
    alternatives: tuple[str, ...]
    footprint: str
    tolerance: float
    checked: str
    datasheet: str = ""


_0603 = "Resistor_SMD:R_0603_1608Metric"


def resistor_item(ohms: float, tolerance: float) -> Item:
    """An 0603 resistor of 1 % (thick film) or 0.1 % (thin film)."""
    letters, digits = _letter_code(ohms), _digit_code(ohms)
    if tolerance <= 0.001:
        others = [f"TNPW0603{letters}BEEA"]
        if digits[2] == "0":
            others.append(f"ERA-3AEB{digits[:2]}{int(digits[3]) + 1}V")
        mpn = f"RT0603BRD07{letters}L"
        return Item(mpn, "Yageo", tuple(others), _0603, 0.001, evidence.PRECISION_RESISTOR)
    usual = (f"ERJ-3EKF{digits}V", f"CRCW0603{letters}FKEA")
    return Item(f"RC0603FR-07{letters}L", "Yageo", usual, _0603, 0.01, evidence.RESISTOR)


def _letter_code(ohms: float) -> str:
    """150K, 49K9, 2M2: the unit stands where the decimal point would."""
    scale, letter = (1e6, "M") if ohms >= 1e6 else (1e3, "K")
    whole, _, rest = f"{ohms / scale:.4g}".partition(".")
    return f"{whole}{letter}{rest}"


def _digit_code(ohms: float) -> str:
    """1503 for 150 kohm: three digits and the number of zeros."""
    exponent = len(str(round(ohms))) - 3
    return f"{round(ohms / 10**exponent)}{exponent}"


def _ceramic(
    mpn: str, others: str, tolerance: float, checked: str = evidence.CAPACITOR,
    footprint: str = "Capacitor_SMD:C_0603_1608Metric",
) -> Item:  # fmt: skip
    return Item(mpn, "Murata", tuple(others.split()), footprint, tolerance, checked)


_CAPACITORS = {
    100e-12: _ceramic("GRM1885C1H101JA01D", "CL10C101JB8NNNC C0603C101J5GACTU", 0.05),
    1e-9: _ceramic("GRM1885C1H102JA01D", "CL10C102JB8NNNC C0603C102J5GACTU", 0.05),
    10e-9: _ceramic("GRM1885C1H103JA01D", "C1608C0G1H103J080AA C0603C103J5GACTU", 0.05),
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
    )  # fmt: skip


def _plug(pins: int) -> Item:
    return Item(
        f"B{pins}B-PH-K-S(LF)(SN)", "JST", (f"S{pins}B-PH-K-S(LF)(SN)",),
        f"Connector_JST:JST_PH_B{pins}B-PH-K_1x{pins:02}_P2.00mm_Vertical", 0.0, evidence.PH,
    )  # fmt: skip


_ITEMS = {
    "MCP6074": Item(
        "MCP6074-E/SL", "Microchip", ("TLV9064IDR", "MCP6024-E/SL", "MCP6004-I/SL"),
        "Package_SO:SOIC-14_3.9x8.7mm_P1.27mm", 0.0,
        evidence.AMPLIFIER,
        "https://www.microchip.com/en-us/product/mcp6074",
    ),
    "ADS1115": Item(
        "ADS1115IDGSR", "Texas Instruments", ("ADS1115IDGST", "ADS1115BQDGSRQ1"),
        "Package_SO:VSSOP-10_3x3mm_P0.5mm", 0.0,
        evidence.CONVERTER,
        "https://www.ti.com/lit/ds/symlink/ads1115.pdf",
    ),
    "HEADER-16": _header(16),
    "HEADER-12": _header(12),
    "PH-2": _plug(2),
    "PH-5": _plug(5),
}  # fmt: skip


def item(value: str) -> Item:
    """Item to order for a part that is known by its name."""
    return _ITEMS[value]
