"""Reasons why a sample or a second of signal is not trusted, as bits."""

from enum import IntFlag


class SignalFault(IntFlag):
    """Bits of a second's or a sample's fault; 0 means nothing is wrong.

    NO_CONTACT : the sensor does not touch skin
    SATURATED : the converter or the light is at its limit, the wave is cut off
    MOTION : movement artefact
    LOW_SNR : nothing wrong but noise: the wave looks like no pulse, the conductance like no skin
    LINK_GAP : the sample never arrived

    Examples
    --------
    >>> SignalFault.MOTION in SignalFault(5), SignalFault.LINK_GAP in SignalFault(5)
    (True, False)
    """

    NO_CONTACT = 1
    SATURATED = 2
    MOTION = 4
    LOW_SNR = 8
    LINK_GAP = 16
