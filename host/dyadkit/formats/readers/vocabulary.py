"""Vocabulary of other systems: which of a file's channels is a pulse wave, which skin conductance.

A label decides, where it says nothing the unit does. What is not known keeps its own name and is
stored beside; it is never analysed as something it may not be.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """Words of one kind of series: its name, a pattern of labels, and a unit taken for granted.

    Examples
    --------
    >>> Word("eda", r"gsr", "µS").name
    'eda'
    """

    name: str
    pattern: str
    unit: str = ""


_AT = r"(?:^|[^a-z])"
_END = r"(?:$|[^a-z])"

WORDS = (
    Word("", r"filtered|differentiated|derivative|quality|reliab|status|resistance|"
             r"peaks?(?:$|[^a-z])|amplitude|range"),
    Word("eda_tonic", rf"{_AT}(tonic|scl){_END}", "µS"),
    Word("eda_phasic", rf"{_AT}(phasic|scr){_END}", "µS"),
    Word("ibi", rf"{_AT}(ibi|rri?|r-r|nn|inter-?beat|interbeat)(\b|_| |$)|rr[ _-]?interval"),
    Word("eda", rf"{_AT}(eda|gsr|sc|sr|edr|skin[ _]?conduct\w*|electroderm\w*|galvanic\w*){_END}"),
    Word("eda", r"skin_?conductance|galvanic"),
    Word("ppg_ir", r"ppg[ _-]?(ir|infrared)|infrared"),
    Word("ppg_red", r"ppg[ _-]?red"),
    Word("ppg_green", r"ppg[ _-]?green"),
    Word("ppg", rf"{_AT}(ppg|bvp|pulse|pleth\w*|ppg\d+){_END}|int_adc.*ppg|blood.?volume"),
    Word("ecg", rf"{_AT}(ecg|ekg|ecg\d+){_END}|electrocardio"),
    Word("heart_rate", rf"{_AT}(hr|heart[ _]?rate|bpm){_END}", "bpm"),
    Word("respiration", rf"{_AT}(rsp|resp\w*|breath\w*){_END}"),
    Word("temperature", rf"{_AT}(temp\w*|skt){_END}"),
)  # fmt: skip
"""In this order: the first whose pattern is in the label, small letters. An empty name is of what
looks like one of the others and is made from it."""

_BY_UNIT = {
    "µs": "eda", "us": "eda", "microsiemens": "eda", "usiemens": "eda", "umho": "eda",
    "ns": "eda", "nanosiemens": "eda", "siemens": "eda", "bpm": "heart_rate",
}  # fmt: skip
_ELECTRODE = re.compile(
    r"^(?:eeg[ _-]*)?(?P<place>(?:fp|af|f|ft|fc|c|t|tp|cp|p|po|o|i)(?:z|\d{1,2}))"
    r"(?:[ _-]*(?:ref|le|re|avg|a1|a2|m1|m2))?$"
)
"""An electrode of the extended 10-20 system, with or without its reference."""
_RAW = ("no_units", "n/a", "none", "")


def series_name(label: str, unit: str = "") -> str:
    """Name of the series a channel gives by its label and unit; empty where it is not known.

    Examples
    --------
    >>> series_name("EDA - GSR100C"), series_name("PPG Finger"), series_name("EEG Fz")
    ('eda', 'ppg', 'eeg_fz')
    >>> series_name("EDA filtered, differentiated"), series_name("channel 3", "µS")
    ('', 'eda')
    """
    plain = label.strip().lower()
    electrode = _ELECTRODE.match(plain)
    if electrode:
        return f"eeg_{electrode['place']}"
    for word in WORDS:
        if re.search(word.pattern, plain):
            return word.name
    return _BY_UNIT.get(unit.strip().lower().replace("\u03bc", "µ"), "")


def usual_unit(name: str, unit: str) -> str:
    """Unit of a channel; where the file gives none, what series of this name come in."""
    if unit.strip().lower() not in _RAW:
        return unit.strip()
    return next((word.unit for word in WORDS if word.name == name and word.unit), unit.strip())


def kept_name(label: str) -> str:
    """A channel's own name as a name of a series: small letters, digits and underscores.

    Examples
    --------
    >>> kept_name("Accelerometer_X (mg)")
    'accelerometer_x_mg'
    """
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "channel"
