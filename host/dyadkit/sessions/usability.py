"""Usability of a session: good, usable or not usable, by one rule, from what was measured of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NOT_USABLE = "not usable"
MAX_LOST = 0.01
MAX_LOST_USABLE = 0.5
MIN_TRUSTED = 0.5
MAX_BOUND_S = 0.050
MIN_KNOWN = 0.9
MAX_SENSOR_OFF = 0.03
MAX_BOARD_PPM = 200.0


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """Evidence on a session's usability; a share is between 0 and 1, NaN where not measured.

    lost : share of the session's time or samples missing, by stream ("a ppg_ir")
    rates_hz : (effective, nominal) by stream
    board_ppm : how far each wearable's clock runs from the session's
    trusted : share of each person's pulse that can be trusted
    bound_s, known_share : of the alignment: its usual 95 % half-width, and the share of known time
    unplaced : why, where a person's clock is known nowhere in the session
    complete : whether the file is all that was written
    notes : what the recorder noticed
    """

    lost: Mapping[str, float]
    rates_hz: Mapping[str, tuple[float, float]]
    board_ppm: Mapping[str, float]
    trusted: Mapping[str, float]
    bound_s: float
    known_share: float
    unplaced: tuple[str, ...] = ()
    complete: bool = True
    notes: tuple[str, ...] = field(default=())


def judge(found: SessionEvidence) -> tuple[str, list[str]]:
    """Usability (good, usable, not usable) and every reason against good.

    Never good with more than 1 % lost, less than half of a pulse trusted, or an alignment that is
    not known within 50 ms. Not usable with more than half lost, or if the two wearables could not
    be put on one clock. A NaN counts against it, but for one in `board_ppm`.

    Examples
    --------
    >>> rates_hz = {"a ppg_ir": (100.8, 100.0)}
    >>> trusted = {"a": 0.97, "b": 0.42}
    >>> judge(SessionEvidence({"a ppg_ir": 0.002}, rates_hz, {"a": 22.0}, trusted, 0.0001, 1.0))
    ('usable', ["only 42% of b's pulse can be trusted"])
    """
    against = _against(found)
    if against:
        return NOT_USABLE, [*against, *_doubts(found)]
    doubts = _doubts(found)
    return ("usable" if doubts else "good"), doubts


def usability_sentence(usability: str, reasons: Iterable[str]) -> str:
    """A line for a person: how usable a session is, and every reason against good."""
    return "; ".join([f"usability: {usability}", *reasons])


def _against(found: SessionEvidence) -> list[str]:
    """Why nothing can be made of it."""
    against = []
    if not found.known_share > 0:
        why = "".join(f": {reason}" for reason in [", ".join(found.unplaced)] if reason)
        against.append(f"the two wearables could not be put on one clock{why}")
    against += [
        f"{name} is missing for {share:.0%} of the session"
        for name, share in found.lost.items()
        if not share <= MAX_LOST_USABLE
    ]
    return against


def _doubts(found: SessionEvidence) -> list[str]:
    """What a user must know before using it."""
    doubts = [
        f"{name} lost {share:.1%}"
        for name, share in found.lost.items()
        if MAX_LOST < share <= MAX_LOST_USABLE
    ]
    if found.known_share > 0 and not found.bound_s <= MAX_BOUND_S:
        doubts.append(f"alignment only within {found.bound_s * 1e3:.0f} ms")
    if 0 < found.known_share < MIN_KNOWN:
        doubts.append(f"alignment known only {found.known_share:.0%} of the time")
    doubts += [
        f"only {share:.0%} of {person}'s pulse can be trusted"
        for person, share in found.trusted.items()
        if not share >= MIN_TRUSTED
    ]
    doubts += [
        f"{name} runs at {effective:.2f} Hz, {nominal:g} expected: its sensor is off"
        for name, (effective, nominal) in found.rates_hz.items()
        if not abs(effective - nominal) <= MAX_SENSOR_OFF * nominal
    ]
    doubts += [
        f"the clock of {person}'s board runs {ppm:+.0f} ppm off: check or replace the board"
        for person, ppm in found.board_ppm.items()
        if abs(ppm) > MAX_BOARD_PPM
    ]
    if not found.complete:
        doubts.append("the file was not closed or is damaged")
    return [*doubts, *found.notes]
