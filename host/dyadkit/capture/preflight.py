"""Preflight checks of skin contact, signal quality, battery, clocks and disk, before a recording.

The wearables record already while they are looked at; nothing is lost by looking.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from dyadkit import clock
from dyadkit.decoding.conductance import conductance_of_counts
from dyadkit.decoding.decode import Decoded
from dyadkit.decoding.runs import Run
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SignalError
from dyadkit.sessions.sync_log import decoded_of, sync_log
from dyadkit.signals.quality import ppg_quality
from dyadkit.storage import StoredSession, hours_of_room, read_session
from dyadwire import messages, streams

PULSE = (streams.PPG_IR, streams.PPG_GREEN, streams.PPG_RED)
LATELY_S = 3.0
MIN_QUALITY = 0.5
MIN_USIEMENS = 0.02


class Severity(Enum):
    """Severity of a check's finding: fine, a doubt, or reason not to begin."""

    FINE = "fine"
    DOUBT = "doubt"
    REFUSE = "refuse"


class OnRefusal(Enum):
    """Answer to a refusal: not to begin, or to begin and note it."""

    STOP = "stop"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Preflight:
    """Requirements of a recording: what must hold before it begins, and how long one waits.

    settle_s : of samples and exchanges before the first look
    patience_s : until what does not hold is a refusal
    min_battery_percent : of each wearable
    max_bound_s : 95 % half-width of each wearable's session time
    hours : of recording that must fit on the disk
    """

    on_refusal: OnRefusal = OnRefusal.STOP
    settle_s: float = 5.0
    patience_s: float = 30.0
    min_battery_percent: int = 20
    max_bound_s: float = 0.05
    hours: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class PreflightCheck(Result):
    """Finding of one check, of a person or of the computer (`person` empty); `says` it in words."""

    what: str
    person: str
    level: Severity
    says: str


def examine(folder: Path, needs: Preflight) -> list[PreflightCheck]:
    """Findings on a session that has just begun, as far as it is on disk."""
    stored = read_session(folder)
    decoded = decoded_of(stored)
    checks = [
        check(person, decoded[person], needs)
        for person in PERSONS
        for check in (_battery, _pulse_contact, _pulse_quality, _skin)
    ]
    return [*checks, *_clocks(stored, decoded, needs), disk(folder, needs)]


def disk(folder: Path, needs: Preflight) -> PreflightCheck:
    """Whether the recording fits on the disk."""
    hours = hours_of_room(folder)
    level = Severity.FINE if hours >= needs.hours else Severity.REFUSE
    return PreflightCheck("disk", "", level, f"{hours:,.1f} hours of recording fit into {folder}")


def _battery(person: PersonName, decoded: Decoded, needs: Preflight) -> PreflightCheck:
    reported = [m for _, m in decoded.others if isinstance(m, messages.Status)]
    percent = reported[-1].battery_percent if reported else messages.NO_BATTERY
    if percent == messages.NO_BATTERY:
        return PreflightCheck(
            "battery", person, Severity.DOUBT, f"the battery of {person} is not measured"
        )
    low = percent < needs.min_battery_percent
    return PreflightCheck(
        "battery",
        person,
        Severity.REFUSE if low else Severity.FINE,
        f"the battery of {person} is at {percent} %" + (": charge it first" * low),
    )


def _pulse_contact(person: PersonName, decoded: Decoded, _: Preflight) -> PreflightCheck:
    run = _newest(decoded, PULSE)
    if run is None:
        return PreflightCheck("pulse contact", person, Severity.REFUSE,
                     f"no pulse samples come from {person}: is its sensor connected?")  # fmt: skip
    if _share(run, streams.NO_CONTACT) > 0.5:
        return PreflightCheck("pulse contact", person, Severity.REFUSE,
                     f"the pulse sensor of {person} does not touch the skin")  # fmt: skip
    if _share(run, streams.SATURATED) > 0.5:
        return PreflightCheck("pulse contact", person, Severity.REFUSE,
                     f"the pulse sensor of {person} is blinded: fasten it, shade it")  # fmt: skip
    return PreflightCheck(
        "pulse contact", person, Severity.FINE, f"the pulse sensor of {person} touches skin"
    )


def _pulse_quality(person: PersonName, decoded: Decoded, _: Preflight) -> PreflightCheck:
    run = _newest(decoded, PULSE)
    quality, why = 0.0, ""
    if run is not None and len(run.stamps_us) > 1:
        try:
            lately = ppg_quality(run.samples, _rate_hz(run))[-int(LATELY_S) - 1 : -1]
            quality = float(np.median(lately)) if len(lately) else 0.0
        except (SignalError, ValueError) as error:
            why = f" ({error})"
    good = quality >= MIN_QUALITY
    return PreflightCheck(
        "pulse quality",
        person,
        Severity.FINE if good else Severity.REFUSE,
        f"the pulse of {person} " + ("is clear" if good else f"cannot be trusted yet{why}"),
    )


def _skin(person: PersonName, decoded: Decoded, _: Preflight) -> PreflightCheck:
    current = _newest(decoded, (streams.EDA_CURRENT,))
    voltage = _newest(decoded, (streams.EDA_VOLTAGE,))
    if current is None or voltage is None:
        return PreflightCheck("skin contact", person, Severity.REFUSE,
                     f"no skin conductance comes from {person}: is a sensor off?")  # fmt: skip
    infos = decoded.infos[streams.EDA_CURRENT], decoded.infos[streams.EDA_VOLTAGE]
    count = min(len(current.samples), len(voltage.samples))
    usiemens = conductance_of_counts(
        current.samples[-count:], voltage.samples[-count:], infos, decoded.calibration
    )
    lately = usiemens[-max(int(LATELY_S * infos[0].rate_millihz / 1000), 1) :]
    touches = np.isfinite(lately).any() and float(np.nanmedian(lately)) > MIN_USIEMENS
    if not touches or _share(current, streams.NO_CONTACT) > 0.5:
        return PreflightCheck("skin contact", person, Severity.REFUSE,
                     f"an electrode of {person} does not touch the skin")  # fmt: skip
    return PreflightCheck("skin contact", person, Severity.FINE,
                 f"skin conductance of {person} {float(np.nanmedian(lately)):.2f} µS")  # fmt: skip


def _clocks(
    stored: StoredSession, decoded: dict[PersonName, Decoded], needs: Preflight
) -> list[PreflightCheck]:
    log = sync_log(stored, decoded)
    clocks = clock.solve(log)
    wired = {link.peripheral for link in log.links if (link.mode or log.mode) is clock.Mode.USB}
    checks = []
    for person in PERSONS:
        run = _newest(decoded[person], PULSE + (streams.EDA_CURRENT,))
        bound_s = np.inf
        if run is not None:
            boot = decoded[person].boots()[-1]
            bounds_s = clocks.to_session(person, boot, run.stamps_us[-1:])[1]
            bound_s = float(np.nan_to_num(bounds_s[0], nan=np.inf))
        known = bound_s <= needs.max_bound_s
        says = (
            f"the clock of {person} is known within {bound_s * 1e3:.1f} ms"
            if known
            else f"the clock of {person} is not known yet: "
            + ("check the cable" if person in wired else "bring the wearable closer")
        )
        checks.append(
            PreflightCheck("clock", person, Severity.FINE if known else Severity.REFUSE, says)
        )
    return checks


def _newest(decoded: Decoded, wanted: tuple[int, ...]) -> Run | None:
    """The present boot's run of the first of these streams that is there."""
    boots = decoded.boots()
    found = (decoded.runs.get((boots[-1], stream)) for stream in wanted) if boots else iter(())
    return next((run for run in found if run is not None), None)


def _share(run: Run, bit: int) -> float:
    """Share of the newest seconds whose blocks carry a status bit."""
    lately = run.stamps_us > run.stamps_us[-1] - LATELY_S * 1e6
    return float(np.mean((run.status[lately] & bit) != 0))


def _rate_hz(run: Run) -> float:
    elapsed_us = run.stamps_us[-1] - run.stamps_us[0]
    return float((len(run.samples) - run.counts[0]) / elapsed_us * 1e6)
