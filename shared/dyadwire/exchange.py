"""One two-way time probe: four timestamps that tell how far two clocks are apart."""

from collections import namedtuple


class Exchange(
    namedtuple("Exchange", ("boot", "sent_us", "heard_us", "answered_us", "returned_us"))
):
    """Sent and returned on the asking side's clock, heard and answered on the wearable's."""

    def offset_us(self) -> int:
        """How far the wearable's clock is ahead of ours, if both ways take equally long."""
        there = int(self.heard_us - self.sent_us)
        back = int(self.returned_us - self.answered_us)
        return (there - back) // 2

    def round_trip_us(self) -> int:
        """Time spent on the way, without the wearable's own delay."""
        return int((self.returned_us - self.sent_us) - (self.answered_us - self.heard_us))
