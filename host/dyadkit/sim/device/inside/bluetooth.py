"""The `bluetooth` module of a virtual wearable: NimBLE's behaviour, the world's radio."""

import binascii
import json
import struct
import sys

from virtual import costs
from virtual.clock import CREDITS, IRQ, NOTIFY, VALUE, WRITTEN
from virtual.world import clock, config

FLAG_BROADCAST = 0x0001
FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020
FLAG_AUTHENTICATED_SIGNED_WRITE = 0x0040

_ROOM = 0  # the world's own: notifications that fit into a new connection
_IRQ_CENTRAL_CONNECT = 1
_IRQ_CENTRAL_DISCONNECT = 2
_IRQ_GATTS_WRITE = 3
_IRQ_PERIPHERAL_CONNECT = 7
_IRQ_PERIPHERAL_DISCONNECT = 8

# which arguments of each interrupt are bytes ("b") or UUIDs ("u"); the rest are integers
_ARGUMENTS = {
    1: "iib", 2: "iib", 5: "ibiib", 7: "iib", 8: "iib", 9: "iiiu", 11: "iiiiu", 13: "iiu",
    15: "iib", 18: "iib", 19: "iib",
}  # fmt: skip

_ENOMEM = 12
_ENODEV = 19
_EINVAL = 22
_ENOTCONN = 107

_MAX_NAME = 31  # as NimBLE is built: longer is an error
_MAX_ADVERTISED = 31


class UUID:
    """A Bluetooth UUID of 16, 32 or 128 bits."""

    def __init__(self, value):
        if isinstance(value, int):
            self._bytes = struct.pack("<H", value)
        elif isinstance(value, str):
            text = value.replace("-", "")
            if len(text) not in (4, 8, 32):
                raise ValueError("invalid UUID")
            self._bytes = bytes(reversed(binascii.unhexlify(text)))
        else:
            self._bytes = bytes(value)

    def __iter__(self):  # bytes(uuid): least significant byte first, as on the air
        return iter(self._bytes)

    def __eq__(self, other):
        return isinstance(other, UUID) and self._bytes == other._bytes

    def __hash__(self):
        return hash(self._bytes)

    def hex(self):
        """Most significant byte first, without dashes."""
        return binascii.hexlify(bytes(reversed(self._bytes))).decode()

    def __repr__(self):
        return "UUID('%s')" % self.hex()


class BLE:
    """The radio: one object however often it is asked for."""

    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance._prepare()
        return cls._instance

    def _prepare(self):
        self._active = False
        self._handler = None
        self._values = {}  # handle -> [bytearray, limit, append]
        self._credits = {}  # connection -> notifications that still fit
        # no `rxbuf`: on the ESP32 events come without a buffer of their own
        self._settings = {"gap_name": b"MPY BTSTACK", "mtu": 256, "addr_mode": 0}
        clock.receivers[IRQ] = self._on_irq
        clock.receivers[WRITTEN] = self._on_written
        clock.receivers[CREDITS] = self._on_credits

    # configuration

    def active(self, on=None):
        if on is not None and bool(on) != self._active:
            self._active = bool(on)
            self._ask("active", self._active)
            self._credits.clear()
        return self._active

    def config(self, *names, **settings):
        if names:
            return self._setting(names[0])
        for name, value in settings.items():
            if name == "gap_name" and isinstance(value, str):
                value = value.encode()
            if name not in self._settings:
                raise ValueError("unknown config param")
            if name == "gap_name" and len(value) > _MAX_NAME:
                raise OSError(_EINVAL)
            self._settings[name] = value
            if name == "mtu":
                self._ask("mtu", value)
        return None

    def _setting(self, name):
        if name == "mac":
            return (1, binascii.unhexlify(config["address"]))
        if name not in self._settings:
            raise ValueError("unknown config param")
        return self._settings[name]

    def irq(self, handler):
        self._handler = handler

    # roles

    def gap_advertise(self, interval_us, adv_data=None, *, resp_data=None, connectable=True):
        if interval_us is None:
            self._ask("stop_advertising")
            return
        for data in (adv_data, resp_data):
            if data is not None and len(data) > _MAX_ADVERTISED:
                raise OSError(_EINVAL)
        self._ask("advertise", interval_us, _hex(adv_data), _hex(resp_data), connectable)

    def gap_scan(self, duration_ms=0, interval_us=1280000, window_us=11250, active=False):
        self._ask("scan", duration_ms, interval_us, window_us, active)

    def gap_connect(self, addr_type, addr=None, scan_duration_ms=2000, min_us=None, max_us=None):
        if addr_type is None:
            self._ask("cancel_connect")
            return
        self._ask("connect", addr_type, _hex(addr), scan_duration_ms, max_us or min_us)

    def gap_disconnect(self, connection):
        return self._ask("disconnect", connection)

    def gap_pair(self, connection):
        raise OSError(_ENODEV)

    # server

    def gatts_register_services(self, services):
        described = [
            [service.hex(), [self._describe(item) for item in items]] for service, items in services
        ]
        groups = self._ask("register_services", described)
        for handles in groups:
            for handle in handles:
                self._values[handle] = [bytearray(), 20, False]
        return tuple(tuple(handles) for handles in groups)

    def _describe(self, characteristic):
        descriptors = characteristic[2] if len(characteristic) > 2 else ()
        return [
            characteristic[0].hex(),
            characteristic[1],
            [[descriptor.hex(), flags] for descriptor, flags in descriptors],
        ]

    def gatts_set_buffer(self, handle, length, append=False):
        entry = self._entry(handle)
        entry[1] = length
        entry[2] = append

    def gatts_read(self, handle):
        entry = self._entry(handle)
        value = bytes(entry[0])
        if entry[2]:
            entry[0] = bytearray()
        return value

    def gatts_write(self, handle, data, send_update=False):
        entry = self._entry(handle)
        if len(data) > entry[1]:
            entry[1] = len(data)
        entry[0] = bytearray(data)
        clock.post(VALUE, struct.pack("<H", handle) + bytes(data))
        if send_update:
            for connection in list(self._credits):
                self.gatts_notify(connection, handle)

    def gatts_notify(self, connection, handle, data=None):
        clock.spend(costs.BLE_CALL_US)
        clock.compute(costs.NOTIFICATION)
        left = self._credits.get(connection)
        if left is None:
            raise OSError(_ENOTCONN)
        if left <= 0:
            raise OSError(_ENOMEM)
        self._credits[connection] = left - 1
        if data is None:
            data = self._entry(handle)[0]
        clock.follow(data)
        clock.post(NOTIFY, struct.pack("<HH", connection, handle) + bytes(data))

    def gatts_indicate(self, connection, handle, data=None):
        value = self._entry(handle)[0] if data is None else data
        self._ask("indicate", connection, handle, _hex(value))

    def _entry(self, handle):
        entry = self._values.get(handle)
        if entry is None:
            raise OSError(_EINVAL)
        return entry

    # client

    def gattc_discover_services(self, connection, uuid=None):
        self._ask("discover_services", connection, uuid.hex() if uuid else None)

    def gattc_discover_characteristics(self, connection, start, end, uuid=None):
        wanted = uuid.hex() if uuid else None
        self._ask("discover_characteristics", connection, start, end, wanted)

    def gattc_discover_descriptors(self, connection, start, end):
        self._ask("discover_descriptors", connection, start, end)

    def gattc_read(self, connection, handle):
        self._ask("read", connection, handle)

    def gattc_write(self, connection, handle, data, mode=0):
        self._ask("write", connection, handle, _hex(data), mode)

    def gattc_exchange_mtu(self, connection):
        self._ask("exchange_mtu", connection)

    # the world

    def _ask(self, call, *arguments):
        clock.spend(costs.BLE_CALL_US)
        if not self._active and call not in ("active", "mtu"):
            raise OSError(_ENODEV)
        answer = json.loads(clock.request(json.dumps([call, arguments]).encode()))
        if isinstance(answer, dict):
            raise OSError(answer["errno"])
        return answer

    def _on_credits(self, payload):
        connection, count = struct.unpack("<HH", payload)
        if connection in self._credits:
            self._credits[connection] += count

    def _on_written(self, payload):
        connection, handle = struct.unpack_from("<HH", payload)
        entry = self._values.get(handle)
        if entry is None:
            return
        data = payload[4 : 4 + entry[1]]
        if entry[2]:
            entry[0] = (entry[0] + data)[: entry[1]]
        else:
            entry[0] = bytearray(data)
        self._call(_IRQ_GATTS_WRITE, (connection, handle))

    def _on_irq(self, payload):
        event, arguments = json.loads(payload)
        if event == _ROOM:
            self._credits[arguments[0]] = arguments[1]
            return
        if event in (_IRQ_CENTRAL_DISCONNECT, _IRQ_PERIPHERAL_DISCONNECT):
            self._credits.pop(arguments[0], None)
        kinds = _ARGUMENTS.get(event, "")
        buffers = []
        values = []
        for index, value in enumerate(arguments):
            kind = kinds[index] if index < len(kinds) else "i"
            if kind == "b":
                buffers.append(bytearray(binascii.unhexlify(value)))
                value = memoryview(buffers[-1])
            elif kind == "u":
                value = UUID(value)
            values.append(value)
        self._call(event, tuple(values))
        for buffer in buffers:  # as on the board: what was shown is gone after the interrupt
            for index in range(len(buffer)):
                buffer[index] = 0xA5

    def _call(self, event, data):
        if self._handler is None:
            return
        try:
            self._handler(event, data)
        except Exception as error:  # noqa: BLE001 - NimBLE drops the handler whatever it raised
            self._handler = None
            print("Unhandled exception in IRQ callback handler")
            sys.print_exception(error)


def _hex(data):
    return None if data is None else binascii.hexlify(bytes(data)).decode()
