"""A virtual wearable: its person's signals, its oscillator, its flash, and its boots."""

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dyadkit.dyad.arrays import Ints
from dyadkit.sim.device.circuit import Circuit
from dyadkit.sim.device.equipment import Equipment, equipment_config
from dyadkit.sim.device.feed import PAIR_HZ, SensorFeed, units, write_electrodes, write_ppg
from dyadkit.sim.device.oscillator import DeviceClockModel, LocalClock
from dyadkit.sim.radio.quality import RadioModel

POWER_ON = 1
HARD_RESET = 2
_LOG_ENTRY = np.dtype([("device_us", "<u8"), ("lost", "<u4"), ("row", "<i4")])
_FRONT_END = {"feathers3": 39, "xiao_esp32s3": 4, "xiao_esp32c6": 21, "esp32s3": 12}
_SENSE: Mapping[str, tuple[int, float]] = {
    "feathers3": (2, 160 / (442 + 160)), "xiao_esp32s3": (1, 0.5), "xiao_esp32c6": (0, 0.5),
}  # fmt: skip
"""Pin that senses the battery and its divider, of boards that have one; the first is the usual."""
_TICK_US = 10_000
_NO_HEAP = np.zeros((0, 2), "<u4")


@dataclass(frozen=True, slots=True)
class VirtualWearable:
    """One wearable of a simulated world: its person's signals, and the board it is built on.

    settings : written to `settings.json` in its flash when that is formatted
    key : its key and the one it names itself by, 64 bytes, as it got them over a cable before;
        empty for a wearable without one
    radio : its own radio link, None for the world's
    costs : virtual microseconds of work, over those in `device/inside/virtual/costs.py`
    flash : file that holds the flash, to keep it beyond the world; None for a new one
    circuit : its skin-conductance front end, with parts of its own
    wire_each_s : a wire to the `sync` pin of every wearable falls at each multiple; 0 for none
    equipment : what else is on the board, and what befalls the bus
    start : start files to run instead of the firmware's `boot.py` and `main.py`; names without a
        folder are of files in its flash, and everything is imported from there, as on a board
    heap_each_s : how often to note how much of its heap is in use; 0 for never
    chaos : seed of trouble inside: late interrupts, slow flash, torn writes; 0 for none

    Examples
    --------
    >>> feed = SensorFeed(np.full((1000, 2), 100_000), 100.0, np.full(10, 5.0), 1.0)
    >>> worn = VirtualWearable("a", feed, DeviceClockModel(offset_s=3.2, skew_ppm=22.0), chaos=7)
    >>> worn.name, worn.flash_kib
    ('a', 4096)
    """

    name: str
    feed: SensorFeed
    clock: DeviceClockModel = DeviceClockModel()
    settings: Mapping[str, Any] = field(default_factory=dict)
    radio: RadioModel | None = None
    costs: Mapping[str, int] = field(default_factory=dict)
    flash: Path | None = None
    flash_kib: int = 4096
    heap_bytes: int = 2_000_000
    interrupt_pin: int = 10
    circuit: Circuit = Circuit()
    wire_pin: int = 11
    wire_each_s: float = 0.0
    button_pin: int = 0
    equipment: Equipment = Equipment()
    start: tuple[Path, ...] = ()
    heap_each_s: float = 0.0
    chaos: int = 0
    key: bytes = field(default=b"", repr=False)


class FifoLog(NamedTuple):
    """Log of a PPG sensor's FIFO: what it gave to one wearable, in the order it was read.

    rows : shape (n,), row of the feed each sample came from
    read_us : shape (n,), device time of the read
    boots : shape (n,), which boot (0, 1, ...) of this world read it
    lost : shape (n,), samples lost in the FIFO just before this one

    Examples
    --------
    >>> log = FifoLog(np.array([0, 1, 4]), np.array([10_100, 20_100, 50_300]), np.zeros(3, int),
    ...               lost=np.array([0, 0, 2]))
    >>> log.rows[log.lost > 0].tolist()        # rows 2 and 3 of the feed were never read
    [4]
    """

    rows: Ints
    read_us: Ints
    boots: Ints
    lost: Ints


class HeapLog(NamedTuple):
    """Log of a wearable's heap: how much of it was used, after collecting garbage.

    boots : shape (n,), which boot (0, 1, ...) of this world
    used_bytes, free_bytes : shape (n,)
    """

    boots: Ints
    used_bytes: Ints
    free_bytes: Ints


class Files:
    """A wearable's folder: what the sensors feel, the flash, and one folder for each boot."""

    def __init__(self, wearable: VirtualWearable, folder: Path, seed: int) -> None:
        self.folder = folder
        folder.mkdir()
        self._columns = write_ppg(wearable.feed, folder / "ppg.bin")
        noise = np.random.default_rng([seed, *wearable.name.encode()])
        write_electrodes(wearable.feed, folder / "eda.bin", noise, wearable.circuit)
        self._wearable = wearable
        self._flash = wearable.flash or folder / "flash.bin"

    def boot_folder(self, boot: int) -> Path:
        """Folder of one boot."""
        folder = self.folder / f"boot-{boot}"
        folder.mkdir(exist_ok=True)
        return folder

    def config(self, boot: int, clock: LocalClock, address: str, cause: int) -> dict[str, Any]:
        """What the process of one boot is told."""
        wearable, feed = self._wearable, self._wearable.feed
        return {
            "segments": [[one.device_us, one.true_us, one.ppb] for one in clock.segments],
            "address": address.replace(":", "").lower(),
            "cause": cause,
            "chaos": wearable.chaos and wearable.chaos * 1000 + boot + 1,
            "seed": boot + 1,
            "tick_phase_us": zlib.crc32(f"{address} {boot}".encode()) % _TICK_US,
            "settings": json.dumps(dict(wearable.settings)) if wearable.settings else "",
            "key": wearable.key.hex(),
            "flash": str(self._flash.resolve()),
            "flash_blocks": wearable.flash_kib // 4,
            "costs": dict(wearable.costs),
            "interrupt_pin": wearable.interrupt_pin,
            "front_end_pin": self._front_end_pin(),
            "wire_pin": wearable.wire_pin,
            "wire_each_us": round(wearable.wire_each_s * 1e6),
            "celsius": 31.25,
            **self._battery(),
            **equipment_config(wearable.equipment, self.folder),
            "read_log": str(self.boot_folder(boot) / "reads.bin"),
            "heap_log": str(self.boot_folder(boot) / "heap.bin"),
            "heap_each_us": round(wearable.heap_each_s * 1e6),
            "ppg": {
                "path": str(self.folder / "ppg.bin"), "columns": self._columns,
                "rate_hz": feed.ppg_rate_hz,
                "usual_current": wearable.equipment.usual_led_microamperes // 200,
            },
            "eda": {
                "path": str(self.folder / "eda.bin"),
                "period_us": round(1e6 / PAIR_HZ), "slow_ppm": 20_000,
                "reference": int(units(wearable.circuit.level_v)),
                "battery": int(units(wearable.equipment.battery_v / 2)),
            },
        }  # fmt: skip

    def _battery(self) -> dict[str, int]:
        """Which pin sees how much of the battery."""
        board = self._wearable.settings.get("board", next(iter(_SENSE)))
        pin, share = _SENSE.get(board, (-1, 0.0))
        sensed_uv = round(self._wearable.equipment.battery_v * share * 1e6)
        return {"sense_pin": pin, "sensed_uv": sensed_uv}

    def _front_end_pin(self) -> int:
        """Which pin supplies the skin-conductance front end."""
        wearable = self._wearable
        if wearable.equipment.front_end_pin is not None:
            return wearable.equipment.front_end_pin
        return _FRONT_END[wearable.settings.get("board", next(iter(_FRONT_END)))]

    def fifo_log(self, boots: int) -> FifoLog:
        """What was read so far."""
        parts = [_entries(self.boot_folder(boot) / "reads.bin") for boot in range(boots)]
        entries = np.concatenate(parts) if parts else np.zeros(0, _LOG_ENTRY)
        return FifoLog(
            rows=entries["row"].astype(np.int64),
            read_us=entries["device_us"].astype(np.int64),
            boots=np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
            lost=entries["lost"].astype(np.int64),
        )

    def heap_log(self, boots: int) -> HeapLog:
        """What was noted so far."""
        files = [self.boot_folder(boot) / "heap.bin" for boot in range(boots)]
        parts = [np.fromfile(f, "<u4").reshape(-1, 2) if f.exists() else _NO_HEAP for f in files]
        rows = np.concatenate([_NO_HEAP, *parts]).astype(np.int64)
        boot_of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        return HeapLog(boot_of, rows[:, 0], rows[:, 1])


def _entries(path: Path) -> Any:
    return np.fromfile(path, _LOG_ENTRY) if path.exists() else np.zeros(0, _LOG_ENTRY)


def address_of(name: str, index: int) -> str:
    """A static random address for a wearable."""
    head = struct.pack("<I", sum((i + 1) * byte for i, byte in enumerate(name.encode())))
    return ":".join(f"{byte:02X}" for byte in (0xD7, 0xAD, head[1], head[0], 0, index + 1))
