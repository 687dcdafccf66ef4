"""A radio that remembers what it was given to send and says what it is told to have heard."""

FLAG_READ = 2
FLAG_WRITE_NO_RESPONSE = 4
FLAG_WRITE = 8
FLAG_NOTIFY = 16

CONTROL = 10
DATA = 12


class UUID:
    def __init__(self, text):
        self.text = text


def _octets(text):
    return text.encode() if isinstance(text, str) else bytes(text)


class BLE:
    def __init__(self):
        self.mtu = 256
        self.notified = []
        self.notified_others = []
        self.room = 1000
        self.advertising = False
        self.heard = b""

    def active(self, on=None):
        return True

    def config(self, *names, **values):
        if len(_octets(values.get("gap_name", ""))) > 31:
            raise OSError(22)
        for name in values:
            if name not in ("gap_name", "mtu", "addr_mode", "bond", "mitm", "io", "le_secure"):
                raise ValueError("unknown config param")  # as on the ESP32
        return 0

    def irq(self, handler):
        self.handler = handler

    def gatts_register_services(self, services):
        return ((CONTROL, DATA),)

    def gatts_set_buffer(self, handle, size, append=False):
        pass

    def gap_advertise(self, interval_us, adv_data=None, resp_data=None):
        if len(adv_data or b"") > 31 or len(resp_data or b"") > 31:
            raise OSError(22)
        self.advertising = interval_us is not None
        self.response = bytes(resp_data or b"")

    def gatts_read(self, handle):
        heard, self.heard = self.heard, b""
        return heard

    def gatts_notify(self, conn, handle, data):
        if self.room <= 0:
            raise OSError(12)
        self.room -= 1
        data = data[: self.mtu - 3]  # the rest is cut off without a word
        if conn == 0:
            self.notified.append(bytes(data))
        else:
            self.notified_others.append((conn, bytes(data)))

    def gap_disconnect(self, conn):
        self.disconnect(conn)

    def connect(self, conn=0):
        self.advertising = False
        self._tell(1, (conn, 0, b"\x00" * 6))
        self._tell(21, (conn, self.mtu))

    def disconnect(self, conn=0):
        self._tell(2, (conn, 0, b"\x00" * 6))

    def hear(self, data, conn=0):
        self.heard += data
        self._tell(3, (conn, CONTROL))

    def _tell(self, event, data):
        """As NimBLE: a handler that raised is never called again."""
        if self.handler is None:
            return
        try:
            self.handler(event, data)
        except Exception:  # noqa: BLE001
            self.handler = None
