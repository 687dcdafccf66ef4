"""Progress of a recording: its phase, who is silent, what is wrong now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from dyadkit.capture.wearable import OVER, Capture, CaptureState
from dyadkit.dyad.traces import PersonName
from dyadkit.links.usb import is_cable
from dyadkit.storage import SessionWriter
from dyadkit.storage.mark_lines import MarkEntry
from dyadkit.storage.marks import present_conditions, standing

SILENCE_S = 2.0


class SessionPhase(Enum):
    """Phase of a session that is recorded."""

    CONNECTING = "connecting"
    CHECKING = "checking"
    RECORDING = "recording"
    DRAINING = "draining"
    CLOSED = "closed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a recording, reported twice a second.

    silent_s : seconds since each wearable was last heard; no entry once its capture is over
    samples : of both, so far
    battery_percent : as last reported; `messages.NO_BATTERY` where it is not measured
    alarms : sentences on what is wrong now
    marks : how many stand; conditions : those that go on, of one person as "a: rest"
    unsaved_s : since all that had come was last on disk
    met : who was connected at least once
    """

    phase: SessionPhase
    elapsed_s: float
    states: dict[PersonName, CaptureState]
    silent_s: dict[PersonName, float]
    samples: int
    battery_percent: dict[PersonName, int]
    alarms: tuple[str, ...] = ()
    marks: int = 0
    conditions: tuple[str, ...] = ()
    unsaved_s: float = 0.0
    met: tuple[PersonName, ...] = ()


class Watch:
    """Watch over the captures of a session; `note` is called when one falls silent or is back.

    doubts : what is against beginning, while that is still waited for
    marks : taken over so far, undone or not
    saved_ns : when all that had come was last on disk
    """

    def __init__(
        self,
        captures: Mapping[PersonName, Capture],
        writer: SessionWriter,
        note: Callable[[str, PersonName], None],
    ) -> None:
        self.doubts: list[str] = []
        self.marks: list[MarkEntry] = []
        self.saved_ns = 0
        self._captures = captures
        self._writer = writer
        self._note = note
        self._silent: set[PersonName] = set()
        self._counted = 0
        self._standing: tuple[int, tuple[str, ...]] = (0, ())

    def look(self, phase: SessionPhase, now_ns: int, started_ns: int) -> Progress:
        """Progress now; silence that begins or ends is noted."""
        silent_s = {
            person: (now_ns - max(one.tally.last_received_ns, started_ns)) * 1e-9
            for person, one in self._captures.items()
            if one.state not in OVER
        }
        self._note_silence(silent_s)
        return Progress(
            phase,
            (now_ns - started_ns) * 1e-9,
            {person: one.state for person, one in self._captures.items()},
            silent_s,
            sum(one.tally.samples for one in self._captures.values()),
            {person: one.tally.battery_percent for person, one in self._captures.items()},
            (*self._alarms(silent_s), *self.doubts),
            *self._marked(),
            (now_ns - max(self.saved_ns, started_ns)) * 1e-9,
            tuple(person for person, one in self._captures.items() if one.tally.connects),
        )

    def _marked(self) -> tuple[int, tuple[str, ...]]:
        """Marks that stand and conditions that go on; counted anew when there are more."""
        if len(self.marks) != self._counted:
            self._counted = len(self.marks)
            standing_now = sum(mark.get("kind") != "end" for mark in standing(self.marks)[0])
            conditions = tuple(_condition(one) for one in present_conditions(self.marks))
            self._standing = standing_now, conditions
        return self._standing

    def _note_silence(self, silent_s: dict[PersonName, float]) -> None:
        silent = {person for person, seconds in silent_s.items() if seconds > SILENCE_S}
        for person in sorted(silent ^ self._silent):
            self._note("silent" if person in silent else "heard again", person)
        self._silent = silent

    def _alarms(self, silent_s: dict[PersonName, float]) -> list[str]:
        alarms = [
            f"{person} silent for {silent_s[person]:.0f} s: {self._advice(person)}, its flash goes "
            "on recording"
            for person in sorted(self._silent)
        ]
        alarms += [
            one.complaint for one in self._captures.values() if one.state is CaptureState.UNFIT
        ]
        if self._writer.trouble:
            alarms.append(
                f"the disk takes nothing ({self._writer.trouble}): make room, nothing is lost yet"
            )
        return alarms

    def _advice(self, person: PersonName) -> str:
        is_wired = is_cable(self._captures[person].link.address)
        return "check the cable" if is_wired else "bring it closer"


def _condition(mark: MarkEntry) -> str:
    person = mark.get("person")
    return str(mark["label"]) if person is None else f"{person}: {mark['label']}"
