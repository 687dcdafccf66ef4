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
    is_explained : whether what ends this boot was told: a crash counted already, a restart meant
    partner : hardware address of the other wearable of the dyad, zeros if there is none
    session, streams : what is being recorded, 0 if nothing
    written_kib : written to flash in its whole life
    """

    def __init__(self) -> None:
        self.boot = 0
        self.crashes = 0
        self.is_explained = False
        self.session = 0
        self.streams = 0
        self.partner = bytes(6)
        self.written_kib = 0
        self._load()

    # What ended the boot before, as far as a chip can tell:
    #   1. The power went, or somebody reset it at a prompt: no crash.
    #   2. A reset that was told of before: a crash of the program, counted then, or one meant.
    #   3. Any other reset: the watchdog's, or a panic in what is not Python, which looks the same
    #      as a reset by the program. Nobody told of it: a crash.
    def begin(self, was_reset: int) -> None:
        """Count this power-on, and the boot before as crashed if `was_reset` and nobody told."""
        if was_reset and self.boot and not self.is_explained:
            self.crashes += 1
        self.is_explained = False
        self.boot = self.boot % 0xFFFF + 1
        self.save()

    def count_crash(self) -> None:
        """The program ends by an exception: count it now, so that the next boot does not."""
        self.crashes += 1
        self.explain_end()

    def explain_end(self) -> None:
        """Whatever ends this boot from now on is no crash, or counted already."""
        self.is_explained = True
        self.save()

    def save(self) -> None:
        """Write to flash; a power cut leaves the old or the new, never half.

        Flash that cannot be written leaves the old too, and is for the recorder to tell of.
        """
        kept = {
            "boot": self.boot,
            "crashes": self.crashes,
            "explained": self.is_explained,
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
            self.partner = binascii.unhexlify(kept.get("partner", "00" * 6))
        except (OSError, ValueError, AttributeError, TypeError):
            return
        self.boot = _count(kept, "boot")
        self.crashes = _count(kept, "crashes")
        self.is_explained = bool(kept.get("explained", False))
        self.session = _count(kept, "session")
        self.streams = _count(kept, "streams")
        self.written_kib = _count(kept, "written_kib")


def _count(kept: "dict[str, object]", name: str) -> int:
    value = kept.get(name, 0)
    return value if isinstance(value, int) else 0
