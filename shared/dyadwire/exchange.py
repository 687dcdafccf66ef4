"""One two-way time probe: four timestamps that tell how far two clocks are apart."""

from collections import namedtuple


class Exchange(
    namedtuple("Exchange", ("boot", "sent_us", "received_us", "answered_us", "returned_us"))
):
    """Four times of a probe: two on the asking side's clock, two on the wearable's.

    Sent and returned are the asking side's, heard and answered the wearable's.

    >>> probe = Exchange(1, 0, received_us=4_020_000, answered_us=4_050_000, returned_us=70_000)
    >>> probe.offset_us(), probe.round_trip_us()
    (4000000, 40000)
    """

    def offset_us(self) -> int:
        """How far the wearable's clock is ahead of ours, if both ways take equally long."""
        there = int(self.received_us - self.sent_us)
        back = int(self.returned_us - self.answered_us)
        return (there - back) // 2

    def round_trip_us(self) -> int:
        """Time spent on the way, without the wearable's own delay."""
        return int((self.returned_us - self.sent_us) - (self.answered_us - self.received_us))
