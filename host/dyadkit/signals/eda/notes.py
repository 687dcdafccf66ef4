"""Notes on a decomposition: what a reader must know before the numbers mean anything."""

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.signals.eda.decomposition import Decomposition

MIN_MINUTES = 5.0  # of trusted signal, before few responses say something of the person
NON_RESPONDER = 1.0  # response a minute at rest: who has less is called stable or unresponsive
LOW_USIEMENS = 1.0  # level below which skin hardly sweats


def responses_per_minute(found: Decomposition) -> float:
    """Responses (SCR) a minute of trusted signal; NaN without any."""
    minutes = trusted_minutes(found)
    return len(found.responses) / minutes if minutes else float("nan")


def trusted_minutes(found: Decomposition) -> float:
    """Minutes of the recording in which responses could be seen."""
    return float(np.count_nonzero(~found.mask)) / found.rate_hz / 60


def notes_of(found: Decomposition) -> tuple[str, ...]:
    """Sentences on what was not read as responses, and on skin that hardly responds.

    Examples
    --------
    >>> from dyadkit.signals import eda
    >>> flat = 0.43 + 0.01 * np.sin(np.arange(6000) / 400)
    >>> notes_of(eda.decompose(flat, rate_hz=10.0))[0][:49]
    'skin conductance: hardly responds (0 responses in'
    """
    if found.mask.all():
        return ("skin conductance: no sample of it can be trusted",)
    return (*_doubtful(found), *_ripple(found), *_flat(found))


def _doubtful(found: Decomposition) -> list[str]:
    count, whole = len(found.doubtful), len(found.doubtful) + len(found.responses)
    words = f"skin conductance: {count} of {whole} responses begin at a disturbance: not counted"
    return [words] * bool(count)


def _ripple(found: Decomposition) -> list[str]:
    wave = found.ripple
    if not wave.share:
        return []
    usual = float(np.median(wave.height_usiemens[wave.height_usiemens > 0]))
    return [
        f"skin conductance: a regular wave of ±{usual:.2f} µS, {wave.per_minute:.0f} a minute, in "
        f"{wave.share:.0%} of the time, as of breathing or rocking, is not read as responses; "
        "responses smaller than it cannot be seen there"
    ]


def _flat(found: Decomposition) -> list[str]:
    """Skin that hardly responds: few responses, whatever the reason."""
    minutes, level = trusted_minutes(found), _median(found.tonic)
    if minutes < MIN_MINUTES or responses_per_minute(found) >= NON_RESPONDER:
        return []
    low = f", and its level of {level:.2f} µS is that of dry skin" * (level < LOW_USIEMENS)
    return [
        f"skin conductance: hardly responds ({len(found.responses)} responses in {minutes:.0f} "
        f"minutes){low}: coupling of what is left is hardly of arousal, and its absence no finding"
    ]


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
