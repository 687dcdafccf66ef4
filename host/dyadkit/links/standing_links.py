"""Links that stand although no program uses them: left by one that was killed.

The system keeps such a link, so the wearable does not advertise and would never be heard.
"""

import contextlib
import sys

from bleak import BleakAdapter
from bleak.backends.device import BLEDevice

from dyadkit.errors import LinkError
from dyadkit.links.bluetooth_errors import as_link_errors
from dyadkit.links.scanner import Advertisement, BleRadio, Matches
from dyadwire import gatt


async def standing_link(radio: BleRadio, matches: Matches) -> Advertisement | None:
    """The wearable that matches and is connected already; None where the system does not tell.

    Raises
    ------
    LinkError
        a living program holds it
    """
    if radio.scanner_backend is not None:
        return None
    with contextlib.suppress(NotImplementedError), as_link_errors():
        adapter = await BleakAdapter.get(**radio.options(None))
        for device in await adapter.get_connected_devices([gatt.SERVICE]):
            found = Advertisement(device, device.name or "", None, {})
            if matches(found):
                await _refuse_if_used(device)
                return found
    return None


async def _refuse_if_used(device: BLEDevice) -> None:
    """Raise where another program is subscribed: to take over would mix what both say.

    Only Linux tells: there a subscription ends with the program that made it.
    """
    if sys.platform != "linux":
        return
    from bleak.backends.bluezdbus.manager import get_global_bluez_manager

    manager = await get_global_bluez_manager()
    services = await manager.get_services(
        device.details["path"], use_cached=False, requested_services=None
    )
    characteristic = services.get_characteristic(gatt.DATA)
    if characteristic is not None and characteristic.obj[1].get("Notifying"):
        raise LinkError(
            f"another program on this computer holds wearable {device.address}: end that first"
        )
