"""The wearable's flash: a file of erase blocks on which LittleFS lies, with its delays."""

from virtual import costs
from virtual.clock import RESET
from virtual.world import clock

BLOCK_SIZE = 4096
_COUNT = 4
_SIZE = 5
_ERASE = 6


class VirtualFlash:
    """A block device (extended interface) kept in a file, so that it outlives the process.

    What is written in one go holds interrupts from its first block to its last, as on the chip.
    """

    def __init__(self, path, blocks):
        self.bdev = self
        self._blocks = blocks
        self._erased = b"\xff" * BLOCK_SIZE
        try:
            self._file = open(path, "r+b")
        except OSError:
            self._file = open(path, "w+b")
        if self._file.seek(0, 2) < blocks * BLOCK_SIZE:
            for _ in range(blocks):
                self._file.write(self._erased)

    def readblocks(self, block, buffer, offset=0):
        clock.stall(costs.FLASH_READ_US)
        self._file.seek(block * BLOCK_SIZE + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            self.ioctl(_ERASE, block)
            offset = 0
        self._hold(costs.FLASH_PROGRAM_US * (1 + len(buffer) // 256))
        self._file.seek(block * BLOCK_SIZE + offset)
        if clock.chaos is not None and clock.chaos.is_failing:
            self._file.write(memoryview(buffer)[: len(buffer) // 2])
            clock.last_words(RESET, b"\x01")
            raise SystemExit(0)
        self._file.write(buffer)
        clock.follow(buffer)

    def _hold(self, cost_us):
        chaos = clock.chaos
        clock.stall(cost_us if chaos is None else cost_us + chaos.stall_us())

    def ioctl(self, operation, argument):
        if operation == _COUNT:
            return self._blocks
        if operation == _SIZE:
            return BLOCK_SIZE
        if operation == _ERASE:
            self._hold(costs.FLASH_ERASE_US)
            self._file.seek(argument * BLOCK_SIZE)
            self._file.write(self._erased)
            return 0
        return None
