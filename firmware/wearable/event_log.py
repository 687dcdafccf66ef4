"""The event log: what a wearable notes about itself, in flash and to a host that listens."""

from micropython import const

from dyadwire import frames, messages

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from dyadwire.ticks import DeviceClock
    from wearable.recorder import Recorder
    from wearable.send_queue import SendQueue


class EventLog:
    """The log of events, faults and whatever else is kept between the blocks of samples."""

    def __init__(self, clock: "DeviceClock", recorder: "Recorder", send_queue: "SendQueue") -> None:
        self._clock = clock
        self._recorder = recorder
        self._send_queue = send_queue

    def report(self, code: int, text: str) -> None:
        """Note a fault."""
        self.note(messages.Fault(self._clock.now_us(), code, text.encode()[:200]))

    def note_event(self, code: int, value: int) -> None:
        """Note something that happened."""
        self.note(messages.Event(self._clock.now_us(), code, value))

    def note(self, message: "messages.Message") -> None:
        """Keep a message in flash and send it if someone listens.

        Not between the frames of a segment that is copied: there it would be taken for one of them.
        It lies in flash behind them.
        """
        framed = frames.frame(message.KIND, messages.pack(message))
        self._recorder.append(bytearray(framed), len(framed))
        if self._send_queue.is_linked() and not self._send_queue.is_copying:
            self._send_queue.say(message)
