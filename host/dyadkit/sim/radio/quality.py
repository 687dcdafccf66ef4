"""Quality of a radio link: connection interval, losses, queues, patience."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RadioModel:
    """Model of one wearable's radio link.

    interval_ms : connection interval
    loss : share of packets that must be repeated at the next interval
    packets_per_event : packets each way in one connection event
    queue_slots : notifications the wearable's stack holds before it says ENOMEM
    supervision_timeout_s : silence after which both sides give the connection up

    Raises
    ------
    ValueError
        a figure Bluetooth does not allow, or a share outside 0..1

    Examples
    --------
    >>> poor = RadioModel(interval_ms=45.0, loss=0.2)
    >>> poor.interval_ms / (1 - poor.loss)     # mean time a packet at the head of the queue takes
    56.25
    """

    interval_ms: float = 30.0
    loss: float = 0.0
    packets_per_event: int = 4
    queue_slots: int = 12
    supervision_timeout_s: float = 4.0

    def __post_init__(self) -> None:
        if not 7.5 <= self.interval_ms <= 4000:
            raise ValueError("interval_ms must be within 7.5..4000, as Bluetooth allows")
        if not 0 <= self.loss < 1:
            raise ValueError("loss must be within 0..1, 1 excluded")
        if self.packets_per_event < 1 or self.queue_slots < 1:
            raise ValueError("packets_per_event and queue_slots must be at least 1")
