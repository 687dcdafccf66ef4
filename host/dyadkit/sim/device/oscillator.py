"""A wearable's oscillator: how its clock runs against true time, by offset, skew and steps."""

from dataclasses import dataclass

_PPB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class DeviceClockModel:
    """A wearable's oscillator.

    offset_s : what the wearable's clock shows when the world begins (later boots begin at 0)
    skew_ppm : how much faster than true time it runs
    steps : (true time in s, change of the skew in ppm), rising: a wearable warmed or cooled

    Examples
    --------
    A clock 20 ppm fast is 72 ms ahead after an hour:

    >>> clock = LocalClock(DeviceClockModel(skew_ppm=20.0), boot_us=0, first_us=0)
    >>> clock.device_us(3_600_000_000) - 3_600_000_000
    72000
    """

    offset_s: float = 0.0
    skew_ppm: float = 0.0
    steps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ClockSegment:
    """From here on the clock runs `ppb` faster than true time."""

    device_us: int
    true_us: int
    ppb: int


class LocalClock:
    """One boot's clock, exactly as the wearable's own process computes it."""

    def __init__(self, model: DeviceClockModel, boot_us: int, first_us: int) -> None:
        self.boot_us = boot_us
        segments = [ClockSegment(first_us, boot_us, round(model.skew_ppm * 1000))]
        skew_ppm = model.skew_ppm
        for at_s, change_ppm in model.steps:
            skew_ppm += change_ppm
            at_us = round(at_s * 1e6)
            ppb = round(skew_ppm * 1000)
            if at_us <= boot_us:
                segments = [ClockSegment(first_us, boot_us, ppb)]
            else:
                device_us = _device_us(segments[-1], at_us)
                segments.append(ClockSegment(device_us, at_us, ppb))
        self.segments = tuple(segments)

    def device_us(self, true_us: int) -> int:
        """What the clock shows at a true time (microseconds)."""
        return _device_us(self._at(true_us, "true_us"), true_us)

    def true_us(self, device_us: int) -> int:
        """True time at which the clock shows `device_us`."""
        segment = self._at(device_us, "device_us")
        passed = device_us - segment.device_us
        return segment.true_us + passed - passed * segment.ppb // (_PPB + segment.ppb)

    def _at(self, time_us: int, axis: str) -> ClockSegment:
        found = self.segments[0]
        for segment in self.segments[1:]:
            if getattr(segment, axis) > time_us:
                break
            found = segment
        return found


def _device_us(segment: ClockSegment, true_us: int) -> int:
    passed = true_us - segment.true_us
    return segment.device_us + passed + passed * segment.ppb // _PPB
