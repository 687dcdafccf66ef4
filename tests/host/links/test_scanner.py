"""One scanner and one attempt at a time for all links; a broken backend is a lost link."""

import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from dyadkit import cli
from dyadkit.errors import LinkError, NoAdapterError, NoWearableError
from dyadkit.links import ble, bluetooth_errors
from dyadkit.links.ble import BleLink, BleRadio, scan
from dyadkit.links.scanner import ADAPTER_VARIABLE
from dyadkit.sim.loop import VirtualLoop
from dyadwire import frames, gatt, messages

FRAME = frames.frame(messages.Stop.KIND, messages.pack(messages.Stop(1)))
ADDRESSES = ["d7:ad:00:61:00:01", "d7:ad:00:62:00:02"]
RAISED = [AssertionError("assert bus"), EOFError(), RuntimeError("no loop"), OSError(5, "i/o"),
          asyncio.CancelledError(), TimeoutError(), KeyError("path")]  # fmt: skip
names = pytest.mark.parametrize("error", RAISED, ids=lambda one: type(one).__name__)


class Air:
    """What the backends below do and met: who advertises, what is raised where."""

    def __init__(self):
        self.here = set(ADDRESSES)
        self.gone_after_an_advertisement = set()
        self.raises = {}
        self.scanning = self.connecting = self.max_scanning = self.max_connecting = 0
        self.connected_while_scanning = 0
        self.clients = []

    def at(self, place):
        if place in self.raises:
            raise self.raises[place]

    def radio(self):
        return BleRadio(
            type("Client", (Client,), {"air": self}), type("Scanner", (Scanner,), {"air": self})
        )


class Scanner(BaseBleakScanner):
    def __init__(self, callback, service_uuids, *_, **__):
        super().__init__(callback, service_uuids)

    async def start(self):
        self.air.at("scan")
        self.air.scanning += 1
        self.air.max_scanning = max(self.air.max_scanning, self.air.scanning)
        self.task = asyncio.create_task(self.advertise())

    async def stop(self):
        self.air.scanning -= 1
        self.task.cancel()
        self.air.at("stop")

    async def advertise(self):
        while True:
            await asyncio.sleep(0.1)
            for address in sorted(self.air.here):
                said = AdvertisementData("dyad", {}, {}, [gatt.SERVICE], None, -50, ())
                found = self.create_or_update_device(address, address, "dyad", None, said)
                self.call_detection_callbacks(found, said)


class Client(BaseBleakClient):
    def __init__(self, device, **options):
        super().__init__(device, disconnected_callback=options["disconnected_callback"],
                         timeout=options["timeout"])  # fmt: skip
        self.air.clients.append(self)

    async def connect(self, *_, **__):
        self.air.connecting += 1
        self.air.connected_while_scanning += self.air.scanning
        self.air.max_connecting = max(self.air.max_connecting, self.air.connecting)
        try:
            self.air.at("connect")
            gone = self.address in self.air.gone_after_an_advertisement
            await asyncio.sleep(60 if gone else 0.2)
        finally:
            self.air.connecting -= 1
        one = SimpleNamespace(uuid=gatt.DATA, properties=["notify"])
        self.services = SimpleNamespace(get_characteristic=lambda _: one)

    async def disconnect(self):
        self.air.at("disconnect")

    async def start_notify(self, _, callback, **__):
        self.air.at("subscribe")
        self.notify = callback

    async def write_gatt_char(self, *_, **__):
        self.air.at("write")

    name = property(lambda self: self.address)
    mtu_size = property(lambda _: 23)
    is_connected = property(lambda self: self.services is not None)
    pair = unpair = read_gatt_char = stop_notify = None
    read_gatt_descriptor = write_gatt_descriptor = None


Client.__abstractmethods__ = frozenset()


def run(program):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(program)


@pytest.fixture
def air():
    return Air()


def links(air):
    radio = air.radio()
    return [BleLink(address, radio) for address in ADDRESSES]


def test_two_links_share_one_scanner_and_connect_one_after_the_other_while_it_rests(air):
    async def host():
        await asyncio.gather(*(link.open() for link in links(air)))

    run(host())
    assert (air.max_scanning, air.max_connecting, air.connected_while_scanning) == (1, 1, 0)
    assert air.scanning == 0


def test_a_wearable_that_is_back_is_linked_at_once_while_its_partner_is_away(air):
    async def host():
        air.here.clear()
        loop = asyncio.get_running_loop()
        away, back = links(air)
        waiting = asyncio.create_task(away.open())
        opening = asyncio.create_task(back.open())
        await asyncio.sleep(7.0)
        air.here.add(back.address)
        began_s = loop.time()
        await opening
        took_s = loop.time() - began_s
        with pytest.raises(NoWearableError, match="out of reach|nobody advertised"):
            await waiting
        return took_s

    assert run(host()) <= 0.5


def test_one_that_vanishes_while_it_connects_holds_the_other_up_no_longer_than_allowed(air):
    async def host():
        gone, other = links(air)
        air.gone_after_an_advertisement = {gone.address}
        began_s = asyncio.get_running_loop().time()
        opening = asyncio.create_task(gone.open())
        await asyncio.sleep(0.5)
        await other.open()
        took_s = asyncio.get_running_loop().time() - began_s
        with pytest.raises(LinkError, match="cannot reach wearable"):
            await opening
        return took_s

    assert run(host()) <= ble.CONNECT_TIMEOUT_S + 1.0
    assert air.max_connecting == 1


def test_every_wearable_in_reach_is_found_while_links_wait_for_others(air):
    async def host():
        air.here = {ADDRESSES[1]}
        waiting = asyncio.create_task(BleLink(ADDRESSES[0], radio).open())
        found = await scan(radio, 2.0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return found

    radio = air.radio()
    assert [(one.address, one.rssi_dbm) for one in run(host())] == [(ADDRESSES[1], -50)]
    assert air.max_scanning == 1


def test_a_link_may_wait_for_another_sign_than_the_address(air):
    async def host():
        link = BleLink("the child's", air.radio(), lambda one: one.address == ADDRESSES[1])
        await link.open()
        return air.clients[-1].address

    assert run(host()) == ADDRESSES[1]


@names
@pytest.mark.parametrize("place", ["scan", "connect", "subscribe"])
def test_whatever_a_backend_raises_while_a_link_is_made_is_a_lost_link(air, place, error):
    async def host():
        air.raises[place] = error
        link = links(air)[0]
        with pytest.raises(LinkError):
            await link.open()
        del air.raises[place]
        await link.open()

    run(host())


@names
def test_whatever_a_backend_raises_while_writing_or_hanging_up_is_a_lost_link(air, error):
    async def host():
        link = links(air)[0]
        await link.open()
        air.raises.update(write=error, disconnect=error)
        with pytest.raises(LinkError, match=ADDRESSES[0]):
            await link.write(FRAME)
        await link.close()
        await link.open()

    run(host())


@names
def test_a_scan_that_cannot_be_ended_keeps_nobody_from_being_found(air, error):
    async def host():
        air.raises["stop"] = error
        for link in links(air):
            await link.open()

    run(host())


def test_who_cancels_is_obeyed(air):
    async def host():
        air.here.clear()
        opening = asyncio.create_task(links(air)[0].open())
        await asyncio.sleep(1.0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await asyncio.sleep(0.1)

    run(host())
    assert air.scanning == 0


def test_the_late_end_and_late_frames_of_an_earlier_connection_do_not_touch_the_next(air):
    async def host():
        link = links(air)[0]
        await link.open()
        early = air.clients[-1]
        await link.close()
        await link.open()
        early.notify(bytearray(FRAME))
        early._disconnected_callback()
        air.clients[-1].notify(bytearray(FRAME * 2))
        first = [(await link.read())[1] for _ in range(2)]
        air.clients[-1]._disconnected_callback()
        with pytest.raises(LinkError, match="went out of reach"):
            await link.read()
        return first

    assert run(host()) == [FRAME, FRAME]


def test_a_connection_may_take_half_a_minute_on_windows():
    code = "import sys, bleak; sys.platform = 'win32'; from dyadkit.links import ble;"
    code += "print(ble.CONNECT_TIMEOUT_S)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(ran.stdout) == 30.0
    assert ble.CONNECT_TIMEOUT_S == 10.0


@pytest.mark.parametrize(
    ("reason", "platform", "words"),
    [
        ("DENIED_BY_USER", "darwin", "Privacy & Security > Bluetooth"),
        ("DENIED_BY_SYSTEM", "win32", "Radios"),
        ("DENIED_BY_UNKNOWN", "linux", "may not use Bluetooth"),
        ("POWERED_OFF", "linux", "switch it on"),
        ("NO_BLE_CENTRAL_ROLE", "linux", "another adapter"),
        ("NO_BLUETOOTH", "linux", "plug in an adapter"),
    ],
)
def test_why_bluetooth_is_not_available_is_said_with_what_to_do(
    air, monkeypatch, reason, platform, words
):
    monkeypatch.setattr(bluetooth_errors.sys, "platform", platform)
    reason = BleakBluetoothNotAvailableReason[reason]
    air.raises["scan"] = BleakBluetoothNotAvailableError("the system said so", reason)
    with pytest.raises(NoAdapterError, match="the system said so") as said:
        run(scan(air.radio(), 1.0))
    assert words in str(said.value)


def test_the_adapter_is_that_of_the_environment_unless_another_is_given(monkeypatch):
    monkeypatch.delenv(ADAPTER_VARIABLE, raising=False)
    assert BleRadio().options(None) == {}
    monkeypatch.setenv(ADAPTER_VARIABLE, "hci1")
    assert BleRadio().options(None) == {"bluez": {"adapter": "hci1"}}
    assert BleRadio(adapter="hci2").options(None) == {"bluez": {"adapter": "hci2"}}
    monkeypatch.setattr(sys, "argv", ["dyadkit", "--adapter", "hci3", "devices", "--seconds", "0"])
    with pytest.raises(SystemExit):
        cli.main()
    assert BleRadio().adapter == "hci3"
