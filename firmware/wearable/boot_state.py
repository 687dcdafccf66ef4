"""The boot state, which survives a reboot: boot number, crashes, the recording in progress."""

import binascii
import json
import os

FILE = "life.json"  # as wearables in use have it: an update finds its boot number there
SPARE = "life.new"


class BootState:
    """The boot state as one file in flash, written whole and renamed into place.

    boot : number of this power-on, from 1
    crashes : boots in a row that ended badly
    partner : hardware address of the other wearable of the dyad, zeros if there is none
    session, streams : what is being recorded, 0 if nothing
    written_kib : written to flash in its whole life
    """

    def __init__(self) -> None:
        self.boot = 0
        self.crashes = 0
        self.session = 0
        self.streams = 0
        self.partner = bytes(6)
        self.written_kib = 0
        self._load()

    def begin(self) -> None:
        """Count this power-on."""
        self.boot = self.boot % 0xFFFF + 1
        self.save()

    def save(self) -> None:
        """Write to flash; a power cut leaves the old or the new, never half.

        Flash that cannot be written leaves the old too, and is for the recorder to tell of.
        """
        kept = {
            "boot": self.boot,
            "crashes": self.crashes,
            "session": self.session,
            "streams": self.streams,
            "partner": binascii.hexlify(self.partner).decode(),
            "written_kib": self.written_kib,
        }
        try:
            with open(SPARE, "w") as file:
                json.dump(kept, file)
            os.rename(SPARE, FILE)
        except OSError:
            pass

    def _load(self) -> None:
        try:
            with open(FILE) as file:
                kept = json.load(file)
        except (OSError, ValueError):
            return
        self.boot = kept.get("boot", 0)
        self.crashes = kept.get("crashes", 0)
        self.session = kept.get("session", 0)
        self.streams = kept.get("streams", 0)
        self.partner = binascii.unhexlify(kept.get("partner", "00" * 6))
        self.written_kib = kept.get("written_kib", 0)
