"""What a Bluetooth backend raises, as one kind of error with what to do about it."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from dyadkit.errors import LinkError, NoAdapterError

_DENIED = (
    BleakBluetoothNotAvailableReason.DENIED_BY_USER,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN,
)
_WHERE_TO_PERMIT = {
    "darwin": "System Settings > Privacy & Security > Bluetooth, for the program this terminal "
    "belongs to",
    "win32": "Settings > Privacy & security > Radios, for desktop apps",
}


@contextlib.contextmanager
def as_link_errors(address: str = "") -> Iterator[None]:
    """Whatever a Bluetooth backend raises within is a LinkError: a broken radio ends no recording.

    Backends raise AssertionError, EOFError, RuntimeError and what their systems raise, and let a
    CancelledError through where nobody cancelled. `address` is of the wearable that was asked.
    """
    try:
        yield
    except (LinkError, NotImplementedError):
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise explained(error, address) from error
    except Exception as error:
        raise explained(error, address) from error


def explained(error: BaseException, address: str = "") -> LinkError:
    """What a backend raised, as a sentence that says what to do."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return NoAdapterError(_why_not_available(error.reason, str(error.args[0])))
    said = str(error) or type(error).__name__
    if address:
        return LinkError(f"cannot reach wearable {address} ({said})")
    return NoAdapterError(
        f"Bluetooth is not available on this computer ({said}); switch it on, plug in an "
        "adapter, or check the permission of this terminal"
    )


def _why_not_available(reason: BleakBluetoothNotAvailableReason, said: str) -> str:
    if reason in _DENIED:
        where = _WHERE_TO_PERMIT.get(sys.platform, "the system's settings for Bluetooth")
        return f"this program may not use Bluetooth ({said}): permit it in {where}, then try again"
    if reason is BleakBluetoothNotAvailableReason.POWERED_OFF:
        return f"Bluetooth is switched off ({said}): switch it on"
    if reason is BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE:
        return f"this computer's Bluetooth cannot do Low Energy ({said}): plug in another adapter"
    return (
        f"Bluetooth is not available on this computer ({said}); switch it on, plug in an "
        "adapter, or check the permission of this terminal"
    )
