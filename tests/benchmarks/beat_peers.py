"""Other packages' beat detectors as they come, each from raw counts to seconds.

`pip install -e ".[bench]"`; a package that is not there is left out.
"""

import importlib
import warnings

import numpy as np


def neurokit(counts, rate_hz):
    from neurokit2 import ppg_clean, ppg_findpeaks

    rate = round(rate_hz)
    return ppg_findpeaks(ppg_clean(counts, sampling_rate=rate), sampling_rate=rate)["PPG_Peaks"]


def heartpy(counts, rate_hz):
    from heartpy import filter_signal, process, scale_data

    band = filter_signal(counts, [0.7, 3.5], sample_rate=rate_hz, order=3, filtertype="bandpass")
    found, _ = process(scale_data(band), rate_hz)
    return np.array(found["peaklist"])[np.array(found["binary_peaklist"]) == 1]


def kavsaoglu(counts, rate_hz):
    from biosppy.signals.ppg import find_onsets_kavsaoglu2016
    from biosppy.signals.tools import filter_signal

    settings = {"ftype": "butter", "band": "bandpass", "order": 4, "frequency": [1, 8]}
    band = filter_signal(signal=counts, sampling_rate=rate_hz, **settings)["signal"]
    return find_onsets_kavsaoglu2016(signal=band, sampling_rate=rate_hz)["onsets"]


PEERS = {
    "NeuroKit2": ("neurokit2", neurokit),
    "HeartPy": ("heartpy", heartpy),
    "BioSPPy (Kavsaoglu)": ("biosppy.signals.ppg", kavsaoglu),
}


def installed():
    """The peers at hand by name: each gives beats in seconds, none where it gives up."""
    return {name: _timed(finder) for name, (module, finder) in PEERS.items() if _there(module)}


def _there(module):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(module)
    except ImportError as missing:
        print(f"{module} is left out: {missing}")
        return False
    return True


def _timed(finder):
    def find(counts, rate_hz):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return np.sort(np.asarray(finder(counts, rate_hz), dtype=float)) / rate_hz
            except Exception as failure:  # noqa: BLE001 - whatever a peer raises, it found no beat
                print(f"  {finder.__name__} gave up: {str(failure).splitlines()[:1]}")
                return np.empty(0)

    return find
