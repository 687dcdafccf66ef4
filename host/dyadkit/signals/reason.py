"""Why a stretch of signal is not trusted."""

from enum import IntFlag


class SignalFault(IntFlag):
    """Bits of a second's or a sample's fault; 0 means nothing is wrong."""

    NO_CONTACT = 1
    SATURATED = 2
    MOTION = 4
    LOW_SNR = 8
    LINK_GAP = 16
