"""Costs of work in virtual microseconds; a wearable's configuration may change each figure.

What only computes is counted in instructions of the chip's processor, as a MicroPython with 32-bit
words needed them; how long they take follows the speed that the firmware sets. No board was
measured: of the range of cycles an instruction may take (1 to 2) the worse is assumed.
"""

WAKE_US = 300
SWITCH_US = 20
CLOCK_READ_US = 2
NACK_US = 100  # an address that does not answer, beside its byte on the bus
LOG_LINE_US = 23000  # the port's complaint of it: 260 bytes at 115200 baud
BLE_CALL_US = 60
USB_BYTE_US = 3
FLASH_READ_US = 60
FLASH_PROGRAM_US = 700
FLASH_ERASE_US = 35000

TICK_US = 10000  # of the operating system: who sleeps wakes at one, or when an interrupt comes
TIMER_QUEUE = 8  # calls of a timer that wait for the interpreter; more are dropped

CYCLES = 2  # an instruction
TIMER_CALL = 18000  # instructions: a pair's half of skin conductance, from interrupt to sum
BURST_BYTE = 1650  # of a sensor's FIFO: unpacked, encoded, sealed, queued
NOTIFICATION = 67000  # filled, stamped, handed over, and the task's turn
COLLECTION = 180000  # of garbage in a heap of 46 kB
