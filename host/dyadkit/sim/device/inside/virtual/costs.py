"""Costs of work in virtual microseconds; a wearable's configuration may change each figure."""

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
