"""Health of each wearable during a session, as it reported: battery, flash, self-test, pauses."""

from dataclasses import dataclass

import numpy as np

from dyadkit.decoding.decode import Decoded
from dyadkit.decoding.messages import firmware_of
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName
from dyadwire import meanings, messages, streams


@dataclass(frozen=True, slots=True, eq=False)
class DeviceHealth(Result):
    """Health of one wearable as it reported; None where it did not.

    battery_percent : at the beginning and at the end
    hours_left : of recording that fitted into its flash at the end
    failed_checks : names of what did not hold in its last self-test; None without a self-test
    bridged_share : of skin conductance samples that reach over a pause; NaN without any
    """

    person: PersonName
    wearable: str
    firmware: str
    battery_percent: tuple[int, int] | None
    hours_left: int | None
    failed_checks: tuple[str, ...] | None
    bridged_share: float

    def sentence(self) -> str:
        """A line for a person."""
        reported = [f"firmware {self.firmware}" if self.firmware else "unknown firmware"]
        if self.battery_percent is not None:
            reported.append("battery {} % to {} %".format(*self.battery_percent))
        if self.hours_left is not None:
            reported.append(f"room for {self.hours_left} h more")
        if self.failed_checks is not None:
            reported.append(self_test(self.failed_checks))
        if np.isfinite(self.bridged_share):
            reported.append(f"{self.bridged_share:.1%} of skin conductance bridges a pause")
        return f"  {self.person} wearable {self.wearable or '(unknown)'}: {'; '.join(reported)}"


def device_health(person: PersonName, decoded: Decoded) -> DeviceHealth:
    """Health of a wearable during a session, from what it reported of itself."""
    others = [message for _, message in decoded.others]
    statuses = [one for one in others if isinstance(one, messages.Status)]
    charges = [
        one.battery_percent for one in statuses if one.battery_percent != messages.NO_BATTERY
    ]
    tests = [one for one in others if isinstance(one, messages.SelfTest)]
    hello = decoded.hellos[-1][1] if decoded.hellos else None
    return DeviceHealth(
        person,
        hello.wearable.hex() if hello else "",
        firmware_of(hello) if hello else "",
        (charges[0], charges[-1]) if charges else None,
        statuses[-1].hours_left if statuses else None,
        failed_checks(tests[-1]) if tests else None,
        _bridged_share(decoded),
    )


def self_test(failed: tuple[str, ...]) -> str:
    """A self-test in words."""
    return "self-test passed" + (f" but for {', '.join(failed)}" if failed else "")


def failed_checks(test: messages.SelfTest) -> tuple[str, ...]:
    """Names of what did not hold in a self-test."""
    return tuple(name for bit, name, _ in meanings.CHECKS if test.failed & bit)


def _bridged_share(decoded: Decoded) -> float:
    runs = [run for (_, stream), run in decoded.runs.items() if stream == streams.EDA_CURRENT]
    samples = sum(int(run.counts.sum()) for run in runs)
    if not samples:
        return float("nan")
    return sum(int(run.counts[run.status & streams.BRIDGED != 0].sum()) for run in runs) / samples
