"""Decay of one person's skin conductance responses, found from the recording itself."""

from dataclasses import replace

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.signals.eda.deconvolution import HUMAN, Model
from dyadkit.signals.eda.fit import Fit
from dyadkit.signals.eda.grid import Grid
from dyadkit.signals.eda.responses import responses_of

DECAYS_S = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)  # what people show (Boucsein 2012)
COARSE_HZ = 4.0  # enough to compare decays that last seconds
MIN_RESPONSES = 8
WORTHWHILE = 0.99  # a step must make the explanation this much cheaper


def personal_model(values: Floats, trusted: Bools, rate_hz: float, disturbed: Bools) -> Model:
    """Model whose decay explains the trusted samples of `values`, shape (n,), at the least price.

    The price has one minimum over decay, so the search walks downhill from the usual one. Few
    responses say more about drift than about decay; with them the usual decay stays.
    """
    grid = Grid.of(len(values), rate_hz, COARSE_HZ)

    def fit(index: int) -> Fit:
        return Fit.of(values, trusted, grid, replace(HUMAN, decay_s=DECAYS_S[index]), disturbed)

    usual = DECAYS_S.index(HUMAN.decay_s)
    first = fit(usual)
    if len(responses_of(first)) < MIN_RESPONSES:
        return HUMAN
    best, lowest = usual, first.price.sum()
    for direction in (-1, 1):
        while 0 <= best + direction < len(DECAYS_S):
            price = fit(best + direction).price.sum()
            if price >= WORTHWHILE * lowest:
                break
            best, lowest = best + direction, price
        if best != usual:
            break
    return replace(HUMAN, decay_s=DECAYS_S[best])
