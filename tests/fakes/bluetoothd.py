"""A bluetoothd on a private bus, with the rules that matter to a host that records two wearables.

    python tests/fakes/bluetoothd.py      (on the bus of DBUS_SYSTEM_BUS_ADDRESS)

Rules from BlueZ's src/adapter.c and src/device.c: a client that discovers already and asks again
gets `InProgress`; a device that is not there keeps whoever connects waiting, then fails; a link
stays when the program that made it ends. What is asked of it is printed, a line each. Lines on
standard input move the world: `here 01` says which wearables can be heard from now on.
"""

import asyncio
import os
import sys

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from dyadwire import gatt

ADAPTER = "/org/bluez/hci0"
ADDRESSES = ("D7:AD:00:61:00:01", "D7:AD:00:62:00:02")
ADVERTISED_EACH_S = float(os.environ.get("ADVERTISED_EACH_S", "0.05"))
CONNECTS_IN_S = 0.02
GIVES_UP_AFTER_S = 20.0
DEVICE, SERVICE, CHARACTERISTIC = (
    f"org.bluez.{name}1" for name in ("Device", "GattService", "GattCharacteristic")
)


def path_of(number):
    return f"{ADAPTER}/dev_{ADDRESSES[number].replace(':', '_')}"


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Bluetoothd:
    """Objects of the bus, and what is done to them."""

    def __init__(self, bus):
        self.bus = bus
        self.here = {0, 1}
        self.known = set()
        self.connected = set()
        self.discovering = set()
        self.notified = {}
        self.tasks = set()

    # objects

    def device(self, number):
        up = number in self.connected
        return {
            "Address": Variant("s", ADDRESSES[number]), "AddressType": Variant("s", "public"),
            "Name": Variant("s", f"dyad-{number}"), "Alias": Variant("s", f"dyad-{number}"),
            "Paired": Variant("b", False), "Trusted": Variant("b", False),
            "Blocked": Variant("b", False), "LegacyPairing": Variant("b", False),
            "RSSI": Variant("n", -50), "Connected": Variant("b", up),
            "UUIDs": Variant("as", [gatt.SERVICE]), "Adapter": Variant("o", ADAPTER),
            "ServicesResolved": Variant("b", up),
        }  # fmt: skip

    def attributes(self, number):
        service = f"{path_of(number)}/service0010"
        of_device = {"Device": Variant("o", path_of(number))}

        def characteristic(uuid, flags):
            notifies = "notify" in flags and number in self.notified
            return {CHARACTERISTIC: {
                "UUID": Variant("s", uuid), "Service": Variant("o", service),
                "Value": Variant("ay", b""), "Notifying": Variant("b", notifies),
                "Flags": Variant("as", flags), "MTU": Variant("q", 256),
            }}  # fmt: skip

        return {
            service: {SERVICE: {"UUID": Variant("s", gatt.SERVICE), "Primary": Variant("b", True),
                                "Includes": Variant("ao", []), **of_device}},
            f"{service}/char0011": characteristic(gatt.CONTROL, ["write-without-response"]),
            f"{service}/char0014": characteristic(gatt.DATA, ["notify"]),
        }  # fmt: skip

    def objects(self):
        adapter = {
            "Address": Variant("s", "00:11:22:33:44:55"), "Powered": Variant("b", True),
            "Discovering": Variant("b", bool(self.discovering)), "UUIDs": Variant("as", []),
            "Roles": Variant("as", ["central"]),
        }  # fmt: skip
        found = {"/org/bluez": {"org.bluez.AgentManager1": {}},
                 ADAPTER: {"org.bluez.Adapter1": adapter}}  # fmt: skip
        for number in self.known:
            found[path_of(number)] = {DEVICE: self.device(number)}
        for number in self.connected:
            found.update(self.attributes(number))
        return found

    # what happens by itself

    async def advertise(self):
        while True:
            await asyncio.sleep(ADVERTISED_EACH_S)
            for number in sorted(self.here - self.connected) if self.discovering else ():
                if number in self.known:
                    self.changed(path_of(number), DEVICE, {"RSSI": Variant("n", -50)})
                else:
                    self.known.add(number)
                    self.added(path_of(number), {DEVICE: self.device(number)})

    def obey(self, line):
        verb, _, numbers = line.partition(" ")
        if verb == "here":
            self.here = {int(one) for one in numbers.strip()}
            for number in self.connected - self.here:
                self.lose(number)
        say("obeyed", line)

    def lose(self, number):
        self.connected.discard(number)
        self.notified.pop(number, None)
        gone = {"Connected": Variant("b", False), "ServicesResolved": Variant("b", False)}
        self.changed(path_of(number), DEVICE, gone)

    async def connect(self, asked, number):
        if number not in self.here:
            await asyncio.sleep(GIVES_UP_AFTER_S)
            self.bus.send(
                Message.new_error(asked, "org.bluez.Error.Failed", "br-connection-canceled")
            )
            return
        await asyncio.sleep(CONNECTS_IN_S)
        self.connected.add(number)
        self.changed(path_of(number), DEVICE, {"Connected": Variant("b", True)})
        for path, interfaces in self.attributes(number).items():
            self.added(path, interfaces)
        self.changed(path_of(number), DEVICE, {"ServicesResolved": Variant("b", True)})
        self.bus.send(Message.new_method_return(asked))

    def added(self, path, interfaces):
        objects = "org.freedesktop.DBus.ObjectManager"
        body = [path, interfaces]
        self.bus.send(Message.new_signal("/", objects, "InterfacesAdded", "oa{sa{sv}}", body))

    def changed(self, path, interface, properties):
        name, body = "org.freedesktop.DBus.Properties", [interface, properties, []]
        self.bus.send(Message.new_signal(path, name, "PropertiesChanged", "sa{sv}as", body))

    # what is asked

    def answer(self, asked):
        if asked.message_type is MessageType.SIGNAL and asked.member == "NameOwnerChanged":
            if not asked.body[2]:
                self.forget(asked.body[0])
            return None
        if asked.message_type is not MessageType.METHOD_CALL:
            return None
        if asked.member == "GetManagedObjects":
            return Message.new_method_return(asked, "a{oa{sa{sv}}}", [self.objects()])
        if asked.interface == "org.bluez.Adapter1":
            return self.adapter_does(asked)
        if asked.interface == DEVICE:
            return self.device_does(asked)
        if asked.member == "StartNotify":
            self.notified[self.number_of(asked)] = asked.sender
        ours = (asked.interface or "").startswith(("org.bluez", "org.freedesktop.DBus.Properties"))
        return Message.new_method_return(asked) if ours else None

    def forget(self, program):
        """A program that ended neither discovers nor listens any more; links stay."""
        if program in self.notified.values():
            say("forgot", program)
        self.discovering.discard(program)
        self.notified = {n: one for n, one in self.notified.items() if one != program}

    @staticmethod
    def number_of(asked):
        return next(one for one in (0, 1) if asked.path.startswith(path_of(one)))

    def adapter_does(self, asked):
        if asked.member == "StartDiscovery":
            if asked.sender in self.discovering:
                say("StartDiscovery InProgress")
                return Message.new_error(asked, "org.bluez.Error.InProgress", "already in progress")
            self.discovering.add(asked.sender)
            say("StartDiscovery")
        elif asked.member == "StopDiscovery":
            if asked.sender not in self.discovering:
                return Message.new_error(asked, "org.bluez.Error.Failed", "No discovery started")
            self.discovering.discard(asked.sender)
            say("StopDiscovery")
        return Message.new_method_return(asked)

    def device_does(self, asked):
        number = self.number_of(asked)
        say(asked.member, number, *(["discovering"] if self.discovering else []))
        if asked.member == "Connect":
            self.tasks.add(asyncio.create_task(self.connect(asked, number)))
            return True
        if asked.member == "Disconnect":
            self.lose(number)
        return Message.new_method_return(asked)


async def main():
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    daemon = Bluetoothd(bus)
    bus.add_message_handler(daemon.answer)
    await bus.call(
        Message("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch",
                signature="s", body=["member='NameOwnerChanged'"])
    )  # fmt: skip
    await bus.request_name("org.bluez")
    advertising = asyncio.create_task(daemon.advertise())
    say("up")
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        daemon.obey(line.strip())
    advertising.cancel()


if __name__ == "__main__":
    asyncio.run(main())
